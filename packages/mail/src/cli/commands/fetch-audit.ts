import type { AuditRow } from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine, type Io } from "../io.ts";
import { FETCH_OPTIONS } from "./fetch/options.ts";
import { withMemory } from "./fetch/with-memory.ts";

const PAGE_ROWS = 1_000;

export const fetchAudit: CliCommand = {
  name: "fetch audit",
  summary: "for every collected message: source, unique-id, sha256, when it was stored, when and why removed there",
  arguments: [{ name: "source", summary: "of this source alone", optional: true }],
  options: FETCH_OPTIONS,
  examples: ["restante fetch audit", "restante fetch audit work --json | jq 'select(.removedAt == null)'"],
  async run(input, io) {
    const source = input.arguments["source"];
    return withMemory(input, io, (state) => {
      let count = 0;
      for (let after = 0; ;) {
        const rows = state.audit({ ...(source === undefined ? {} : { source }), after, limit: PAGE_ROWS });
        for (const row of rows) tell(row, io, isSet(input.values, "json"));
        count += rows.length;
        after = rows.at(-1)?.auditId ?? after;
        if (rows.length < PAGE_ROWS) break;
      }
      if (count === 0 && !isSet(input.values, "json")) printLine(io, "Nothing was collected yet.");
      return EXIT.OK;
    });
  },
};

function tell(row: AuditRow, io: Io, isJson: boolean): void {
  const [storedAt, removedAt] = [iso(row.storedAt), row.removedAt === undefined ? null : iso(row.removedAt)];
  if (isJson) {
    const { source, uniqueId, octets, sha256, destinations, removedWhy = null } = row;
    printJson(io, { source, uniqueId, octets, sha256, storedAt, destinations, removedAt, removedWhy });
    return;
  }
  const removal = removedAt === null ? "still there, as far as is known" : `removed ${removedAt}: ${row.removedWhy}`;
  printLine(
    io,
    `${storedAt}  ${row.source}  ${shown(row.uniqueId)}  ${row.octets}  ${row.sha256.slice(0, 16)}  ${row.destinations.join(", ")}  ${removal}`,
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A unique-id is a server's, and may hold anything. */
function shown(uniqueId: string): string {
  return uniqueId.replace(/[^\x21-\x7e]/g, "?");
}
