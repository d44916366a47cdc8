// How much of messages is in memory while they are read: as much as there is room for, whoever asks and however many.
import assert from "node:assert/strict";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { test } from "node:test";
import type { StoredMessage } from "../../../src/mailstore/index.ts";
import { LatestAnswers } from "../../../src/webmail/api/latest.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import type { ReaderHouse } from "../../../src/webmail/api/contract.ts";
import { FailedImages } from "../../../src/webmail/api/images/failed-images.ts";
import { MessageOctets } from "../../../src/webmail/api/message-octets.ts";
import { Reading } from "../../../src/webmail/api/reading.ts";
import { Turnstile } from "../../../src/webmail/api/turnstile.ts";

/** Work that goes on until it is told to end, and the order in which it began. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await turnOfLoop();
    },
  };
}

test("as many are let in as there is room for, in their order, and one that is larger than the room alone", async () => {
  const turnstile = new Turnstile({ room: 10, waiting: 9 });
  const { begun, work, end } = held();
  const all = (
    [
      ["a", 6],
      ["b", 4],
      ["large", 25],
      ["c", 1],
      ["d", 9],
      ["e", 1],
    ] as const
  ).map(([name, takes]) => turnstile.pass(work(name), { takes }));
  assert.deepEqual(begun, ["a", "b"]);
  await end("a");
  // There would be room for c, which came after it.
  assert.deepEqual(begun.length, 2);
  await end("b");
  assert.deepEqual(begun.at(-1), "large");
  await end("large");
  assert.deepEqual(begun.slice(3), ["c", "d"]);
  for (const name of ["c", "d", "e"]) await end(name);
  assert.deepEqual(await Promise.all(all), ["a", "b", "large", "c", "d", "e"]);
});

test("whoever goes away leaves the line at once, and lets those behind pass; what fails leaves its room", async () => {
  const turnstile = new Turnstile({ room: 10, waiting: 2 });
  const { begun, work, end } = held();
  const first = turnstile.pass(work("first"), { takes: 5 });
  const leaving = new AbortController();
  const gone = assert.rejects(turnstile.pass(work("gone"), { takes: 9, signal: leaving.signal }), /left/);
  const behind = turnstile.pass(work("behind"), { takes: 5 });
  await assert.rejects(turnstile.pass(work("turned away"), { takes: 1 }), { code: "busy" });
  assert.deepEqual(begun, ["first"]);
  leaving.abort(new Error("left"));
  await gone;
  await turnOfLoop();
  assert.deepEqual(begun, ["first", "behind"]);
  await assert.rejects(turnstile.pass(work("late"), { takes: 1, signal: leaving.signal }), /left/);
  await end("first");
  await end("behind");
  await Promise.all([first, behind]);
  await assert.rejects(
    turnstile.pass(() => Promise.reject(new Error("no")), { takes: 3 }),
    /no/,
  );
  assert.equal(await turnstile.pass(() => Promise.resolve("all of it"), { takes: 10 }), "all of it");
});

const MIB = 1_048_576;
const piece = new Uint8Array(MIB);

/** A store of messages that are as large as their ids say, in MiB; what is loaded of them and not read is counted. */
function largeMessages() {
  const store = {
    loaded: 0,
    messages: (_account: string, { after }: { readonly after: number }) =>
      Promise.resolve([{ messageId: after + 1, octets: (after + 1) * MIB } as StoredMessage]),
    async *octetsOf(_account: string, messageId: number) {
      store.loaded += messageId;
      for (let n = 0; n < messageId; n += 1) yield piece;
    },
  };
  return store;
}

test("however many large messages are asked for at once, no more than the room for them is loaded", async () => {
  const store = largeMessages();
  const octets = new MessageOctets(store);
  let most = 0;
  const read = async (whole: Uint8Array): Promise<number> => {
    most = Math.max(most, store.loaded);
    await turnOfLoop();
    store.loaded -= whole.length / MIB;
    return whole.length;
  };
  const sizes = Array.from({ length: 50 }, (_, n) => (n % 10 === 0 ? 100 : 20));
  const answers = sizes.map((size) => octets.lend({ account: "1", messageId: size }, read));
  assert.deepEqual(
    await Promise.all(answers),
    sizes.map((size) => size * MIB),
  );
  assert.ok(most > 20 && most * MIB <= LIMITS.octetsAtOnce, String(most));
  assert.equal(store.loaded, 0);
  await assert.rejects(octets.lend({ account: "1", messageId: 129 }, read), { code: "too-large" });
});

test("what all who asked for it have gone away from is not read, and is read anew for whoever comes next", async () => {
  const answers = new LatestAnswers<string>(10, () => 1);
  const signals: AbortSignal[] = [];
  const { work, end } = held();
  const ask = (name: string, signal?: AbortSignal) =>
    answers.ask(
      "message",
      (gone) => {
        signals.push(gone);
        const aborted = new Promise<never>((_, reject) =>
          gone.addEventListener("abort", () => reject(gone.reason as Error)),
        );
        return Promise.race([work(name)(), aborted]);
      },
      signal,
    );
  const [one, other] = [new AbortController(), new AbortController()];
  const [first, second] = [
    assert.rejects(ask("first", one.signal), /one left/),
    assert.rejects(ask("not begun", other.signal), /other left/),
  ];
  one.abort(new Error("one left"));
  assert.equal(signals[0]?.aborted, false);
  other.abort(new Error("other left"));
  assert.equal(signals[0]?.aborted, true);
  // Before anybody has heard of it.
  const last = new AbortController();
  const third = ask("third", last.signal);
  await Promise.all([first, second]);
  await end("third");
  assert.equal(await third, "third");
  // As of every request that was answered.
  last.abort(new Error("over"));
  assert.equal(await ask("kept"), "third");
  assert.equal(signals.length, 2);
});

