// Surrogates as rows: what a message is changed by, found out when it comes in and read back when it is shown.
import { isAscii } from "node:buffer";
import { shiftedEdits, surrogateOctets, SurrogateScanner, type SurrogateEdit } from "@restante/pop/maildrop";
import type { SurrogateInput } from "./jobs.ts";
import type { Statements } from "./statements.ts";

type PackedEdit = readonly [at: number, removed: number, inserted: string];

/** Octets of surrogates by message-id: messages that are not here are shown as they are. */
export type SurrogateSizes = ReadonlyMap<number, number>;

/** What differs in the surrogate of a message that is `prefix` and then a body of so many octets; undefined for none. */
export function describeSurrogate(
  prefix: Uint8Array | undefined,
  body: { readonly octets: number; readonly surrogate: readonly SurrogateEdit[] },
): SurrogateInput | undefined {
  const edits = [...editsOf(prefix), ...shiftedEdits(body.surrogate, prefix?.length ?? 0)];
  if (edits.length === 0) return undefined;
  const packed = edits.map(({ at, removed, inserted }): PackedEdit => [at, removed, inserted]);
  return { octets: surrogateOctets((prefix?.length ?? 0) + body.octets, edits), edits: JSON.stringify(packed) };
}

/** What to change in octets that are here whole; most mail is ASCII, and that is found out quickly. */
export function editsOf(octets: Uint8Array | undefined): readonly SurrogateEdit[] {
  if (octets === undefined || isAscii(octets)) return [];
  const scanner = new SurrogateScanner();
  scanner.push(octets);
  return scanner.end();
}

export function readEdits(db: Statements, account: number, messageId: number): readonly SurrogateEdit[] {
  const find = "SELECT edits FROM surrogate WHERE account_id = ? AND message_id = ?";
  const row = db.get<{ edits: string }>(find, account, messageId);
  if (row === undefined) throw new Error(`the surrogate of message ${messageId} of account ${account} is gone`);
  return (JSON.parse(row.edits) as readonly PackedEdit[]).map(([at, removed, inserted]) => ({ at, removed, inserted }));
}

export function readSurrogateSizes(db: Statements, account: number): SurrogateSizes {
  const sizes = new Map<number, number>();
  const query = "SELECT message_id, octets FROM surrogate WHERE account_id = ?";
  for (const row of db.iterate<{ message_id: number; octets: number }>(query, account))
    sizes.set(row.message_id, row.octets);
  return sizes;
}
