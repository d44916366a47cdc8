// Names a delivery so that the same one, sent again because its reply was lost, is stored once.
import { createHash } from "node:crypto";
import { firstField } from "./header-fields.ts";

/** What the topmost Received field says of the last hop. */
export interface LastHop {
  readonly by: string;
  readonly id: string;
}

/**
 * The id of one delivery: the last hop's `by` and `id`, the recipient, and what the message is. Undefined when the
 * topmost Received field lacks one of them; then every delivery is a new message.
 */
export function deliveryIdOf(o: {
  readonly head: Uint8Array;
  readonly recipient: string;
  readonly sha256: string;
}): string | undefined {
  const hop = lastHop(o.head);
  if (hop === undefined) return undefined;
  const named = JSON.stringify([hop.by, hop.id, o.recipient, o.sha256]);
  return `hop:${createHash("sha256").update(named).digest("hex")}`;
}

/** The `by` and `id` of the topmost Received field (RFC 5321 §4.4). */
export function lastHop(head: Uint8Array): LastHop | undefined {
  const field = firstField(head, "Received");
  if (field === undefined) return undefined;
  const clauses = readClauses(field);
  const by = clauses.get("by");
  const id = clauses.get("id");
  return by === undefined || id === undefined ? undefined : { by, id };
}

const CLAUSES: ReadonlySet<string> = new Set(["from", "by", "via", "with", "id", "for"]);

/** The first value of each clause: `from X by Y with P id I for R; date`. */
function readClauses(field: string): ReadonlyMap<string, string> {
  const words =
    withoutComments(field)
      .split(";", 1)[0]
      ?.split(/[ \t]+/)
      .filter((word) => word !== "") ?? [];
  const clauses = new Map<string, string>();
  for (let at = 0; at + 1 < words.length;) {
    const name = words[at]?.toLowerCase() ?? "";
    const value = words[at + 1] ?? "";
    const isClause = CLAUSES.has(name);
    if (isClause && !clauses.has(name)) clauses.set(name, value);
    at += isClause ? 2 : 1; // a stray word does not shift what follows
  }
  return clauses;
}

/** Comments nest (RFC 5322 §3.2.2); one pass, whatever is in them. */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\" && depth > 0) at += 1;
    else if (character === "(") depth += 1;
    else if (character === ")" && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
    if (character === "(" && depth === 1) kept += " ";
  }
  return kept;
}
