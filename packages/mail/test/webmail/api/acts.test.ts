// Acts and what takes them back, on a real store with mail that was delivered.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { actHandlers } from "../../../src/webmail/api/handlers/acts.ts";
import { placesOf } from "../../../src/webmail/api/places.ts";
import type { Reading } from "../../../src/webmail/api/reading.ts";
import { patienceFor } from "../../../src/webmail/api/schema/patience.ts";
import type { Act, Ref, RuleRow } from "../../../src/webmail/api/schema/index.ts";
import { openAnnaAndBen } from "./anna-and-ben.ts";
import type { ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let ben = "";
let hello = 0;
let bens = 0;

const INTO_OUTBOX: RuleRow = {
  id: "r",
  name: "r",
  isEnabled: true,
  match: "all",
  conditions: [{ field: "subject", test: "contains", value: "x" }],
  actions: [{ kind: "move", mailbox: "Outbox" }],
  stops: false,
};

before(async () => {
  ({ office, anna, ben, hello, bens } = await openAnnaAndBen());
});
after(() => office.stop());

const subjectsOf = async (input: Parameters<typeof office.ask<"list">>[1]): Promise<readonly string[]> =>
  (await office.ask("list", input)).rows.map(({ subject }) => subject);

test("an act shows in the next list, and undo takes it back: mailbox and keywords", async () => {
  const on = [{ account: anna, messageId: hello }];
  await office.ask("act", { act: { kind: "star" }, on });
  const junked = await office.ask("act", { act: { kind: "junk" }, on });
  assert.deepEqual(await subjectsOf({ account: anna, role: "inbox" }), ["Plans"]);
  assert.deepEqual(await subjectsOf({ account: anna, role: "junk" }), ["Hello there"]);
  const undone = await office.ask("undo", { undo: junked.undo ?? "" });
  assert.equal(undone.changed, 1);
  assert.deepEqual(await subjectsOf({ account: anna, role: "junk" }), []);
  const back = await office.ask("message", { account: anna, messageId: hello });
  assert.deepEqual([back.role, back.isStarred, back.labels], ["inbox", true, []]);
  assert.deepEqual(await office.refused("undo", { undo: junked.undo ?? "" }), [410, "gone"]);
});

test("undo takes back its own act, and nothing that was done to the message since", async () => {
  const messageId = await office.deliver("anna", "Subject: Often changed\n\nx\n");
  const on = [{ account: anna, messageId }];
  const starred = await office.ask("act", { act: { kind: "star" }, on });
  const archived = await office.ask("act", { act: { kind: "archive" }, on });
  await office.ask("act", { act: { kind: "read" }, on });
  await office.ask("undo", { undo: starred.undo ?? "" });
  const { role, isStarred, isUnread } = await office.ask("message", { account: anna, messageId });
  assert.deepEqual([role, isStarred, isUnread], ["archive", false, false]);
  const { undo } = await office.ask("undo", { undo: archived.undo ?? "" });
  const back = await office.ask("message", { account: anna, messageId });
  assert.deepEqual([back.role, back.isUnread], ["inbox", false]);
  // And an undo is an act that can be taken back itself.
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal((await office.ask("message", { account: anna, messageId })).role, "archive");
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on });
});

test("undo leaves a message where it was moved since, and a mark as it was since, and says so", async () => {
  const messageId = await office.deliver("anna", "Subject: Filed elsewhere\n\nx\n");
  const other = await office.deliver("anna", "Subject: Archived alone\n\nx\n");
  const on = [{ account: anna, messageId }];
  const both = [...on, { account: anna, messageId: other }];
  await office.ask("act", { act: { kind: "star" }, on });
  // It has its star already: that was not this act.
  const starred = await office.ask("act", { act: { kind: "star" }, on: both });
  const archived = await office.ask("act", { act: { kind: "archive" }, on: both });
  await office.ask("act", { act: { kind: "move", mailbox: "Taxes" }, on });
  await office.ask("act", { act: { kind: "unstar" }, on });
  const { changed, left, undo } = await office.ask("undo", { undo: archived.undo ?? "" });
  assert.deepEqual([changed, left], [1, 1]);
  await office.ask("undo", { undo: starred.undo ?? "" });
  const places = (): Promise<unknown> =>
    Promise.all(both.map((ref) => office.ask("message", ref).then(({ mailbox, isStarred }) => [mailbox, isStarred])));
  assert.deepEqual(await places(), [
    ["Taxes", false],
    ["INBOX", false],
  ]);
  // Nor does the undo of the undo touch it.
  await office.ask("undo", { undo: undo ?? "" });
  assert.deepEqual(await places(), [
    ["Taxes", false],
    ["Archive", false],
  ]);
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: both });
});

test("undo says how many messages were deleted for good since", async () => {
  const messageId = await office.deliver("anna", "Subject: Not for long\n\nx\n");
  const kept = await office.deliver("anna", "Subject: For long\n\nx\n");
  const both = [messageId, kept].map((id) => ({ account: anna, messageId: id }));
  const trashed = await office.ask("act", { act: { kind: "trash" }, on: both });
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: both.slice(0, 1) });
  const { changed, left, gone, undo } = await office.ask("undo", { undo: trashed.undo ?? "" });
  assert.deepEqual([changed, left, gone], [1, 0, 1]);
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: both.slice(1) });
  assert.deepEqual(await office.ask("undo", { undo: undo ?? "" }), { changed: 0, left: 0, gone: 1, undo: null });
});

