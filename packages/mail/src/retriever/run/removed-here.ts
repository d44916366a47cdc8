import type { SourceConfig } from "../../config/index.ts";
import type { KnownMessage } from "../decide/known.ts";
import { closeAll, openDestinations } from "../destinations/open.ts";
import { copyStates } from "./copy-states.ts";
import type { FetchHouse } from "./house.ts";

/** Those of the messages that were collected and that their owner has removed here since. Asks no server. Throws FetchError. */
export async function removedHere(
  source: SourceConfig,
  known: readonly KnownMessage[],
  house: FetchHouse,
): Promise<readonly KnownMessage[]> {
  const destinations = await openDestinations(source, {
    ...house,
    openStore: house.openStore,
    checkpoint: undefined,
    isLookedAt: true,
  });
  try {
    const states = await copyStates(known, destinations);
    return known.filter(({ id, state }) => state === "collected" && states.get(id) === "removed");
  } finally {
    await closeAll(destinations, house.log);
  }
}
