// A reply before and after faults: what the peer would say, and the octets it says.
import { DotStuffer, TERMINATION } from "../../wire/index.ts";
import type { FaultEffects } from "./options.ts";

export interface PeerReply {
  /** The first line. */
  readonly status: string;
  /** Lines of a listing. */
  readonly lines?: readonly string[];
  /** Octets of a message. */
  readonly message?: Uint8Array;
  /** Carries the command out; before the reply is sent. */
  apply?(effects: FaultEffects): void;
  /** What comes after the reply. */
  readonly next?: "close" | "tls";
  /** Somebody is logged in by it. */
  readonly isLogin?: boolean;
}

export function ok(text: string): PeerReply {
  return { status: `+OK ${text}` };
}

export function refusal(text: string): PeerReply {
  return { status: `-ERR ${text}` };
}

/** Whether a command with these effects on its reply is carried out. */
export function isCarriedOut(effects: FaultEffects): boolean {
  return effects.applies ?? effects.answer === undefined;
}

/** The octets of a reply with everything that changes them. */
export function writeReply(reply: PeerReply, effects: FaultEffects): Buffer {
  if (effects.omit === true) return Buffer.alloc(0);
  const { lineEnd = "\r\n", behind = "" } = effects;
  const said = effects.answer === undefined ? reply : { status: effects.answer };
  const parts: Uint8Array[] = [octets(said.status + lineEnd)];
  const lines = effects.lines ?? said.lines;
  if (lines !== undefined) parts.push(octets(listing(lines, effects) + (effects.terminator ?? TERMINATION)));
  else if (said.message !== undefined) parts.push(...messagePart(said.message, effects));
  parts.push(octets(behind));
  return Buffer.concat(parts);
}

function listing(lines: readonly string[], effects: FaultEffects): string {
  const { lists, spacing = " ", linePrefix = "", lineEnd = "\r\n", insert } = effects;
  const kept = lists === undefined ? lines : lines.filter((line) => lists.includes(Number.parseInt(line, 10)));
  const written = kept.map((line) => linePrefix + line.replaceAll(" ", spacing));
  if (insert !== undefined) written.splice(insert.at, 0, ...insert.lines);
  return written.map((line) => line + lineEnd).join("");
}

function messagePart(message: Uint8Array, { stuffing = true, terminator = TERMINATION }: FaultEffects): Uint8Array[] {
  return [...(stuffing ? new DotStuffer().push(message) : [message]), octets(terminator)];
}

function octets(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
