// LIST and UIDL joined by message-number, whatever order and gaps they come in; what is odd is said, not repaired.
import { parseScanLine, parseUniqueIdLine } from "../wire/index.ts";
import type { Entry, Listing } from "./contract.ts";

const SP = 32;
const TAB = 9;

export interface ListingLines {
  readonly scan: readonly Uint8Array[];
  /** Undefined when the server does not answer UIDL. */
  readonly uniqueIds: readonly Uint8Array[] | undefined;
  /** Messages that are rightly missing. */
  readonly marked: ReadonlySet<number>;
}

export function makeListing({ scan, uniqueIds, marked }: ListingLines): Listing {
  const octets = new Map<number, number>();
  const ids = new Map<number, string | undefined>();
  let isOdd = false;
  for (const line of scan.filter(isWritten)) {
    const entry = parseScanLine(line);
    if (entry === undefined || octets.has(entry.n)) isOdd = true;
    else octets.set(entry.n, entry.octets);
  }
  for (const line of uniqueIds?.filter(isWritten) ?? []) {
    const entry = parseUniqueIdLine(line);
    if (entry === undefined || ids.has(entry.n)) isOdd = true;
    else ids.set(entry.n, entry.uniqueId);
  }
  const numbers = [...octets.keys()].sort((one, other) => one - other);
  const entries = numbers.map((n) => ({ n, uniqueId: ids.get(n) ?? null, octets: octets.get(n) as number }));
  const unmatched = [...ids].filter(([n]) => !octets.has(n)).map(([n, uniqueId]) => ({ n, uniqueId }));
  const { byUniqueId, duplicateUniqueIds } = index(entries);
  const isMissing = uniqueIds !== undefined && entries.some(({ uniqueId }) => uniqueId === null);
  const isComplete =
    !isOdd && !isMissing && unmatched.length === 0 && duplicateUniqueIds.length === 0 && !hasGap(numbers, marked);
  return { entries, byUniqueId, duplicateUniqueIds, unmatched, hasUniqueIds: uniqueIds !== undefined, isComplete };
}

/** A blank line names no message, and hides none. */
function isWritten(line: Uint8Array): boolean {
  return line.some((octet) => octet !== SP && octet !== TAB);
}

function index(entries: readonly Entry[]): Pick<Listing, "byUniqueId" | "duplicateUniqueIds"> {
  const byUniqueId = new Map<string, Entry>();
  const duplicates = new Set<string>();
  for (const entry of entries) {
    if (entry.uniqueId === null) continue;
    if (byUniqueId.has(entry.uniqueId)) duplicates.add(entry.uniqueId);
    else byUniqueId.set(entry.uniqueId, entry);
  }
  for (const uniqueId of duplicates) byUniqueId.delete(uniqueId);
  return { byUniqueId, duplicateUniqueIds: [...duplicates] };
}

function hasGap(numbers: readonly number[], marked: ReadonlySet<number>): boolean {
  const last = numbers.at(-1) ?? 0;
  let expected = numbers.length;
  for (const n of marked) if (n <= last) expected += 1;
  return last > expected;
}

/** The same messages under the same numbers; more may have come behind them. */
export function isSameMaildrop(before: Listing, now: Listing): boolean {
  return before.entries.every((entry, at) => {
    const other = now.entries[at];
    return other?.n === entry.n && other.uniqueId === entry.uniqueId && other.octets === entry.octets;
  });
}
