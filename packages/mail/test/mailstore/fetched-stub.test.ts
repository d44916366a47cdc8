// A whole message takes the place of the header that stood for it: where that is, with its keywords, in one transaction.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { PlaceOptions } from "../../src/mailstore/index.ts";
import type { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { addAccount, assertSound, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";

const digest = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");
const FIELD = "X-Restante-Header-Only: 60 octets are at pop.example\r\n";
const HEADER = "Subject: a\r\n\r\n";
const WHOLE = "Subject: a\r\n\r\nAll that it says.\r\n";

interface Placing {
  readonly text: string;
  readonly uniqueId?: string;
  readonly again?: boolean;
  readonly replaces?: { readonly messageId: number; readonly sha256: string };
  readonly options?: PlaceOptions;
}

async function place(store: SqliteMailstore, account: string, o: Placing) {
  const writer = store.newBody();
  await writer.write(Buffer.from(o.text, "latin1"));
  const body = await writer.finish();
  const { text, uniqueId = "u", again = false, replaces, options } = o;
  try {
    const fetched = { source: "work", uniqueId, sha256: digest(text), again, replaces };
    return await store.place(account, body, { ...options, fetched });
  } finally {
    await body.discard();
  }
}

async function placeStub(store: SqliteMailstore, account: string, header = HEADER) {
  const { messageId } = await place(store, account, { text: header, options: { prefix: Buffer.from(FIELD) } });
  return { messageId, sha256: digest(header) };
}

const whereabouts = async (store: SqliteMailstore, account: string, messageId: number) => {
  const [found] = await store.placementsOf(account, [messageId]);
  return found === undefined ? undefined : [found.mailbox, [...found.keywords].sort()];
};

const count = async (store: SqliteMailstore, account: string): Promise<number> =>
  (await store.messages(account, { after: 0, limit: 100 })).length;

test("the whole message is where its header was, with its keywords, and the header is gone", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const replaces = await placeStub(store, account);
  await store.move(account, [replaces.messageId], "Archive");
  await store.setKeywords(account, [replaces.messageId], { add: ["$seen", "$flagged", "label"] });
  const whole = await place(store, account, { text: WHOLE, replaces });
  assert.equal(whole.added, true);
  assert.deepEqual(await whereabouts(store, account, whole.messageId), ["Archive", ["$flagged", "$seen", "label"]]);
  assert.equal(await count(store, account), 1);
  assert.deepEqual(await maildropTexts(store, account), []);
  await assertSound(store);
  // The answer of the first was lost with the process that waited for it.
  const twice = await place(store, account, { text: WHOLE, replaces });
  assert.deepEqual([twice.messageId, twice.added], [whole.messageId, false]);
  assert.equal(await count(store, account), 1);
  const told = await store.fetched(account, { source: "work", after: 0, limit: 10 });
  assert.deepEqual(
    told.map(({ removedAt }) => removedAt),
    [undefined, undefined],
    "nobody removed anything",
  );
});

test("in the inbox POP shows the whole message in the header's stead, also to who deleted the header there", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna", { kind: "hide" });
  const replaces = await placeStub(store, account);
  await place(store, account, { text: WHOLE, replaces });
  assert.deepEqual(await maildropTexts(store, account), [WHOLE]);
  const bert = await addAccount(store, "bert", { kind: "hide" });
  const popped = await placeStub(store, bert);
  await popDelete(store, bert, [1]);
  const { messageId } = await place(store, bert, { text: WHOLE, replaces: popped });
  assert.deepEqual(await maildropTexts(store, bert), [WHOLE]);
  assert.deepEqual(await whereabouts(store, bert, messageId), ["INBOX", []]);
  await assertSound(store);
});

