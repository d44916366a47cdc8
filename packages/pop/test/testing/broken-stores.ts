// Stores that each break the contract in one way, and the claim that must notice. Run by contract-notices.test.ts in a
// process of its own, because here tests are meant to fail.
import { fileURLToPath } from "node:url";
import { MemoryStore, type Maildrop, type MaildropStore, type MessageReader } from "../../src/maildrop/index.ts";
import { maildropContract } from "../../src/testing/index.ts";

interface BrokenStore {
  readonly name: string;
  /** Begins the name of a claim that must fail. */
  readonly noticedBy: string;
  readonly open?: (maildrop: Maildrop, store: MemoryStore) => Partial<Maildrop>;
  readonly store?: (store: MemoryStore) => Partial<MaildropStore>;
}

/** The control: with nothing broken nothing may fail. */
export const soundStore = "nothing is broken";

export const BROKEN_STORES: readonly BrokenStore[] = [
  {
    name: "lists one octet too many",
    noticedBy: "the octets listed are the octets read",
    open: (m) => ({ octetsOf: (n) => m.octetsOf(n) + 1 }),
  },
  {
    name: "adds the sizes up wrong",
    noticedBy: "the octets of a maildrop",
    open: (m) => ({ octets: m.octets + m.count }),
  },
  { name: "takes numbers for unique-ids", noticedBy: "P3-S-084", open: () => ({ uniqueIdOf: (n) => `m${n}` }) },
  {
    name: "puts a space in unique-ids",
    noticedBy: "P3-S-080",
    open: (m) => ({ uniqueIdOf: (n) => `a ${m.uniqueIdOf(n)}` }),
  },
  {
    name: "changes unique-ids with every session",
    noticedBy: "P3-S-083",
    open: (m) => ({
      uniqueIdOf: (
        (session) => (n) =>
          `${session}.${m.uniqueIdOf(n)}`
      )(Math.random()),
    }),
  },
  {
    name: "removes one message too many",
    noticedBy: "a commit removes exactly",
    open: (m) => ({ commit: (marked) => m.commit(new Set([1, ...marked])) }),
  },
  {
    name: "removes nothing and says done",
    noticedBy: "a commit removes exactly",
    open: (m) => ({ commit: () => m.commit(new Set()) }),
  },
  {
    name: "removes at release",
    noticedBy: "a release removes nothing",
    open: (m) => ({ release: async () => void (await m.commit(new Set(allOf(m)))) }),
  },
  {
    name: "says done without the lease",
    noticedBy: "a session whose maildrop was taken over removes nothing",
    open: (m) => ({ commit: (marked) => m.commit(marked).then(() => "done") }),
  },
  {
    name: "lets everybody in",
    noticedBy: "a maildrop in use is refused",
    store: (s) => ({ open: (a, o) => s.open(a, { ...o, onBusy: "takeover" }) }),
  },
  { name: "never notices an idle holder", noticedBy: "P3-S-054", open: (_, s) => (keepAwake(s), {}) },
  { name: "shows mail as it comes", noticedBy: "P3-S-055", open: (m, s) => livingCount(m, s) },
  {
    name: "forgets delivery ids",
    noticedBy: "a second delivery with the same id",
    store: (s) => ({ deliver: (a, message) => s.deliver(a, message) }),
  },
  {
    name: "keeps half of a broken body",
    noticedBy: "a body that breaks off",
    store: (s) => ({ deliver: (a, m, o) => s.deliver(a, { ...m, body: untilError(m.body) }, o) }),
  },
  {
    name: "loses the trace fields",
    noticedBy: "trace fields",
    store: (s) => ({ deliver: (a, m, o) => s.deliver(a, { body: m.body }, o) }),
  },
  {
    name: "answers TOP with everything",
    noticedBy: "TOP gives the header",
    open: (m) => ({ read: (numbers) => m.read(numbers) }),
  },
  {
    name: "knows no dots",
    noticedBy: "a message may go unstuffed",
    open: (m) => ({ read: (n, o) => unstuffed(m.read(n, o)) }),
  },
  {
    name: "hands over a message in one piece",
    noticedBy: "a message of 3 MB",
    open: (m) => ({ read: (n, o) => whole(m.read(n, o)) }),
  },
  {
    name: "reads in its own order",
    noticedBy: "a run of messages",
    open: (m) => ({
      read: (n, o) =>
        m.read(
          n.toSorted((a, b) => a - b),
          o,
        ),
    }),
  },
  {
    name: "knows one mailbox",
    noticedBy: "a mailbox opened by name",
    store: (s) => ({ open: (a, { holder, onBusy }) => s.open(a, { holder, onBusy }) }),
  },
  {
    name: "promises too little",
    noticedBy: "the store promises",
    store: () => ({
      capabilities: { exclusiveLock: "none", atomicCommit: false, stableSnapshot: false, durableDeliver: "memory" },
    }),
  },
];

