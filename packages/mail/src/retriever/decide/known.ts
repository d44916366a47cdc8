// What is remembered of a message, and what a listing says of it now: the two sides every decision looks at.

export type MessageState =
  /** Seen and not collected yet: it failed, or waits for its turn. */
  | "new"
  | "collected"
  | "headers-only"
  | "filtered"
  | "quarantined"
  /** Its owner said that it is no news. */
  | "seen";

export interface Copy {
  readonly destination: string;
  readonly place: string;
  readonly sha256: string;
}

/** A message of a source's past. Times in milliseconds since the epoch. */
export interface KnownMessage {
  readonly id: number;
  /** One character an octet. */
  readonly uniqueId: string;
  readonly octets: number;
  /** It was listed with these as well, and its octets were the same: what a server counts may go to and fro. */
  readonly otherSizes: readonly number[];
  /** Set where unique-id and size are shared by several messages. */
  readonly keyHash: string;
  readonly state: MessageState;
  readonly headerHash: string | undefined;
  readonly sha256: string | undefined;
  readonly firstSeenAt: number;
  readonly collectedAt: number | undefined;
  readonly attempts: number;
  /** Runs in a row that lost a connection while it came, or was compared, whosever fault that was. */
  readonly lostRuns: number;
  readonly failure: string | undefined;
  readonly rule: string | undefined;
  /** To be removed there; nobody knows whether it was. */
  readonly pending: { readonly at: number; readonly why: string } | undefined;
  readonly removedAt: number | undefined;
  /** Why, when its absence alone told: a listing that has it takes that back. */
  readonly inferred: string | undefined;
  readonly missing: number;
  readonly missingSince: number | undefined;
  readonly again: boolean;
  readonly copies: readonly Copy[];
}

/** Its header alone, in each destination that was given it: what a whole message takes the place of. */
export function stubsOf({ state, sha256, copies }: KnownMessage): readonly Copy[] {
  return STUB_STATES.has(state) ? copies.filter((copy) => copy.sha256 === sha256) : [];
}

/** What was written down of a message that failed, was forgotten, filtered or no news any more since is its header's. */
const STUB_STATES: ReadonlySet<MessageState> = new Set(["headers-only", "new", "filtered", "quarantined", "seen"]);

/** Its whole octets, as far as they came. Those of a message without a body are those of its header, which is not the message. */
export function wholeCopiesOf(known: KnownMessage): readonly Copy[] {
  // Of others that were collected once, what is written down is the message's.
  if (!NEVER_WHOLE.has(known.state)) return known.copies;
  const stubs = stubsOf(known);
  return known.copies.filter((copy) => !stubs.includes(copy));
}

const NEVER_WHOLE: ReadonlySet<MessageState> = new Set(["headers-only", "new", "filtered"]);

/** What came as it may be another message: it is new, and what came is known as its copies until it has come again. */
export function isDoubted({ state, copies, sha256, failure, again }: KnownMessage): boolean {
  return state === "new" && copies.length > 0 && sha256 === undefined && failure === undefined && !again;
}

/** A message of the listing. Without UIDL the unique-id is made of the header. */
export interface ListedMessage {
  readonly n: number;
  readonly uniqueId: string;
  readonly octets: number;
  /** Others have this unique-id too. */
  readonly isDuplicate: boolean;
}

/** `uniqueId` and size: what a message is known by; messages that share both are told apart by their header. */
export function messageKey(uniqueId: string, octets: number, keyHash = ""): string {
  return `${octets} ${keyHash} ${uniqueId}`;
}

/** A unique-id made of what a server without UIDL shows. No server sends one that begins so. */
export function madeUniqueId(headerHash: string): string {
  return `\0header:${headerHash}`;
}

/** Of a message that has no unique-id and whose header cannot be had: it is nobody that was here before. */
export const NAMELESS = "\0nameless";

export function isMadeUniqueId(uniqueId: string): boolean {
  return uniqueId.startsWith("\0");
}

/** For people: control and other octets escaped, made ones said in words. */
export function showUniqueId(uniqueId: string): string {
  if (uniqueId === NAMELESS) return "(no unique-id, no header)";
  if (isMadeUniqueId(uniqueId)) return `(no unique-id, ${uniqueId.slice(1, 20)})`;
  return uniqueId.replace(/[^\x21-\x7e]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
