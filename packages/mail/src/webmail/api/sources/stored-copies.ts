// What is here of mail that is on a server: its copies in accounts of ours.
import type { SourceConfig, SourceDestination } from "../../../config/index.ts";
import type { IndexedMessage } from "../../../mailstore/index.ts";
import type { ServerListed } from "../../../retriever/index.ts";
import type { Reading } from "../reading.ts";

type Known = NonNullable<ServerListed["known"]>;

interface Place {
  readonly account: string;
  readonly messageId: number;
}

/** The copy of each, where there is one that lists know of. Of an account's the index is asked once. */
export async function storedCopies(
  reading: Reading,
  source: SourceConfig,
  known: readonly (Known | undefined)[],
): Promise<readonly (IndexedMessage | undefined)[]> {
  const places = known.map((one) => (one === undefined ? undefined : placeOf(reading, source, one)));
  const found = new Map<string, IndexedMessage>();
  for (const account of accountsOf(reading, source)) {
    const messageIds = places.flatMap((place) => (place?.account === account ? place.messageId : []));
    for (const one of await reading.house.index.messages(account, messageIds)) found.set(keyOf(one), one);
  }
  return places.map((place) => (place === undefined ? undefined : found.get(keyOf(place))));
}

/** The accounts of ours that its mail comes into. */
export function accountsOf(reading: Reading, { destinations }: SourceConfig): ReadonlySet<string> {
  return new Set(destinations.flatMap((destination) => accountOf(reading, destination) ?? []));
}

function placeOf(reading: Reading, source: SourceConfig, known: Known): Place | undefined {
  for (const destination of source.destinations) {
    const copy = known.copies.find(({ destination: to }) => to === destination.to);
    const account = accountOf(reading, destination);
    if (copy !== undefined && account !== undefined) return { account, messageId: Number(copy.place) };
  }
  return undefined;
}

function accountOf({ house }: Reading, destination: SourceDestination): string | undefined {
  return destination.kind === "store" ? house.accounts.accountOf(destination.login) : undefined;
}

function keyOf({ account, messageId }: Place): string {
  return `${account}/${messageId}`;
}
