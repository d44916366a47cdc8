// A page of what a source's audit says: all that was stored, or what was removed from the server alone.
import { showUniqueId, type AuditRow, type FetchState, type RemovalPlace } from "../../../retriever/index.ts";
import { ApiError } from "../api-error.ts";
import { codedReason } from "../sources/coded.ts";
import type { Input, Output } from "./handler.ts";

type Asked = Omit<Input<"sourceAudit">, "source">;
type Shown = Output<"sourceAudit">["rows"][number];

/** Who wrote a message that is in the audit, and what about, where that is still known. */
export type Heading = Pick<Shown, "subject" | "from">;

const UNKNOWN: Heading = { subject: null, from: null };

interface AuditPageOptions extends Asked {
  readonly source: string;
  /** Of each row, in their order. */
  readonly headingsOf: (rows: readonly AuditRow[]) => Promise<readonly Heading[]>;
}

/** Throws ApiError `bad-request` for a cursor that is none of this list. */
export async function auditPage(
  memory: FetchState | undefined,
  { source, headingsOf, ...asked }: AuditPageOptions,
): Promise<Output<"sourceAudit">> {
  const { read, cursorOf } = asked.removed === undefined ? byStoring(asked.after) : byRemoval(asked.after);
  // One more than is shown tells whether there is a next page.
  const found = memory === undefined ? [] : read(memory, { source, limit: asked.limit + 1 });
  const rows = found.slice(0, asked.limit);
  const last = rows.at(-1);
  const headings = await headingsOf(rows);
  const shown = rows.map((row, at) => ({ ...shownRow(row), ...(headings[at] ?? UNKNOWN) }));
  return { rows: shown, next: last === undefined || found.length === rows.length ? null : cursorOf(last) };
}

interface AuditOrder {
  readonly read: (memory: FetchState, o: { readonly source: string; readonly limit: number }) => readonly AuditRow[];
  readonly cursorOf: (row: AuditRow) => string;
}

function byStoring(cursor: string | undefined): AuditOrder {
  const [after = 0] = cursor === undefined ? [] : numbersOf(cursor, 1);
  return {
    read: (memory, o) => memory.audit({ ...o, after }),
    cursorOf: ({ auditId }) => String(auditId),
  };
}

function byRemoval(cursor: string | undefined): AuditOrder {
  const [removedAt = 0, auditId = 0] = cursor === undefined ? [] : numbersOf(cursor, 2);
  const after: { readonly after?: RemovalPlace } = cursor === undefined ? {} : { after: { removedAt, auditId } };
  return {
    read: (memory, o) => memory.removals({ ...o, ...after }),
    cursorOf: (row) => `${row.removedAt}.${row.auditId}`,
  };
}

/** At most 15 digits each, so that every one of them is exact. */
function numbersOf(cursor: string, count: number): readonly number[] {
  const parts = cursor.split(".");
  if (parts.length !== count || !parts.every((part) => /^\d{1,15}$/.test(part)))
    throw new ApiError("bad-request", "this cursor is none of this list; begin without one");
  return parts.map(Number);
}

function shownRow(row: AuditRow): Omit<Shown, keyof Heading> {
  return {
    auditId: row.auditId,
    uniqueId: showUniqueId(row.uniqueId),
    octets: row.octets,
    storedAt: row.storedAt,
    removedAt: row.removedAt ?? null,
    removedWhy: row.removedWhy === undefined ? null : codedReason(row.removedWhy),
  };
}
