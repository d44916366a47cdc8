// What is still on the server a message was collected from, and what will become of it: looked up in what is remembered,
// for as many messages as are shown together.
import { loginOfDestination, type SourceConfig } from "../../config/index.ts";
import type { IndexedMessage } from "../../mailstore/index.ts";
import { rowNameOf, type KnownMessage } from "../../retriever/index.ts";
import type { ReaderHouse } from "./contract.ts";
import type { ServerCopy } from "./schema/index.ts";

type Fate = Omit<ServerCopy, "source" | "whole">;
type Shown = Pick<IndexedMessage, "account" | "messageId" | "origin">;
/** By "account/message-id": a source may be collected into several accounts, each of which counts its messages itself. */
type ByPlace = ReadonlyMap<string, KnownMessage>;

/** In their order; null for a message of no source. */
export function serverCopiesOf(house: ReaderHouse, shown: readonly Shown[]): readonly (ServerCopy | null)[] {
  const sources = new Map(house.settings.sources().map((source) => [source.name, source]));
  const collected = shown.filter(({ origin }) => origin.kind === "source");
  const names = new Set(collected.map(({ origin }) => origin.name));
  const known = new Map<string, ByPlace>();
  for (const name of names) {
    const ofSource = collected.filter(({ origin }) => origin.name === name);
    known.set(name, knownOf(house, name, ofSource));
  }
  return shown.map(({ account, messageId, origin: { kind, name } }) => {
    if (kind !== "source") return null;
    const one = known.get(name)?.get(`${account}/${messageId}`);
    const fate = one === undefined ? UNKNOWN : fateOf(one, sources.get(name));
    const isHeader = one !== undefined && fate.state === "headers-only";
    return { source: name, ...fate, whole: isHeader ? { uniqueId: rowNameOf(one), octets: one.octets } : null };
  });
}

export function serverCopyOf(house: ReaderHouse, shown: Shown): ServerCopy | null {
  return serverCopiesOf(house, [shown])[0] ?? null;
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

/** What the rule of the source means for one message. */
export function fateOf(known: KnownMessage, source: SourceConfig | undefined): Fate {
  if (known.removedAt !== undefined) return { state: "removed", removeAt: null };
  if (known.missing > 0) return UNKNOWN;
  if (source !== undefined && lacksCopies(known, source)) return { state: "kept", removeAt: null };
  if (known.pending !== undefined) return { state: "to-be-removed", removeAt: known.pending.at };
  if (known.state === "headers-only") return { state: "headers-only", removeAt: null };
  if (source === undefined || source.server.keep === "forever") return { state: "kept", removeAt: null };
  const keptMs = Math.max(source.server.keep.ms, source.server.deleteMinAgeMs);
  return { state: "to-be-removed", removeAt: (known.collectedAt ?? known.firstSeenAt) + keptMs };
}

/** Not in every destination of today: one was added since. */
function lacksCopies({ state, copies }: KnownMessage, { destinations }: SourceConfig): boolean {
  const having = new Set(copies.map(({ destination }) => destination));
  return state === "collected" && destinations.some(({ to }) => !having.has(to));
}
