// Lists, messages, acts and what takes them back, on a real store with mail that was delivered.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { SqliteReadingIndex } from "../../../src/mailstore/sqlite/reading/reading-index.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import { placesOf } from "../../../src/webmail/api/places.ts";
import type { Act, RuleRow } from "../../../src/webmail/api/schema/index.ts";
import { WITH_FILES } from "./letter-with-files.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let ben = "";
let hello = 0;
let withFiles = 0;
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
  office = await openReaderOffice({ keys: { "web.authserv_id": "mx.example.org" } });
  anna = await office.account("anna");
  ben = await office.account("ben");
  hello = await office.deliver(
    "anna",
    "From: Mina <mina@harbour.example>\nTo: anna@localhost\nSubject: Hello there\nMessage-ID: <1@x>\n\nGood morning.\n",
  );
  withFiles = await office.deliver("anna", WITH_FILES);
  bens = await office.deliver("ben", "From: x@y.example\nSubject: For Ben alone\n\nPrivate.\n");
});
after(() => office.stop());

const subjectsOf = async (input: Parameters<typeof office.ask<"list">>[1]): Promise<readonly string[]> =>
  (await office.ask("list", input)).rows.map(({ subject }) => subject);

test("the session names accounts, and all of them are opened at once where there are several", async () => {
  const { accounts, opens, isDemo } = await office.ask("session", {});
  assert.deepEqual(
    accounts.map(({ name }) => name),
    ["anna", "ben"],
  );
  assert.deepEqual([opens, isDemo], ["all", false]);
});

test("with the mailboxes it is told how far lists of their accounts are behind, and what keeps them from going on", async (t) => {
  const index = async (account = "all"): Promise<unknown> => (await office.ask("mailboxes", { account })).index;
  await office.ask("message", { account: anna, messageId: withFiles });
  await office.ask("message", { account: ben, messageId: bens });
  assert.deepEqual(await index(), { waiting: 0, messages: 3, stopped: null });
  const state = t.mock.method(SqliteReadingIndex.prototype, "state");
  // Of Ben's mail nothing has a row.
  const indexed = t.mock.method(SqliteReadingIndex.prototype, "indexed");
  indexed.mock.mockImplementation((accounts) => Promise.resolve(accounts.includes(anna) ? 2 : 0));
  for (const [stopped, kind] of [
    [undefined, null],
    [{ kind: "disk", free: 1, floor: 2 }, "disk"],
    // A path of the machine is nothing a browser needs.
    [{ kind: "failure", words: "/var/lib/restante/search.db cannot be opened" }, "failure"],
  ] as const) {
    state.mock.mockImplementation(() => ({ waiting: 1, messages: 3, stopped }));
    assert.deepEqual(await index(), { waiting: 1, messages: 3, stopped: kind });
    assert.deepEqual(await index(anna), { waiting: 0, messages: 2, stopped: kind });
    assert.deepEqual(await index(ben), { waiting: 1, messages: 1, stopped: kind });
  }
  // What came since the index looked is told with the next look.
  state.mock.mockImplementation(() => ({ waiting: 0, messages: 2, stopped: undefined }));
  assert.deepEqual(await index(ben), { waiting: 0, messages: 1, stopped: null });
});

test("lists are of one account or of all, newest first", async () => {
  // Both wait for the index first.
  await office.ask("message", { account: anna, messageId: withFiles });
  await office.ask("message", { account: ben, messageId: bens });
  assert.deepEqual((await subjectsOf({ account: anna, role: "inbox" })).toSorted(), ["Hello there", "Plans"]);
  assert.equal((await subjectsOf({ account: "all", role: "inbox" })).length, 3);
  const { mailboxes } = await office.ask("mailboxes", { account: anna });
  const inbox = mailboxes.find(({ role }) => role === "inbox");
  assert.deepEqual([inbox?.messages, inbox?.unread], [2, 2]);
});

test("pages follow each other without a row twice or missing", async () => {
  const first = await office.ask("list", { account: "all", role: "inbox", limit: 2 });
  const second = await office.ask("list", { account: "all", role: "inbox", limit: 2, after: first.next ?? "" });
  assert.deepEqual([...first.rows, ...second.rows].map(({ subject }) => subject).toSorted(), [
    "For Ben alone",
    "Hello there",
    "Plans",
  ]);
  assert.equal(second.next, null);
});