let time = 0;
const opened = new WeakMap<MemoryStore, Maildrop[]>();
const delivered = new WeakMap<MemoryStore, number>();

function settingOf(broken: BrokenStore) {
  const inner = new MemoryStore({ now: () => time });
  for (const account of ["anna", "bert"]) inner.addAccount(account);
  const counting = changed<MaildropStore>(inner, {
    open: async (account, options) => {
      const maildrop = await inner.open(account, options);
      opened.set(inner, [...(opened.get(inner) ?? []), maildrop]);
      return changed(maildrop, broken.open?.(maildrop, inner) ?? {});
    },
    deliver: async (account, message, options) => {
      delivered.set(inner, (delivered.get(inner) ?? 0) + 1);
      return inner.deliver(account, message, options);
    },
  });
  return {
    store: changed(counting, broken.store?.(inner) ?? {}),
    account: "anna",
    otherAccount: "bert",
    advanceClock: (ms: number): void => {
      time += ms;
      if (awake.has(inner)) for (const maildrop of opened.get(inner) ?? []) maildrop.touch();
    },
    removeBeside: (account: string, messageIds: readonly number[]) => inner.remove(account, messageIds),
  };
}

const awake = new WeakSet<MemoryStore>();

function keepAwake(store: MemoryStore): void {
  awake.add(store);
}

function livingCount(maildrop: Maildrop, store: MemoryStore): Partial<Maildrop> {
  const before = delivered.get(store) ?? 0;
  return {
    get count() {
      return maildrop.count + (delivered.get(store) ?? 0) - before;
    },
  };
}

function allOf(maildrop: Maildrop): readonly number[] {
  return Array.from({ length: maildrop.count }, (_, i) => i + 1);
}

async function* untilError(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    // The fault on purpose: what came before the error counts as the message.
  }
}

function unstuffed(reader: MessageReader): MessageReader {
  const next = async () => {
    const chunk = await reader.next();
    return chunk && { ...chunk, mayNeedStuffing: false };
  };
  return { next, close: () => reader.close() };
}

function whole(reader: MessageReader): MessageReader {
  const next = async () => {
    const parts: Uint8Array[] = [];
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      parts.push(chunk.octets);
      if (chunk.last) return { ...chunk, octets: Buffer.concat(parts) };
    }
    return undefined;
  };
  return { next, close: () => reader.close() };
}

/** The same object but for some of its parts. */
function changed<T extends object>(inner: T, changes: Partial<T>): T {
  return new Proxy(inner, {
    get(target, key) {
      if (key in changes) return Reflect.get(changes, key);
      const part: unknown = Reflect.get(target, key, target);
      return typeof part === "function" ? (part.bind(target) as unknown) : part;
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const broken of [...BROKEN_STORES, { name: soundStore, noticedBy: "" }]) {
    maildropContract(broken.name, () => settingOf(broken), { without: ["reopen"] });
  }
}
