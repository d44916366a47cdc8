// What an act does to the cache, and what it must not do to what the cache knows of being outdated.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import type { Conversation } from "../../../src/webmail/api/schema/index.ts";
import { foresee } from "../../../src/webmail/ui/acts/foresee.ts";
import { messagesAlone } from "../../../src/webmail/ui/acts/target.ts";
import { askForeseen } from "../../../src/webmail/ui/data/foreseen.ts";
import { KEYS } from "../../../src/webmail/ui/data/queries.ts";
import { aCard, aRow } from "./samples.ts";

const client = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } });
afterEach(() => client.clear());

const INBOX = [...KEYS.lists, { list: { kind: "role", role: "inbox" } }];
const OF_ACT = [...KEYS.conversations, "1", 4];
const OTHER = [...KEYS.conversations, "2", 7];
const ON = messagesAlone([{ account: "1", messageId: 9 }]);

function fill(): void {
  client.setQueryData(INBOX, { pages: [{ rows: [aRow()], next: null, total: 1 }], pageParams: [null] });
  client.setQueryData<Conversation>(OF_ACT, { subject: "", cards: [aCard()], older: 0, whole: null });
  client.setQueryData<Conversation>(OTHER, {
    subject: "",
    cards: [aCard({ account: "2", messageId: 3 })],
    older: 0,
    whole: null,
  });
}

test("an act is shown at once in lists and conversations, and can be put back", async () => {
  fill();
  const before = [INBOX, OF_ACT].map((key) => client.getQueryData(key));
  const foreseen = await foresee(client, { kind: "trash" }, ON);
  assert.deepEqual(client.getQueryData<{ pages: unknown }>(INBOX)?.pages, [{ rows: [], next: null, total: 0 }]);
  assert.equal(client.getQueryData<Conversation>(OF_ACT)?.cards[0]?.role, "trash");
  foreseen.restore();
  assert.deepEqual(
    [INBOX, OF_ACT].map((key) => client.getQueryData(key)),
    before,
  );
});

test("an act that is refused takes back no other that is on its way, nor one that was done since", async () => {
  const row = (messageId: number) => aRow({ messageId, messageIds: [messageId], conversation: messageId });
  client.setQueryData(INBOX, { pages: [{ rows: [9, 8, 7, 6].map(row), next: null, total: 4 }], pageParams: [null] });
  const trash = (messageId: number) => foresee(client, { kind: "trash" }, messagesAlone([{ account: "1", messageId }]));
  const shown = (): unknown =>
    client
      .getQueryData<{ pages: readonly { rows: readonly { messageId: number }[] }[] }>(INBOX)
      ?.pages.flatMap(({ rows }) => rows.map(({ messageId }) => messageId));
  const [first, second, third] = [await trash(9), await trash(8), await trash(7)];
  assert.deepEqual(shown(), [6]);
  second.done();
  first.restore();
  assert.deepEqual(shown(), [9, 6]);
  third.restore();
  assert.deepEqual(shown(), [9, 7, 6]);
});

test("what an event called outdated is still outdated after an act, whether the act changes it or not", async () => {
  fill();
  for (const queryKey of [OF_ACT, OTHER]) await client.invalidateQueries({ queryKey });
  const starred = await foresee(client, { kind: "star" }, ON);
  for (const key of [OF_ACT, OTHER]) assert.equal(client.getQueryState(key)?.isInvalidated, true, String(key));
  assert.equal(client.getQueryData<Conversation>(OF_ACT)?.cards[0]?.isStarred, true);
  starred.done();
});

test("a list that is loading for the first time comes, whatever is done meanwhile", async () => {
  let answer: (page: unknown) => void = () => undefined;
  const asked = new Promise((resolve) => (answer = resolve));
  const loading = client.fetchQuery({ queryKey: [...KEYS.lists, { list: { kind: "starred" } }], queryFn: () => asked });
  const read = await foresee(client, { kind: "read" }, ON);
  answer("the first page");
  assert.equal(await loading, "the first page");
  read.done();
});

/** A question about a conversation that is not starred, as far as its answer knows. */
function question(): { readonly answer: () => void; readonly isStarred: Promise<boolean | undefined> } {
  let resolve: (so: Conversation) => void = () => undefined;
  const promise = new Promise<Conversation>((so) => (resolve = so));
  const asked = askForeseen(
    () => promise,
    (change, so) => change.conversation(so),
  );
  return {
    answer: () => resolve({ subject: "", cards: [aCard()], older: 0, whole: null }),
    isStarred: asked.then(({ cards }) => cards[0]?.isStarred),
  };
}

test("what is asked for before the server has an act is answered with it, also when the answer comes later", async () => {
  const before = question();
  const starred = await foresee(client, { kind: "star" }, ON);
  const meanwhile = question();
  starred.done();
  const after = question();
  for (const { answer } of [before, meanwhile, after]) answer();
  assert.deepEqual(await Promise.all([before, meanwhile, after].map(({ isStarred }) => isStarred)), [
    true,
    true,
    false,
  ]);
});

test("of several acts the last one holds, and one that was refused or is taken back is given to no answer", async () => {
  const all = question();
  const starred = await foresee(client, { kind: "star" }, ON);
  const unstarred = await foresee(client, { kind: "unstar" }, ON);
  starred.done();
  const again = await foresee(client, { kind: "star" }, ON);
  again.restore();
  all.answer();
  assert.equal(await all.isStarred, false);
  unstarred.done();
  const undone = question();
  const last = await foresee(client, { kind: "star" }, ON);
  last.done();
  last.forget();
  undone.answer();
  assert.equal(await undone.isStarred, false);
});