test("what is not understood of a list is refused", async () => {
  assert.deepEqual(await office.refused("list", { account: anna, role: "inbox", starred: "1" }), [400, "bad-request"]);
  assert.deepEqual(await office.refused("list", { account: anna, role: "inbox", after: "no cursor" }), [
    400,
    "bad-request",
  ]);
  const twice = await office.load(`/api/list?account=${anna}&account=${ben}&role=inbox`);
  assert.equal(twice.status, 400);
});

test("search finds words, and says what it understood", async () => {
  const found = await office.ask("search", { account: "all", q: "from:mina morning" });
  assert.deepEqual(
    found.rows.map(({ subject }) => subject),
    ["Hello there"],
  );
  assert.equal(found.terms[0]?.operator, "from");
  const nowhere = await office.ask("search", { account: "all", q: "in:nowhere morning" });
  assert.deepEqual([nowhere.rows, nowhere.problems], [[], [{ code: "no-mailbox", mailbox: "nowhere" }]]);
});

test("a message shows its bodies and parts, and where they are loaded from", async () => {
  const message = await office.ask("message", { account: anna, messageId: withFiles });
  assert.equal(message.subject, "Plans");
  assert.deepEqual(message.from, [{ name: "Mina", address: "mina@harbour.example", shown: "Mina" }]);
  assert.equal(message.bodies[0]?.kind, "text");
  assert.equal(message.parts.length, 3);
});

test("another account's ids are not there", async () => {
  for (const account of [anna, "77"])
    assert.deepEqual(await office.refused("message", { account, messageId: bens === hello ? 9_999 : bens + 9_000 }), [
      404,
      "not-found",
    ]);
  const own = await office.load(`/m/${ben}/${withFiles}/eml`);
  assert.ok(own.status === 404 || !own.text.includes("Plans"));
  assert.deepEqual(await office.refused("act", { act: { kind: "star" }, on: [{ account: "77", messageId: hello }] }), [
    404,
    "not-found",
  ]);
});

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

test("settings are kept, and trust is given and taken", async () => {
  assert.equal((await office.ask("settings", {})).layout, "three-panes");
  assert.equal((await office.ask("changeSettings", { theme: "dark" })).theme, "dark");
  await office.ask("changeSettings", { layout: "list", newestFirst: false });
  const { theme, layout, newestFirst, density } = await office.ask("settings", {});
  assert.deepEqual([theme, layout, newestFirst, density], ["dark", "list", false, "normal"]);
  // Kept by a version that knows more, and one thing otherwise.
  const { documents } = office.house.office.house.store;
  await documents.put({ kind: "reader-settings", id: "settings" }, { theme: "dark", layout: "spiral", depth: 3 });
  const other = await office.ask("settings", {});
  assert.deepEqual([other.theme, other.layout], ["dark", "three-panes"]);
  const imagesTrusted = async () => (await office.ask("message", { account: anna, messageId: hello })).imagesTrusted;
  const sender = { kind: "sender", value: "mina@harbour.example" } as const;
  const domain = { kind: "domain", value: "harbour.example" } as const;
  assert.deepEqual(await office.ask("trust", { trusted: [{ kind: "sender", value: "Mina@Harbour.example" }] }), {
    trusted: [sender],
  });
  assert.deepEqual((await office.ask("trusted", {})).trusted, [sender]);
  assert.deepEqual(await imagesTrusted(), [sender]);
  assert.deepEqual(
    await office.ask("trust", { trusted: [sender, domain] }),
    { trusted: [domain] },
    "what is new of it",
  );
  assert.deepEqual(await imagesTrusted(), [sender, domain]);
  assert.deepEqual(await office.ask("distrust", { trusted: [sender, domain] }), { trusted: [sender, domain] });
  assert.deepEqual(await imagesTrusted(), []);
  assert.deepEqual(await office.ask("distrust", { trusted: [sender] }), { trusted: [] });
  const wrong = [sender, { kind: "domain", value: "*" } as const];
  assert.deepEqual(await office.refused("trust", { trusted: wrong }), [400, "bad-request"]);
  assert.deepEqual(await imagesTrusted(), [], "all of it or nothing");
});

