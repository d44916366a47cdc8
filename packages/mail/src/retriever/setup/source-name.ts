// What a new source is called: as its mailbox was before, where its mail is here already, or else as nothing ever was.
import { endpointOf } from "../endpoint.ts";
import type { FetchState } from "../state/fetch-state.ts";
import { freeName } from "./write-source.ts";

export interface Naming {
  /** Undefined: nothing was ever collected. */
  readonly memory: Pick<FetchState, "namesOf" | "namesOfOthers"> | undefined;
  readonly place: Parameters<typeof endpointOf>[0];
  /** Where its mail is to go, as the configuration writes it. */
  readonly destinations: readonly string[];
  /** Names of the sources that there are. */
  readonly configured: readonly string[];
  /** What a name is made of when there was none. */
  readonly address: string;
}

export interface SourceNames {
  /** Those that are given, or are remembered of other mailboxes: what was collected there would be taken for what is here. */
  readonly taken: readonly string[];
  /** Under which its mail was collected to where it goes now, by `fetch run URL` say: by another name it would come again. */
  readonly before: string | undefined;
  /** Where there is none: the source, of those that there are, under which its mail was collected. It comes again. */
  readonly given: string | undefined;
  /** The one of before, or a free one. */
  readonly name: string;
}

export function namesFor({ memory, place, destinations, configured, address }: Naming): SourceNames {
  const endpoint = endpointOf(place);
  const taken = [...configured, ...(memory?.namesOfOthers(endpoint) ?? [])];
  const names = memory?.namesOf(endpoint, destinations) ?? [];
  const before = names.find((one) => !configured.includes(one));
  const given = before === undefined ? names[0] : undefined;
  return { taken, before, given, name: before ?? freeName(address, taken) };
}