test("a header in Trash has its message in Trash; of one that was removed it is there too, and never new", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const trashed = await placeStub(store, account);
  await store.move(account, [trashed.messageId], "Trash");
  const first = await place(store, account, { text: WHOLE, replaces: trashed });
  assert.deepEqual(await whereabouts(store, account, first.messageId), ["Trash", []]);

  const bert = await addAccount(store, "bert");
  const removed = await placeStub(store, bert);
  await store.remove(bert, [removed.messageId]);
  const second = await place(store, bert, { text: WHOLE, replaces: removed });
  assert.deepEqual(await whereabouts(store, bert, second.messageId), ["Trash", []]);

  const carl = await addAccount(store, "carl");
  const wanted = await placeStub(store, carl);
  await store.remove(carl, [wanted.messageId]);
  const third = await place(store, carl, { text: WHOLE, replaces: wanted, again: true });
  assert.deepEqual(await whereabouts(store, carl, third.messageId), ["INBOX", []], "it was asked for");
  await assertSound(store);
});

test("a message that is all header takes its header's place as well", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const replaces = await placeStub(store, account);
  const whole = await place(store, account, { text: HEADER, replaces });
  assert.notEqual(whole.messageId, replaces.messageId);
  assert.deepEqual(await maildropTexts(store, account), [HEADER]);
  assert.equal((await place(store, account, { text: HEADER, replaces })).messageId, whole.messageId);
  await assertSound(store);
});

test("what is not that header stays: another source's, other octets, or a whole message", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const stub = await placeStub(store, account);
  const other = { ...stub, sha256: digest("something else") };
  await place(store, account, { text: WHOLE, uniqueId: "other", replaces: other });
  assert.equal(await count(store, account), 2);
  const whole = await place(store, account, { text: "whole\r\n\r\n", uniqueId: "whole" });
  const taken = { messageId: whole.messageId, sha256: digest("whole\r\n\r\n") };
  await place(store, account, { text: `${WHOLE}longer\r\n`, uniqueId: "whole", replaces: taken });
  assert.equal(await count(store, account), 4);
  await assertSound(store);
});

test("the header's octets leave the quota; a message that has no room leaves the header, and POP shows it", async (context) => {
  const { store } = await temporaryStore(context);
  const stubOctets = FIELD.length + HEADER.length;
  const account = await addAccount(store, "anna");
  await store.directory.changeAccount(account, { quotaMessages: 1, quotaOctets: stubOctets });
  const replaces = await placeStub(store, account);
  // Beside others in one transaction, so that what one undoes is not what another did.
  const large = `${HEADER}${"x".repeat(stubOctets)}\r\n`;
  const [refused] = await Promise.allSettled([
    place(store, account, { text: large, replaces }),
    place(store, account, { text: "Subject: b\r\n\r\n", uniqueId: "b" }),
  ]);
  assert.equal(refused.status === "rejected" && (refused.reason as { readonly code?: string }).code, "OVER_QUOTA");
  assert.deepEqual(await maildropTexts(store, account), [`${FIELD}${HEADER}`]);
  await assertSound(store);
  assert.ok(WHOLE.length <= stubOctets);
  await place(store, account, { text: WHOLE, replaces });
  assert.deepEqual(await maildropTexts(store, account), [WHOLE]);
  await assertSound(store);
});

test("a job that fails in a group takes back what left the maildrop with it", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const replaces = await placeStub(store, account);
  const run = store.parts.writer.run.bind(store.parts.writer);
  // It fails behind all that it wrote.
  store.parts.writer.run = (kind, input, octets) => {
    const isBroken = kind === "place" && "keywords" in input && input.keywords === "broken";
    return run(kind, isBroken ? { ...input, receivedAt: null as never, now: 1 } : input, octets);
  };
  const outcomes = await Promise.allSettled([
    place(store, account, { text: "Subject: 1\r\n\r\n", uniqueId: "1" }),
    place(store, account, { text: WHOLE, replaces, options: { keywords: ["broken"] } }),
    place(store, account, { text: "Subject: 2\r\n\r\n", uniqueId: "2" }),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.equal((await maildropTexts(store, account))[0], `${FIELD}${HEADER}`);
  assert.equal((await maildropTexts(store, account)).length, 3);
  await assertSound(store);
});
