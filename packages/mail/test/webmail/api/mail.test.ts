// Lists, messages, settings and who is trusted, on a real store with mail that was delivered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SqliteReadingIndex } from "../../../src/mailstore/sqlite/reading/reading-index.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import { openAnnaAndBen } from "./anna-and-ben.ts";
import type { ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let ben = "";
let hello = 0;
let withFiles = 0;
let bens = 0;

before(async () => {
  ({ office, anna, ben, hello, withFiles, bens } = await openAnnaAndBen());
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
  // Ben is there, and not in what Anna's mail is searched for.
  for (const [scope, name] of [
    ["all", "nobody"],
    [anna, "nobody"],
    [anna, "ben"],
  ] as const) {
    const { rows, problems } = await office.ask("search", { account: scope, q: `account:${name} is:unread` });
    assert.deepEqual([rows, problems], [[], [{ code: "no-account", account: name }]], `${name} in ${scope}`);
  }
  const typed = await office.ask("search", { account: "all", q: "morning account:an" });
  assert.deepEqual([typed.rows.length, typed.problems], [1, []]);
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
