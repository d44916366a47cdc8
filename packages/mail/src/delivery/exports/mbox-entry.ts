// One message as an mbox has it (RFC 4155, mboxrd): a line that begins it, its text with "From " quoted, an empty line.
import type { StoredMessage } from "../../mailstore/index.ts";
import { firstField } from "../header-fields.ts";
import { writeFromLine } from "../imports/from-line.ts";
import { FromQuoting } from "../imports/from-quoting.ts";
import { NeedsCrlf, withLf } from "./line-ends.ts";

type Octets = () => AsyncIterable<Uint8Array>;

const HEAD_OCTETS_MAX = 16_384;

/** The whole entry, streamed. `octets` may be asked for several times. */
export async function* mboxEntry(
  message: Pick<StoredMessage, "receivedAt">,
  octets: Octets,
): AsyncGenerator<Uint8Array> {
  yield await fromLine(message, octets);
  yield* quoted((await canHaveLf(octets)) ? withLf(octets()) : octets());
  yield Buffer.from("\n");
}

export async function fromLine({ receivedAt }: Pick<StoredMessage, "receivedAt">, octets: Octets): Promise<Uint8Array> {
  return Buffer.from(`${writeFromLine({ sender: await senderOf(octets), at: receivedAt })}\n`, "latin1");
}

export async function* quoted(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const quoting = FromQuoting.quoting();
  for await (const chunk of octets) yield* quoting.push(chunk);
  yield* quoting.end();
}

/** Asked before the first octet goes out: what is streamed cannot begin again. */
async function canHaveLf(octets: Octets): Promise<boolean> {
  try {
    for await (const _ of withLf(octets())) continue;
    return true;
  } catch (error) {
    if (error instanceof NeedsCrlf) return false;
    throw error;
  }
}

/** The envelope sender as the Return-Path field has it; what mail programs write when there is none. */
async function senderOf(octets: Octets): Promise<string> {
  for await (const chunk of octets()) {
    const address = /^\s*<([!-~]+)>\s*$/.exec(firstField(chunk.subarray(0, HEAD_OCTETS_MAX), "Return-Path") ?? "")?.[1];
    return address ?? "MAILER-DAEMON";
  }
  return "MAILER-DAEMON";
}
