// A mailbox, or what was selected, as one file: an mbox, or a zip of .eml files. Made while it is sent.
import { Zip, ZipPassThrough } from "fflate";
import { z } from "zod";
import { mboxEntry } from "../../../delivery/index.ts";
import type { StoredMessage } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import { toStream } from "../content/file.ts";
import { fileHeaders } from "../content/headers.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { accountId, mailboxName } from "../schema/mail.ts";

export const exportQuery = z.object({
  account: accountId,
  format: z.enum(["mbox", "zip"]),
  mailbox: mailboxName.optional(),
  /** Separated by commas. */
  ids: z
    .string()
    .regex(/^\d{1,15}(?:,\d{1,15}){0,999}$/)
    .optional(),
});

type Query = z.output<typeof exportQuery>;

/** Throws ApiError; what is too much for a zip is said before any of it is sent. */
export async function sendExport(reading: Reading, query: Query): Promise<Response> {
  const { account, name } = reading.account(query.account);
  if ((query.mailbox === undefined) === (query.ids === undefined))
    throw new ApiError("bad-request", "name a mailbox, or the messages");
  if (query.format === "zip") await refuseTooMuch(chosen(reading, account, query));
  const messages = chosen(reading, account, query);
  const stem = `${name} ${query.mailbox ?? "selection"}`.replace(/[^\p{L}\p{N} .-]/gu, "-");
  const octetsOf = (messageId: number): AsyncIterable<Uint8Array> => reading.house.store.octetsOf(account, messageId);
  return query.format === "mbox"
    ? file(`${stem}.mbox`, "application/mbox", mboxOf(messages, octetsOf))
    : file(`${stem}.zip`, "application/zip", zipOf(messages, octetsOf));
}

function file(fileName: string, type: string, octets: AsyncIterable<Uint8Array>): Response {
  return new Response(toStream(octets), { headers: fileHeaders({ type, fileName, disposition: "attachment" }) });
}

async function* chosen(reading: Reading, account: string, { mailbox, ids }: Query): AsyncGenerator<StoredMessage> {
  const wanted = ids === undefined ? undefined : new Set(ids.split(",").map(Number));
  for (let after = 0; ;) {
    const page = await reading.house.store.messages(account, { after, limit: 200 });
    for (const message of page)
      if (wanted === undefined ? message.mailbox === mailbox : wanted.has(message.messageId)) yield message;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.messageId;
  }
}

/** A zip without its extension for large files counts to 65,535 members; more of them would make one that is broken. */
export async function refuseTooMuch(messages: AsyncIterable<Pick<StoredMessage, "octets">>): Promise<void> {
  let count = 0;
  let total = 0;
  for await (const { octets } of messages) {
    count += 1;
    total += octets;
    if (count > LIMITS.zipMessages || total > LIMITS.zipOctets)
      throw new ApiError("too-large", "that is too much for a zip; save it as mbox", { reason: "zip-too-large" });
  }
}

type OctetsOf = (messageId: number) => AsyncIterable<Uint8Array>;

async function* mboxOf(messages: AsyncIterable<StoredMessage>, octetsOf: OctetsOf): AsyncGenerator<Uint8Array> {
  for await (const message of messages) yield* mboxEntry(message, () => octetsOf(message.messageId));
}

/** One message at a time is in memory. */
async function* zipOf(messages: AsyncIterable<StoredMessage>, octetsOf: OctetsOf): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    made.push(chunk);
  });
  for await (const { messageId, receivedAt } of messages) {
    const time = new Date(receivedAt)
      .toISOString()
      .replace(/\.\d+Z$/, "Z")
      .replaceAll(/[-:]/g, "");
    const member = new ZipPassThrough(`${time}-${messageId}.eml`);
    zip.add(member);
    for await (const chunk of octetsOf(messageId)) {
      member.push(chunk);
      yield* made;
      made = [];
    }
    member.push(new Uint8Array(), true);
  }
  zip.end();
  yield* made;
}
