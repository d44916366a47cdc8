// Headers that stand for messages: when the whole message came, it takes the place of its header, so that nobody has both.
import type { SourceConfig } from "../../../config/index.ts";
import type { Reading } from "../reading.ts";

interface Stub {
  /** Of what is remembered: a unique-id may have been another message's once. */
  readonly id: number;
  readonly uniqueId: string;
  readonly destination: string;
  readonly account: string;
  readonly messageId: number;
}

/** Of the messages that are asked for, those whose header is here alone. */
export function stubsOf(reading: Reading, source: SourceConfig, uniqueIds: ReadonlySet<string>): readonly Stub[] {
  return copiesOf(reading, source, "headers-only").filter(({ uniqueId }) => uniqueIds.has(uniqueId));
}

/** Each whole message goes where its header is, marked as that is; then the header goes. One that did not come keeps its header. */
export async function replaceStubs(reading: Reading, source: SourceConfig, stubs: readonly Stub[]): Promise<void> {
  const { store } = reading.house;
  const whole = copiesOf(reading, source, "collected");
  for (const stub of stubs) {
    const { account, messageId } = stub;
    const came = whole.find(({ id, destination }) => id === stub.id && destination === stub.destination);
    const [place] = await store.placementsOf(account, [messageId]);
    if (came === undefined || came.messageId === messageId || place === undefined) continue;
    await store.setKeywords(account, [came.messageId], { add: [...place.keywords] });
    await store.move(account, [came.messageId], place.mailbox);
    await store.remove(account, [messageId]);
  }
}

function copiesOf(reading: Reading, source: SourceConfig, state: "headers-only" | "collected"): readonly Stub[] {
  const known = (reading.house.collecting.memory()?.known(source.name) ?? []).filter((one) => one.state === state);
  return source.destinations.flatMap((destination) => {
    const account = destination.kind === "store" ? reading.house.accounts.accountOf(destination.login) : undefined;
    if (account === undefined) return [];
    return known.flatMap(({ id, uniqueId, copies }) =>
      copies
        .filter((copy) => copy.destination === destination.to)
        .map(({ place }) => ({ id, uniqueId, destination: destination.to, account, messageId: Number(place) })),
    );
  });
}
