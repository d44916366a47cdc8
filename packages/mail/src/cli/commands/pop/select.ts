// Which messages a command means: numbers and ranges, unique-ids, or all.
import type { Entry, Listing } from "@restante/pop/client";
import { isSet, texts, type CliArgument, type CliOption, type CommandInput } from "../../command.ts";
import { CliError } from "../../failure.ts";

export const MESSAGES_ARGUMENT: CliArgument = {
  name: "messages",
  summary: "message-numbers of this listing: 3, or 1-5, or 7- for all from the seventh on",
  many: true,
};

export const SELECT_OPTIONS: Readonly<Record<string, CliOption>> = {
  "unique-id": {
    value: "ID",
    repeatable: true,
    summary: "the message with this unique-id, whatever its number is now",
  },
  all: { summary: "all messages" },
};

export interface Selection {
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  readonly uniqueIds: readonly string[];
  readonly isAll: boolean;
}

const RANGE = /^(\d{1,10})(?:(-)(\d{1,10})?)?$/;

/** Throws CliError `usage` when nothing, or too much, is said. */
export function selectionOf(input: CommandInput): Selection {
  const ranges = (input.lists["messages"] ?? []).map(range);
  const uniqueIds = texts(input.values, "unique-id");
  const isAll = isSet(input.values, "all");
  const isSome = ranges.length + uniqueIds.length > 0;
  if (isSome === isAll) throw new CliError("usage", "say which messages: numbers, --unique-id ID, or --all alone");
  return { ranges, uniqueIds, isAll };
}

/** In the order of the listing, none twice. Throws CliError NO_SUCH_MESSAGE for one that is not there. */
export function selected(listing: Listing, { ranges, uniqueIds, isAll }: Selection): readonly Entry[] {
  if (isAll) return listing.entries;
  const numbers = new Set(listing.entries.map(({ n }) => n));
  const wanted = new Set<number>();
  for (const { from, to } of ranges) {
    const found = [...numbers].filter((n) => n >= from && n <= to);
    // An open range may be empty; a message that was named must be there.
    if (found.length === 0 && to !== Infinity)
      throw none(from === to ? `message ${from}` : `messages ${from} to ${to}`);
    for (const n of found) wanted.add(n);
  }
  for (const uniqueId of uniqueIds) wanted.add(numberOf(listing, uniqueId));
  return listing.entries.filter(({ n }) => wanted.has(n));
}

function numberOf(listing: Listing, uniqueId: string): number {
  if (!listing.hasUniqueIds) throw new CliError("UNSUPPORTED", "the server has no unique-ids; name messages by number");
  if (listing.duplicateUniqueIds.includes(uniqueId)) {
    throw new CliError("NO_SUCH_MESSAGE", `several messages have the unique-id ${uniqueId}; name one by its number`);
  }
  const entry = listing.byUniqueId.get(uniqueId);
  if (entry === undefined) throw none(`message with the unique-id ${uniqueId}`);
  return entry.n;
}

function range(written: string): Selection["ranges"][number] {
  const [, first, dash, last] = RANGE.exec(written) ?? [];
  const from = Number(first);
  const to = dash === undefined ? from : last === undefined ? Infinity : Number(last);
  if (first !== undefined && from >= 1 && to >= from) return { from, to };
  throw new CliError("usage", `${written} is no message-number and no range; write 3, 1-5 or 7-`);
}

function none(what: string): CliError {
  return new CliError("NO_SUCH_MESSAGE", `there is no ${what}; restante pop list shows those there are`);
}
