// What is on a server now, and acts on it: download, remove (in two steps), and what was removed and why.
import { listServer, rowNameOf, type AskedFor, type AuditRow, type ServerListed } from "../../../retriever/index.ts";
import type { SourceConfig } from "../../../config/index.ts";
import type { IndexedMessage } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import type { Call } from "../contract.ts";
import type { Reading } from "../reading.ts";
import type { ServerMessage, Trouble } from "../schema/index.ts";
import { fateOf } from "../server-copies.ts";
import { betweenRuns, runBetween } from "../sources/between-runs.ts";
import { codedQuestion, codedReason } from "../sources/coded.ts";
import { shownTrouble, troubleOf } from "../sources/shown.ts";
import { auditPage, type Heading } from "./audit-page.ts";
import { knownSource } from "../sources/known-source.ts";
import { accountsOf, storedCopies } from "../sources/stored-copies.ts";
import type { Some } from "./handler.ts";

/** Headers that are asked for to show who wrote what is not here. */
const HEADERS_MAX = 200;

type Routes = "serverMailbox" | "downloadFromServer" | "planRemoval" | "removeFromServer" | "sourceAudit" | "sourceLog";

export function serverMailboxHandlers(reading: Reading): Some<Routes> {
  const { house } = reading;
  const look = async (source: SourceConfig, call: Call, asked?: AskedFor) =>
    refusing(source.name, () =>
      betweenRuns(reading, { source: source.name, signal: call.signal }, (fetchHouse) =>
        listServer(source, asked === undefined ? fetchHouse : { ...fetchHouse, asked }, {
          headersMax: asked === undefined ? HEADERS_MAX : 0,
        }),
      ),
    );

  return {
    async serverMailbox({ source: name, after, limit }, call) {
      const source = knownSource(reading, name);
      const kept = after === undefined ? undefined : reading.seats.listing(name);
      const listing = kept ?? (await look(source, call));
      if (kept === undefined) {
        reading.seats.keep(listing);
        // What a run has just brought is shown by what it says, not as unknown.
        await reading.caughtUp(...accountsOf(reading, source));
      }
      // The newest first: they have the highest numbers.
      const newest = listing.messages.toReversed();
      const begin = after === undefined ? 0 : newest.findIndex(({ n }) => n < Number(after));
      const rows = begin < 0 ? [] : newest.slice(begin, begin + limit);
      const last = rows.at(-1);
      const lastReport = house.collecting.status().find((one) => one.source === name)?.lastReport;
      return {
        source: name,
        at: listing.at,
        messages: newest.length,
        octets: newest.reduce((sum, { octets }) => sum + octets, 0),
        stored: newest.filter(isStored).length,
        toBeRemoved: newest.filter((row) => stateOf(row) === "to-be-removed").length,
        rows: await shownRows(reading, source, rows),
        next: last === undefined || begin + limit >= newest.length ? null : String(last.n),
        questions: reading.answered.openBehind(lastReport, listing.questions).map(codedQuestion),
      };
    },
    downloadFromServer({ source: name, uniqueIds }) {
      knownSource(reading, name);
      const fetch = new Set(uniqueIds);
      const onEnding = reading.downloads.expect({ source: name, uniqueIds: fetch });
      // It may take hours; the event stream tells how far it is.
      reading.background.start((signal) =>
        runBetween(reading, name, { signal, isPatient: true, onEnding, asked: { fetch, remove: new Set() } }),
      );
      return Promise.resolve({ queued: fetch.size });
    },
    async planRemoval({ source: name, uniqueIds }, call) {
      const source = knownSource(reading, name);
      const remove = new Set(uniqueIds);
      const { messages } = await look(source, call, { fetch: new Set(), remove });
      const isMeant = (row: ServerListed): boolean =>
        remove.has(row.name) || (row.known !== undefined && remove.has(rowNameOf(row.known)));
      const named = messages.filter(isMeant);
      const going = named.filter(({ action }) => action === "delete");
      const listed = new Set(
        named.flatMap((row) => [row.name, ...(row.known === undefined ? [] : [rowNameOf(row.known)])]),
      );
      const refused = [
        ...named.flatMap(({ name: uniqueId, action, why }) =>
          action === "delete"
            ? []
            : [{ uniqueId, why: action === "skip" ? codedReason(why) : ("not-here-yet" as const) }],
        ),
        ...[...remove].filter((id) => !listed.has(id)).map((id) => ({ uniqueId: id, why: "not-there" as const })),
      ];
      const ids = going.map((row) => row.name);
      return {
        token: reading.seats.plan(name, ids),
        messages: going.length,
        octets: going.reduce((sum, { octets }) => sum + octets, 0),
        refused,
      };
    },
    async removeFromServer({ source: name, token }, call) {
      knownSource(reading, name);
      const uniqueIds = reading.seats.take(name, token);
      if (uniqueIds === undefined)
        throw new ApiError("gone", "this plan is too old; look at it anew", { reason: "plan-too-old" });
      const asked = { fetch: new Set<string>(), remove: new Set(uniqueIds) };
      const { removed, unconfirmed, error, advice } = await refusing(name, () =>
        runBetween(reading, name, { signal: call.signal, asked }),
      );
      if (error !== undefined && removed === 0) throw refused(shownTrouble({ error, advice }));
      return { removed, unconfirmed };
    },
    async sourceAudit({ source: name, ...asked }) {
      const source = knownSource(reading, name);
      if (asked.after === undefined) await reading.caughtUp(...accountsOf(reading, source));
      const memory = house.collecting.memory();
      return auditPage(memory, { ...asked, source: name, headingsOf: (rows) => headingsOf(reading, source, rows) });
    },
    sourceLog({ source }) {
      knownSource(reading, source);
      const lines = house.collecting.protocolLog(source) ?? [];
      return Promise.resolve({
        lines: lines.map(
          ({ at, from, text }) => `${new Date(at).toISOString()} ${from === "client" ? "C:" : "S:"} ${plain(text)}`,
        ),
      });
    },
  };
}