/** Over the large messages: how large those are whose bodies were begun to be rebuilt, in their order. */
function rebuilding() {
  const { begun, work, end } = held();
  const house = {
    store: { ...largeMessages(), placementsOf: () => Promise.resolve([{}]) },
    index: { onIndexed: () => () => undefined, onState: () => () => undefined },
    collecting: { listen: () => () => undefined },
    mail: {
      html: async ({ length }: Uint8Array) => ({ html: await work(String(length / MIB))(), imageUrls: [] }),
    },
  };
  return { reading: new Reading(house as unknown as ReaderHouse), begun, end };
}

const BLOCKED = { images: "blocked", theme: "as-sent", origin: "" } as const;

test("the frames of a conversation nobody looks at any more are not in front of what is looked at", async () => {
  const { reading, begun, end } = rebuilding();
  const place = (messageId: number) => ({ account: "1", messageId, part: "1" });
  for (const conversation of [100, 40, 50, 60]) {
    reading.expectFrame(place(conversation), conversation);
    // Two that are shown together are both expected.
    reading.expectFrame(place(conversation + 1), conversation);
    await turnOfLoop();
  }
  const shown = reading.html(place(61), BLOCKED);
  await turnOfLoop();
  assert.deepEqual(begun, ["100"]);
  await end("100");
  await turnOfLoop();
  assert.deepEqual(begun.toSorted(), ["100", "60", "61"]);
  await end("61");
  assert.equal((await shown).html, "61");
  await end("60");
});

test("a frame that is expected no more is rebuilt all the same for whoever asked for it", async () => {
  const { reading, begun, end } = rebuilding();
  reading.expectFrame({ account: "1", messageId: 100, part: "1" }, 1);
  await turnOfLoop();
  reading.expectFrame({ account: "1", messageId: 70, part: "1" }, 2);
  const loaded = reading.html({ account: "1", messageId: 70, part: "1" }, BLOCKED);
  await turnOfLoop();
  reading.expectFrame({ account: "1", messageId: 30, part: "1" }, 3);
  await turnOfLoop();
  await end("100");
  await turnOfLoop();
  assert.deepEqual(begun.toSorted(), ["100", "30", "70"]);
  await end("70");
  assert.equal((await loaded).html, "70");
  await end("30");
});

/** A reader of short messages, as long as their ids, that are read and rebuilt at once; the ids of those that were. */
function short(made: {
  readonly imageUrls?: readonly string[];
  readonly links?: readonly { readonly href: string }[];
}) {
  const begun: number[] = [];
  const house = {
    store: {
      messages: (_account: string, { after }: { readonly after: number }) =>
        Promise.resolve([{ messageId: after + 1, octets: after + 1 } as StoredMessage]),
      async *octetsOf(_account: string, messageId: number) {
        yield Buffer.alloc(messageId);
      },
      placementsOf: () => Promise.resolve([{}]),
    },
    index: { onIndexed: () => () => undefined, onState: () => () => undefined },
    collecting: { listen: () => () => undefined },
    mail: {
      html: async ({ length }: Uint8Array) => {
        begun.push(length);
        return { html: "", imageUrls: made.imageUrls };
      },
      read: async ({ length }: Uint8Array) => {
        begun.push(length);
        return { bodies: [{ kind: "text", blocks: [{ text: "", links: made.links }] }] };
      },
    },
  };
  return { reading: new Reading(house as unknown as ReaderHouse), begun };
}

const MESSAGES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** As many and as long as they may be of one body: there is room for those of one, and not for those of two. */
const LONG_URLS = Array.from({ length: 1_000 }, (_, at) => `https://a.example/${at}/`.padEnd(8_192, "x"));

test("bodies that were rebuilt are kept with the URLs of their images for what both take", async () => {
  const { reading, begun } = short({ imageUrls: LONG_URLS });
  const place = (messageId: number) => ({ account: "1", messageId, part: "1" });
  for (const id of [...MESSAGES, 10, 1]) await reading.html(place(id), BLOCKED);
  assert.deepEqual(begun, [...MESSAGES, 1]);
});

test("of the URLs of images no more is remembered than there is room for, and those of any one body are", async () => {
  const { reading, begun } = short({ imageUrls: LONG_URLS });
  const place = (messageId: number) => ({ account: "1", messageId, part: "1" });
  for (const id of [...MESSAGES, 10, 10]) assert.equal((await reading.imageUrls(place(id))).size, 1_000);
  assert.deepEqual(begun, MESSAGES);
  await reading.imageUrls(place(1));
  assert.deepEqual(begun, [...MESSAGES, 1]);
});

test("of the URLs of images that failed no more is remembered than there is room for", () => {
  const failed = new FailedImages();
  const place = (messageId: number) => ({ account: "1", messageId, part: "1" });
  for (const id of [1, 2]) for (const url of LONG_URLS) failed.note(place(id), url, false);
  assert.deepEqual([failed.countIn(place(1)), failed.countIn(place(2))], [0, 1_000]);
  for (const url of LONG_URLS) failed.note(place(2), url, true);
  assert.equal(failed.countIn(place(2)), 0);
});

test("messages that were read are kept for what their links take, too", async () => {
  const { reading, begun } = short({ links: LONG_URLS.map((href) => ({ href })) });
  for (const id of [...MESSAGES, 10, 1]) await reading.read("1", id);
  assert.deepEqual(begun, [...MESSAGES, 1]);
});
