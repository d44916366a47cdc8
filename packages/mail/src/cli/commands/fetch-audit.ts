import type { AuditRow, FetchState } from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine, printTable } from "../io.ts";
import { toSecond } from "../moments.ts";
import { FETCH_OPTIONS } from "./fetch/options.ts";
import { remembered, withMemory } from "./fetch/with-memory.ts";

const PAGE_ROWS = 1_000;
const HEADING = ["stored", "source", "unique-id", "octets", "sha256", "here", "removed there"] as const;

export const fetchAudit: CliCommand = {
  name: "fetch audit",
  summary: "for every collected message: source, unique-id, sha256, when it was stored, when and why removed there",
  arguments: [{ name: "source", summary: "of this source alone", optional: true }],
  options: FETCH_OPTIONS,
  examples: ["restante fetch audit", "restante fetch audit work --json | jq 'select(.removedAt == null)'"],
  async run(input, io) {
    const source = input.arguments["source"];
    return withMemory(input, io, (state) => {
      let isEmpty = true;
      for (const rows of pages(state, source)) {
        if (isSet(input.values, "json")) for (const row of rows) printJson(io, asJson(row));
        else printTable(io, HEADING, rows.map(cells));
        isEmpty = false;
      }
      // What happened outlives the source it happened to.
      if (isEmpty && source !== undefined) remembered(state, [source]);
      if (isEmpty && !isSet(input.values, "json")) printLine(io, "Nothing was collected yet.");
      return EXIT.OK;
    });
  },
};

function* pages(state: FetchState, source: string | undefined): Generator<readonly AuditRow[]> {
  for (let after = 0; ;) {
    const rows = state.audit({ ...(source === undefined ? {} : { source }), after, limit: PAGE_ROWS });
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.auditId ?? after;
    if (rows.length < PAGE_ROWS) return;
  }
}

function asJson(row: AuditRow): object {
  const { source, uniqueId, octets, sha256, destinations, removedWhy = null } = row;
  const [storedAt, removedAt] = [iso(row.storedAt), row.removedAt === undefined ? null : iso(row.removedAt)];
  return { source, uniqueId, octets, sha256, storedAt, destinations, removedAt, removedWhy };
}

function cells({ source, uniqueId, octets, sha256, ...row }: AuditRow): readonly (string | number)[] {
  const removal = row.removedAt === undefined ? "-" : `${toSecond(row.removedAt)}: ${row.removedWhy}`;
  const here = row.destinations.join(", ");
  return [toSecond(row.storedAt), source, shown(uniqueId), octets, sha256.slice(0, 16), here, removal];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A unique-id is a server's, and may hold anything. */
function shown(uniqueId: string): string {
  return uniqueId.replace(/[^\x21-\x7e]/g, "?");
}