async function refusing<T>(source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError || (error as Error).name === "AbortError") throw error;
    throw refused(troubleOf(source, error), error);
  }
}

function refused(trouble: Trouble | null, cause?: unknown): ApiError {
  return new ApiError("refused", trouble?.words ?? "", { cause, ...(trouble === null ? {} : { trouble }) });
}

async function shownRows(
  reading: Reading,
  source: SourceConfig,
  rows: readonly ServerListed[],
): Promise<ServerMessage[]> {
  // Under the id of a lost copy there may be other mail.
  const known = rows.map((row) => (row.copy === "lost" ? undefined : row.known));
  const copies = await storedCopies(reading, source, known);
  return rows.map((row, at) => shownRow(source, row, copies[at]));
}

function shownRow(source: SourceConfig, row: ServerListed, here: IndexedMessage | undefined): ServerMessage {
  const { header } = row;
  return {
    uniqueId: row.uniqueId,
    name: row.name,
    octets: row.octets,
    subject: here?.subject ?? (header === undefined ? null : plain(header.subject)),
    from: here?.from[0] === undefined ? (header === undefined ? null : plain(header.from)) : fromOf(here.from[0]),
    date: here?.sortAt ?? header?.date ?? null,
    state: stateOf(row),
    removeAt: removeAtOf(row, source),
    why: codedReason(row.why),
    messageId: here?.messageId ?? null,
  };
}

/** Of what was stored of a source, as far as it is here. */
async function headingsOf(
  reading: Reading,
  source: SourceConfig,
  rows: readonly AuditRow[],
): Promise<readonly Heading[]> {
  const keyOf = (one: { readonly uniqueId: string; readonly sha256: string | undefined }): string =>
    `${one.sha256} ${one.uniqueId}`;
  const memory = reading.house.collecting.memory();
  const known = new Map((memory?.known(source.name) ?? []).map((one) => [keyOf(one), one]));
  const copies = await storedCopies(
    reading,
    source,
    rows.map((row) => known.get(keyOf(row))),
  );
  return copies.map((here) => {
    // Under the id of a lost copy there may be other mail.
    const isIt = here?.origin.kind === "source" && here.origin.name === source.name;
    if (!isIt) return { subject: null, from: null };
    const [from] = here.from;
    return { subject: here.subject, from: from === undefined ? null : fromOf(from) };
  });
}

function fromOf({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === "" ? address : name;
}

function removeAtOf(row: ServerListed, source: SourceConfig): number | null {
  const { known, copy, action, why } = row;
  if (action === "delete") return Date.now();
  // It stays for as long as a copy of it is not certain.
  if (known === undefined || (copy !== undefined && copy !== "there" && copy !== "removed")) return null;
  return fateOf(codedReason(why) === "withdrawn" ? { ...known, pending: undefined } : known, source).removeAt;
}

function isStored({ known, copy }: ServerListed): boolean {
  return known?.state === "collected" && copy !== "lost";
}

function stateOf(row: ServerListed): ServerMessage["state"] {
  const { known, action } = row;
  if (action === "delete") return "to-be-removed";
  switch (known?.state) {
    case "collected":
      return isStored(row) ? "stored" : "not-downloaded";
    case "headers-only":
      return "headers-only";
    case "quarantined":
      return "quarantined";
    case "filtered":
      return "filtered";
    case "seen":
    case "new":
    case undefined:
      return "not-downloaded";
  }
}

/** A server's own text, safe as one line. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, 998);
}
