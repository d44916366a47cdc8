// What claims do with a store, said once. Octets are compared as latin1 text: one character an octet, and readable.
import type {
  ReadOptions,
  AccountId,
  Delivered,
  DeliverOptions,
  Maildrop,
  MaildropStore,
  MessageChunk,
} from "../../maildrop/index.ts";

/** Where mail goes to and comes from. */
export interface Place {
  readonly store: MaildropStore;
  readonly account: AccountId;
  /** The maildrop unless named. */
  readonly mailbox?: string;
  /** Internationalised mail as its surrogate. */
  readonly surrogates?: boolean;
}

export function octetsOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Delivers one message given as latin1 text. */
export function deliver(place: Place, text: string, options?: DeliverOptions): Promise<Delivered> {
  const { mailbox } = place;
  return place.store.deliver(
    place.account,
    { body: [octetsOf(text)] },
    { ...options, ...(mailbox !== undefined && { mailbox }) },
  );
}

/** Delivers messages one after the other. */
export async function deliverAll(place: Place, texts: readonly string[]): Promise<readonly Delivered[]> {
  const delivered: Delivered[] = [];
  for (const text of texts) delivered.push(await deliver(place, text));
  return delivered;
}

let sessions = 0;

export function open(place: Place, onBusy: "reject" | "takeover" = "reject"): Promise<Maildrop> {
  sessions += 1;
  const { mailbox, surrogates } = place;
  return place.store.open(place.account, {
    holder: `session-${sessions}`,
    onBusy,
    ...(mailbox !== undefined && { mailbox }),
    ...(surrogates !== undefined && { surrogates }),
  });
}

/** What one session finds, let go of without an UPDATE. */
export async function look<T>(place: Place, use: (maildrop: Maildrop) => T | Promise<T>): Promise<T> {
  const maildrop = await open(place);
  try {
    return await use(maildrop);
  } finally {
    await maildrop.release();
  }
}

/** Removes these message-numbers in a session of their own. */
export async function removeNumbers(place: Place, numbers: readonly number[]): Promise<void> {
  const outcome = await (await open(place)).commit(new Set(numbers));
  if (outcome !== "done") throw new Error(`a QUIT nobody disturbed ended with "${outcome}"`);
}

export function numbersOf(maildrop: Maildrop): readonly number[] {
  return Array.from({ length: maildrop.count }, (_, i) => i + 1);
}

/** What LIST and UIDL would show. */
export function listingOf(maildrop: Maildrop): readonly { readonly octets: number; readonly uniqueId: string }[] {
  return numbersOf(maildrop).map((n) => ({ octets: maildrop.octetsOf(n), uniqueId: maildrop.uniqueIdOf(n) }));
}

export function uniqueIdsOf(maildrop: Maildrop): readonly string[] {
  return numbersOf(maildrop).map((n) => maildrop.uniqueIdOf(n));
}

/** Every chunk of a run, up to the end; borrowed ones are copied before the next is asked for. */
export async function chunksOf(
  maildrop: Maildrop,
  numbers: readonly number[],
  options?: ReadOptions,
): Promise<readonly MessageChunk[]> {
  const reader = maildrop.read(numbers, options);
  const chunks: MessageChunk[] = [];
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next())
      chunks.push(options?.borrowed === true ? { ...chunk, octets: Uint8Array.from(chunk.octets) } : chunk);
  } finally {
    reader.close();
  }
  return chunks;
}

/** The messages of a run as text, told apart by their last chunks. */
export async function textsOf(
  maildrop: Maildrop,
  numbers: readonly number[] = numbersOf(maildrop),
  options?: ReadOptions,
): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = "";
  for (const chunk of await chunksOf(maildrop, numbers, options)) {
    text += Buffer.from(chunk.octets).toString("latin1");
    if (!chunk.last) continue;
    texts.push(text);
    text = "";
  }
  if (text !== "") throw new Error("the run ended in the middle of a message");
  return texts;
}

/** What the next session would read. */
export function textsIn(place: Place): Promise<readonly string[]> {
  return look(place, (maildrop) => textsOf(maildrop));
}
