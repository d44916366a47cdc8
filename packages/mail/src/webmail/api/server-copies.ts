// What is still on the server a message was collected from, and what will become of it: looked up in what is remembered,
// for as many messages as are shown together.
import { loginOfDestination, type SourceConfig } from "../../config/index.ts";
import type { IndexedMessage } from "../../mailstore/index.ts";
import { rowNameOf, type KnownMessage } from "../../retriever/index.ts";
import type { ReaderHouse } from "./contract.ts";
import type { Downloads } from "./downloads.ts";
import type { Reading } from "./reading.ts";
import type { Message, ServerCopy } from "./schema/index.ts";

type Fate = Omit<ServerCopy, "source" | "whole">;
type Shown = Pick<IndexedMessage, "account" | "messageId" | "origin">;
/** By "account/message-id": a source may be collected into several accounts, each of which counts its messages itself. */
type ByPlace = ReadonlyMap<string, KnownMessage>;

type Known = Pick<Reading, "house" | "downloads">;

/** In their order; null for a message of no source. */
export function serverCopiesOf(reading: Known, shown: readonly Shown[]): readonly (ServerCopy | null)[] {
  return foundFor(reading, shown).map((found) => found?.copy ?? null);
}

/** Of one message, with what names it to a plan of its removal, where it can be planned. */
export function removableCopyOf(reading: Known, shown: Shown): Message["server"] {
  const [found] = foundFor(reading, [shown]);
  if (found === undefined || found === null) return null;
  const { copy, known, isCollected } = found;
  const isThere = copy.state === "kept" || copy.state === "to-be-removed";
  return { ...copy, removable: isThere && known !== undefined ? rowNameOf(known) : null, isCollected };
}

interface Found {
  readonly copy: ServerCopy;
  readonly known: KnownMessage | undefined;
  readonly isCollected: boolean;
}

function foundFor({ house, downloads }: Known, shown: readonly Shown[]): readonly (Found | null)[] {
  const sources = new Map(house.settings.sources().map((source) => [source.name, source]));
  const collected = shown.filter(({ origin }) => origin.kind === "source");
  const bySource = new Map<string, ByPlace>();
  for (const name of new Set(collected.map(({ origin }) => origin.name))) {
    const ofSource = collected.filter(({ origin }) => origin.name === name);
    bySource.set(name, knownOf(house, name, ofSource));
  }
  return shown.map(({ account, messageId, origin: { kind, name } }) => {
    if (kind !== "source") return null;
    const known = bySource.get(name)?.get(`${account}/${messageId}`);
    const source = sources.get(name);
    const fate = known === undefined ? UNKNOWN : fateOf(known, source);
    const isCut = known !== undefined && source !== undefined && fate.state === "headers-only";
    const whole = isCut ? wholeOf(downloads, name, known) : null;
    return { known, isCollected: source !== undefined, copy: { source: name, ...fate, whole } };
  });
}

function wholeOf(downloads: Downloads, source: string, known: KnownMessage): ServerCopy["whole"] {
  const uniqueId = rowNameOf(known);
  return { uniqueId, octets: known.octets, isComing: downloads.isAsked(source, uniqueId) };
}

function knownOf({ accounts, collecting }: ReaderHouse, source: string, messages: readonly Shown[]): ByPlace {
  const places = messages.map(({ messageId }) => String(messageId));
  const byPlace = new Map<string, KnownMessage>();
  for (const known of collecting.memory()?.knownAt(source, places) ?? [])
    for (const { destination, place } of known.copies) {
      // No login: it is no account's, such as a Maildir.
      const login = loginOfDestination(destination);
      const account = login === undefined ? undefined : accounts.accountOf(login);
      if (account !== undefined) byPlace.set(`${account}/${place}`, known);
    }
  return byPlace;
}

const UNKNOWN: Fate = { state: "unknown", removeAt: null };
const HEADERS_ONLY: Fate = { state: "headers-only", removeAt: null };

/** What the rule of the source means for one message. At the server of one that is collected no more nobody looks. */
export function fateOf(known: KnownMessage, source: SourceConfig | undefined): Fate {
  if (known.removedAt !== undefined) return { state: "removed", removeAt: null };
  if (known.missing > 0) return UNKNOWN;
  if (source === undefined) return known.state === "headers-only" ? HEADERS_ONLY : UNKNOWN;
  if (lacksCopies(known, source)) return { state: "kept", removeAt: null };
  if (known.pending !== undefined) return { state: "to-be-removed", removeAt: known.pending.at };
  if (known.state === "headers-only") return HEADERS_ONLY;
  if (source.server.keep === "forever") return { state: "kept", removeAt: null };
  const keptMs = Math.max(source.server.keep.ms, source.server.deleteMinAgeMs);
  return { state: "to-be-removed", removeAt: (known.collectedAt ?? known.firstSeenAt) + keptMs };
}

/** Not in every destination of today: one was added since. */
function lacksCopies({ state, copies }: KnownMessage, { destinations }: SourceConfig): boolean {
  const having = new Set(copies.map(({ destination }) => destination));
  return state === "collected" && destinations.some(({ to }) => !having.has(to));
}