test("an act that changes nothing gives nothing to take back, and of several messages only those it changed", async () => {
  const messageId = await office.deliver("anna", "Subject: Starred before\n\nx\n");
  const other = await office.deliver("anna", "Subject: Starred then\n\nx\n");
  const on = [{ account: anna, messageId }];
  const both = [...on, { account: anna, messageId: other }];
  await office.ask("act", { act: { kind: "star" }, on });
  const again: readonly Act[] = [{ kind: "star" }, { kind: "unread" }, { kind: "move", mailbox: "inbox" }];
  for (const act of again) assert.deepEqual(await office.ask("act", { act, on }), { changed: 0, undo: null }, act.kind);
  const { changed, undo } = await office.ask("act", { act: { kind: "star" }, on: both });
  assert.equal(changed, 1);
  // Nor does an undo of what was taken back by hand.
  const archived = await office.ask("act", { act: { kind: "archive" }, on });
  await office.ask("act", { act: { kind: "move", mailbox: "INBOX" }, on });
  assert.equal((await office.ask("undo", { undo: archived.undo ?? "" })).undo, null);
  assert.equal((await office.ask("undo", { undo: undo ?? "" })).changed, 1);
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: both });
});

test("an undo that failed on the way can be tried again", async () => {
  const { store } = office.house.office.house;
  const messageId = await office.deliver("ben", "Subject: Twice\n\nx\n");
  const on = [{ account: ben, messageId }];
  const { undo } = await office.ask("act", { act: { kind: "archive" }, on });
  await store.directory.changeAccount(ben, { disabled: true });
  assert.deepEqual(await office.refused("undo", { undo: undo ?? "" }), [404, "not-found"]);
  await store.directory.changeAccount(ben, { disabled: false });
  assert.equal((await office.ask("undo", { undo: undo ?? "" })).changed, 1);
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on });
});

test("more messages than the store looks up at once are looked up all the same", async () => {
  const { store } = office.house.office.house;
  const ids = [...Array.from({ length: 1_500 }, (_, at) => 1_000_000 + at), hello];
  assert.deepEqual(
    (await placesOf(store, anna, ids)).map(({ messageId }) => messageId),
    [hello],
  );
});

test("one act moves messages of several accounts, each into its own mailbox", async () => {
  const on = [
    { account: anna, messageId: hello },
    { account: ben, messageId: bens },
  ];
  const { changed, undo } = await office.ask("act", { act: { kind: "archive" }, on });
  assert.equal(changed, 2);
  assert.equal((await subjectsOf({ account: "all", role: "archive" })).length, 2);
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal((await subjectsOf({ account: "all", role: "archive" })).length, 0);
});

test("an act that fails half way says so, with what takes back the half that was done", async () => {
  // A database that takes ben's keywords and does not move his mail, as one on a full disk would not.
  const database = new DatabaseSync(join(office.house.config.dataDir, "mail.db"));
  database.exec(
    `CREATE TRIGGER no_move BEFORE UPDATE OF mailbox_id ON placement WHEN NEW.account_id = ${Number(ben)}
     BEGIN SELECT RAISE(ABORT, 'no'); END`,
  );
  const act = { kind: "junk" } as const;
  const on = [
    { account: anna, messageId: hello },
    { account: ben, messageId: bens },
  ];
  const asked = {
    method: "POST",
    path: "/api/acts",
    headers: { cookie: office.cookie, origin: office.origin, "content-type": "application/json" },
  };
  try {
    const answer = await office.raw({ ...asked, body: JSON.stringify({ act, on }) });
    const { error } = JSON.parse(answer.text) as { error: { message: string; undo?: string } };
    assert.equal(answer.status, 500);
    assert.match(error.message, /part of it was done before that$/);
    assert.deepEqual(await subjectsOf({ account: anna, role: "junk" }), ["Hello there"]);
    assert.equal((await office.ask("undo", { undo: error.undo ?? "" })).changed, 2);
    assert.deepEqual(await subjectsOf({ account: "all", role: "junk" }), []);
    const store = office.house.office.house.store;
    assert.deepEqual((await store.placementsOf(ben, [bens]))[0]?.keywords.includes("$junk"), false);
    // What failed before anything was done has nothing to take back.
    const move = { act: { kind: "archive" }, on: on.slice(1) };
    const nothing = await office.raw({ ...asked, body: JSON.stringify(move) });
    assert.deepEqual([nothing.status, nothing.text.includes("undo")], [500, false]);
  } finally {
    database.exec("DROP TRIGGER no_move");
    database.close();
  }
});