test("a forged sender is not trusted; who is not known to be real is told so", async () => {
  const sent = async (...results: readonly string[]): Promise<number> =>
    office.deliver(
      "anna",
      [...results.map((one) => `Authentication-Results: ${one}`), "From: Mina <mina@quay.example>", "", "x", ""].join(
        "\n",
      ),
    );
  const messages = {
    none: await sent(),
    another: await sent("mx.elsewhere.example; dmarc=pass header.from=quay.example"),
    real: await sent("mx.example.org; dmarc=pass header.from=quay.example", "mx.elsewhere.example; dmarc=fail"),
    forged: await sent("mx.example.org; spf=pass", "mx.example.org; dmarc=fail header.from=quay.example"),
    unproved: await sent("mx.example.org; spf=fail; dkim=fail header.d=quay.example; dmarc=none"),
    quoted: await sent(
      'mx.example.org; spf=pass smtp.mailfrom="x; dmarc=pass header.from=quay.example"@evil.example; dmarc=fail',
    ),
  };
  const quay = { kind: "sender", value: "mina@quay.example" } as const;
  await office.ask("trust", { trusted: [quay] });
  const seen = async (messageId: number) => {
    const { authentic, imagesTrusted } = await office.ask("message", { account: anna, messageId });
    return [authentic, imagesTrusted];
  };
  assert.deepEqual(await seen(messages.none), ["unknown", [quay]]);
  assert.deepEqual(await seen(messages.another), ["unknown", [quay]]);
  assert.deepEqual(await seen(messages.real), ["authentic", [quay]]);
  assert.deepEqual(await seen(messages.forged), ["failed", []]);
  assert.deepEqual(await seen(messages.unproved), ["unproved", []]);
  assert.deepEqual(await seen(messages.quoted), ["failed", []]);
  await office.ask("distrust", { trusted: [quay] });
});

test("wherever people are named, one whose name passes for another is called by the address", async () => {
  const evil = { name: "service@bank.example", address: "x@evil.example" };
  const mixed = { name: "P\u0430yPal", address: "y@evil.example" };
  const messageId = await office.deliver(
    "anna",
    `From: "${evil.name}" <${evil.address}>
To: =?utf-8?Q?P=D0=B0yPal?= <${mixed.address}>
Cc: Mina <mina@quay.example>
Subject: Named otherwise
Message-ID: <named@evil.example>

x
`,
  );
  // It waits for the index.
  const message = await office.ask("message", { account: anna, messageId });
  const { rows } = await office.ask("search", { account: anna, q: "named otherwise" });
  assert.deepEqual(rows[0]?.senders, [{ ...evil, shown: evil.address, isMe: false }]);
  assert.deepEqual(rows[0]?.to, [{ ...mixed, shown: mixed.address }]);
  assert.deepEqual(message.from, [{ ...evil, shown: evil.address }]);
  assert.deepEqual(message.to, [{ ...mixed, shown: mixed.address }]);
  assert.deepEqual(message.cc, [{ name: "Mina", address: "mina@quay.example", shown: "Mina" }]);
  assert.deepEqual(message.warnings, ["name-holds-address"]);
  const { conversation } = message;
  const { cards } = await office.ask("conversation", { account: anna, conversation });
  assert.deepEqual(cards[0]?.from, [{ ...evil, shown: evil.address, isMe: false }]);
  assert.deepEqual(cards[0]?.to, [{ ...mixed, shown: mixed.address }]);
  // Nor is anybody written to by it.
  const draft = await office.ask("beginDraft", { account: anna, kind: "reply-all", messageId });
  assert.deepEqual(draft.to[0], { name: "", address: evil.address });
  assert.match(draft.text, /^x@evil\.example:$/m);
  assert.deepEqual(
    [...draft.to, ...draft.cc].find(({ address }) => address === mixed.address),
    { name: "", address: mixed.address },
  );
  assert.deepEqual((await office.ask("completeAddress", { account: anna, prefix: "y@evil" })).addresses, [
    { name: "", address: mixed.address },
  ]);
});

test("of more accounts than are listed together, the session says how many are", async () => {
  const { accounts } = office.house.office.house;
  for (let n = 1; n <= LIMITS.accountsTogether; n += 1) await accounts.add({ name: `many${n}` });
  const session = await office.ask("session", {});
  assert.deepEqual([session.together, session.accounts.length], [200, 202]);
  // What is beyond is read by itself.
  const last = session.accounts.at(-1)?.account ?? "";
  assert.equal((await office.ask("mailboxes", { account: last })).mailboxes.length > 0, true);
});