test("the mailbox of what is on its way out is nobody's to list, name or move into", async () => {
  const { store } = office.house.office.house;
  const held = await office.deliver("ben", "Subject: On its way\n\nx\n");
  await store.move(ben, [held], "Outbox");
  const { mailboxes } = await office.ask("mailboxes", { account: ben });
  assert.deepEqual(
    mailboxes.map(({ mailbox }) => mailbox).filter((name) => name === "Outbox"),
    [],
  );
  const on = [{ account: ben, messageId: bens }];
  for (const refused of [
    office.refused("list", { account: ben, mailbox: "Outbox" }),
    office.refused("act", { act: { kind: "move", mailbox: "Outbox" }, on }),
    office.refused("createMailbox", { account: ben, name: "Outbox" }),
    office.refused("renameMailbox", { account: ben, mailbox: "Outbox", to: "Mine" }),
    office.refused("removeMailbox", { account: ben, mailbox: "Outbox", confirmed: true }),
    office.refused("saveRules", { account: ben, rules: [INTO_OUTBOX], version: 0 }),
    office.refused("applyRule", { account: ben, rule: INTO_OUTBOX, confirmed: true }),
  ])
    assert.deepEqual(await refused, [422, "refused"]);
  const leaving = [{ account: ben, messageId: held }];
  for (const kind of ["trash", "archive", "junk"] as const)
    assert.deepEqual(await office.refused("act", { act: { kind }, on: leaving }), [422, "refused"]);
  const forGood = { kind: "delete", confirmed: true } as const;
  assert.deepEqual(await office.refused("act", { act: forGood, on: leaving }), [422, "refused"]);
  // Among others it is left out, and it may be marked like any other.
  const { changed, undo } = await office.ask("act", { act: { kind: "archive" }, on: [...on, ...leaving] });
  assert.equal(changed, 1);
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal((await office.ask("act", { act: { kind: "star" }, on: leaving })).changed, 1);
  assert.deepEqual(
    (await store.placementsOf(ben, [held])).map(({ mailbox }) => mailbox),
    ["Outbox"],
  );
  await store.remove(ben, [held]);
});

test("deleting for good asks, cannot be undone, and the message is gone", async () => {
  const doomed = await office.deliver("anna", "Subject: Doomed\n\nx\n");
  const on = [{ account: anna, messageId: doomed }];
  const unconfirmed = { kind: "delete" } as unknown as { kind: "delete"; confirmed: true };
  assert.deepEqual(await office.refused("act", { act: unconfirmed, on }), [400, "bad-request"]);
  assert.deepEqual(await office.ask("act", { act: { kind: "delete", confirmed: true }, on }), {
    changed: 1,
    undo: null,
  });
  assert.deepEqual(await office.refused("message", { account: anna, messageId: doomed }), [404, "not-found"]);
  assert.deepEqual(await office.refused("act", { act: { kind: "star" }, on }), [404, "not-found"]);
});

test("of the trash goes what was counted when that was confirmed, and nothing that came in since", async () => {
  const throwAway = async (subject: string): Promise<void> => {
    const messageId = await office.deliver("anna", `Subject: ${subject}\n\nx\n`);
    await office.ask("act", { act: { kind: "trash" }, on: [{ account: anna, messageId }] });
  };
  await throwAway("Thrown away");
  const { mailboxes } = await office.ask("mailboxes", { account: anna });
  const counted = mailboxes.find(({ role }) => role === "trash");
  assert.equal(counted?.messages, 1);
  await throwAway("Thrown away since");
  const input = { account: anna, role: "trash", lastUid: counted.lastUid, confirmed: true } as const;
  assert.deepEqual(await office.ask("emptyMailbox", input), { changed: 1, undo: null });
  assert.deepEqual(await subjectsOf({ account: anna, role: "trash" }), ["Thrown away since"]);
});

test("what is done to a whole mailbox has as long as an act, and ends when its time is over", async () => {
  for (const name of ["emptyMailbox", "renameMailbox", "removeMailbox"] as const)
    assert.equal(patienceFor(name), patienceFor("act"), name);
  const { store } = office.house.office.house;
  const reading = {
    house: { store },
    account: () => undefined,
    inTurn: (_signal: AbortSignal, act: () => Promise<void>) => act(),
    caughtUp: () => Promise.resolve(),
  };
  const { emptyMailbox } = actHandlers(reading as unknown as Reading);
  const count = async (): Promise<number> =>
    (await store.reader.counts(anna)).find(({ role }) => role === "trash")?.messages ?? 0;
  // More than go in one step.
  const on: Ref[] = [];
  for (let n = 0; n < 250; n += 1)
    on.push({ account: anna, messageId: await office.deliver("anna", `Subject: Rubbish ${n}\n\nx\n`) });
  await office.ask("act", { act: { kind: "trash" }, on });
  const thrownAway = await count();
  const time = new AbortController();
  const unfollow = store.onChange(() => time.abort(new Error("too late")));
  const input = { account: anna, role: "trash", lastUid: 100_000, confirmed: true } as const;
  await assert.rejects(emptyMailbox(input, { person: { origin: "" }, signal: time.signal }), /too late/);
  unfollow();
  const left = await count();
  assert.ok(left > 0 && left < thrownAway, `${left} of ${thrownAway}`);
});
