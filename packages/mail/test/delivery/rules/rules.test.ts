import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { openMailReader, type MailReader } from "../../../src/message/index.ts";
import {
  applyRule,
  matchesInInbox,
  readRules,
  renameWithRules,
  ruleSchema,
  sortingStore,
  writeRules,
  type Rule,
} from "../../../src/delivery/index.ts";
import { openPostOffice, type PostOffice } from "../post-office.ts";
import { sendMessage } from "../lmtp-client.ts";

const RULE: Rule = {
  id: "r1",
  name: "",
  isEnabled: true,
  match: "all",
  conditions: [{ field: "from", test: "contains", value: "boats@" }],
  actions: [{ kind: "move", mailbox: "Boats" }],
  stops: false,
};

const rule = (change: Partial<Rule>): Rule => ruleSchema.parse({ ...RULE, ...change });

interface Office {
  readonly office: PostOffice;
  readonly reader: MailReader;
  readonly problems: unknown[];
  readonly account: string;
}

async function officeWith(
  context: TestContext,
  rules: readonly Rule[],
  reader?: Pick<MailReader, "summarize">,
): Promise<Office> {
  const real = openMailReader({ threads: 1 });
  context.after(() => real.close());
  const problems: unknown[] = [];
  const office = await openPostOffice(context, {
    wrap: (store) => sortingStore({ store, reader: reader ?? real, onProblem: (problem) => problems.push(problem) }),
  });
  const account = office.account("demo");
  assert.notEqual(await writeRules(office.store, { account, rules, version: 0 }), "conflict");
  return { office, reader: real, problems, account };
}

/** Delivers over LMTP and says where the message is and how it is marked. */
async function delivered(
  { office, account }: Office,
  header: readonly string[],
): Promise<{ readonly mailbox: string; readonly keywords: readonly string[] }> {
  const data = `${header.join("\r\n")}\r\n\r\nbody\r\n.\r\n`;
  assert.deepEqual(await sendMessage(office.port, { to: ["demo"], data }), ["250 2.0.0 stored"]);
  const newest = (await office.store.messages(account, { after: 0, limit: 200 })).at(-1);
  assert.ok(newest !== undefined);
  return { mailbox: newest.mailbox, keywords: newest.keywords };
}

async function all<T>(given: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of given) items.push(item);
  return items;
}

const toNobody = (): Promise<undefined> => Promise.resolve(undefined);

const BOATS = [
  "From: Regatta <boats@harbour.example>",
  "To: demo@post.example",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from the pier",
];

/** As Google Takeout writes labels that are not all ASCII, folded. */
const LABELS = "X-Gmail-Labels: =?UTF-8?Q?Posteingang,K=C3=A4?=\r\n =?UTF-8?Q?ufe,Archiviert?=";

test("mail is sorted as it comes, before POP sees it", async (context) => {
  const at = await officeWith(context, [RULE]);
  assert.deepEqual(await delivered(at, BOATS), { mailbox: "Boats", keywords: [] });
  assert.deepEqual(await delivered(at, ["From: a@b.example", "Subject: other"]), { mailbox: "INBOX", keywords: [] });
  const maildrop = await at.office.store.open(at.account, { holder: "pop", onBusy: "reject" });
  assert.equal(maildrop.count, 1, "POP sees what is in INBOX");
  await maildrop.release();
});

test("each condition looks at what it names", async (context) => {
  const at = await officeWith(context, []);
  const cases: readonly (readonly [Rule["conditions"][number], boolean])[] = [
    [{ field: "from", test: "is", value: "BOATS@harbour.example" }, true],
    [{ field: "from", test: "is", value: "Regatta" }, true],
    [{ field: "from", test: "begins", value: "harbour" }, false],
    [{ field: "recipient", test: "is", value: "demo@post.example" }, true],
    [{ field: "recipient", test: "contains", value: "friend" }, false],
    [{ field: "subject", test: "begins", value: "grüße" }, true],
    [{ field: "subject", test: "ends", value: "the  pier" }, true],
    [{ field: "subject", test: "contains", value: "=?utf-8" }, false],
    [{ field: "list", test: "contains", value: "dinghy" }, true],
    [{ field: "header", name: "x-priority", test: "is", value: "1" }, true],
    [{ field: "header", name: "X-Gmail-Labels", test: "contains", value: "käufe" }, true],
    [{ field: "header", name: "X-Absent", test: "contains", value: "1" }, false],
    // Nothing but blanks is a slip, and no wish for all mail.
    [{ field: "subject", test: "contains", value: " " }, false],
    [{ field: "from", test: "ends", value: "\u3000\t" }, false],
    [{ field: "size", test: "larger", octets: 10 }, true],
    [{ field: "size", test: "smaller", octets: 10 }, false],
  ];
  for (const [condition, isMatch] of cases) {
    const { version } = await readRules(at.office.store, at.account);
    await writeRules(at.office.store, { account: at.account, rules: [rule({ conditions: [condition] })], version });
    const header = [...BOATS, "List-Id: Dinghy <dinghy.lists.sail.example>", "X-Priority: 1", LABELS];
    assert.equal((await delivered(at, header)).mailbox, isMatch ? "Boats" : "INBOX", JSON.stringify(condition));
  }
});

test("all conditions, or any of them", async (context) => {
  const conditions: Rule["conditions"] = [
    { field: "from", test: "contains", value: "boats" },
    { field: "subject", test: "contains", value: "absent" },
  ];
  const every = await officeWith(context, [rule({ conditions })]);
  assert.equal((await delivered(every, BOATS)).mailbox, "INBOX");
  const any = await officeWith(context, [rule({ conditions, match: "any" })]);
  assert.equal((await delivered(any, BOATS)).mailbox, "Boats");
});

test("rules go in their order: the first place wins, marks add up, and a rule may be the last", async (context) => {
  const at = await officeWith(context, [
    rule({ id: "a", actions: [{ kind: "label", label: "l.boats" }, { kind: "star" }] }),
    rule({ id: "b", actions: [{ kind: "move", mailbox: "Boats" }, { kind: "mark-read" }], stops: true }),
    rule({ id: "c", actions: [{ kind: "delete" }, { kind: "label", label: "l.never" }] }),
  ]);
  assert.deepEqual(await delivered(at, BOATS), { mailbox: "Boats", keywords: ["$flagged", "$seen", "l.boats"] });
});

test("a rule that is off does nothing", async (context) => {
  const at = await officeWith(context, [rule({ isEnabled: false })]);
  assert.equal((await delivered(at, BOATS)).mailbox, "INBOX");
});

test("a rule that deletes moves to Trash, from where a message goes in its time", async (context) => {
  const at = await officeWith(context, [rule({ actions: [{ kind: "delete" }] })]);
  await at.office.store.directory.changeAccount(at.account, { popDelete: { kind: "trash", days: 30 } });
  assert.equal((await delivered(at, BOATS)).mailbox, "Trash");
  const day = 86_400_000;
  assert.equal((await at.office.store.collectGarbage(Date.now() + 29 * day)).messages, 0);
  assert.equal((await at.office.store.collectGarbage(Date.now() + 31 * day)).messages, 1);
});

test("rules of one account do not touch another's mail", async (context) => {
  const at = await officeWith(context, [RULE]);
  await sendMessage(at.office.port, { to: ["friend"], data: `${BOATS.join("\r\n")}\r\n\r\nx\r\n.\r\n` });
  const [message] = await at.office.store.messages(at.office.account("friend"), { after: 0, limit: 10 });
  assert.equal(message?.mailbox, "INBOX");
});

test("when a message cannot be read it is not lost: it comes into INBOX, and the trouble is told", async (context) => {
  const at = await officeWith(context, [RULE], { summarize: () => Promise.reject(new Error("the thread ended")) });
  assert.equal((await delivered(at, BOATS)).mailbox, "INBOX");
  assert.equal(at.problems.length, 1);
});

test("a rule that wants what cannot be holds no mail up: it comes into INBOX, and the trouble is told", async (context) => {
  const labels = Array.from({ length: 7 }, (_, r) =>
    rule({
      id: `r${r}`,
      actions: Array.from({ length: 10 }, (__, n) => ({ kind: "label", label: `l.${r}-${n}` })),
    }),
  );
  for (const rules of [[rule({ actions: [{ kind: "move", mailbox: "\u00fc".repeat(200) }] })], labels]) {
    const at = await officeWith(context, rules);
    assert.deepEqual(await delivered(at, BOATS), { mailbox: "INBOX", keywords: [] });
    assert.equal(at.problems.length, 1);
  }
});

test("rules that were changed meanwhile are not written over", async (context) => {
  const at = await officeWith(context, [RULE]);
  const { version } = await readRules(at.office.store, at.account);
  const change = { account: at.account, rules: [], version };
  assert.notEqual(await writeRules(at.office.store, change), "conflict");
  assert.equal(await writeRules(at.office.store, change), "conflict");
});

test("rules follow the mailbox they file into when it is renamed, and nothing else of them changes", async (context) => {
  const other = rule({ id: "other", actions: [{ kind: "move", mailbox: "Boathouse" }, { kind: "star" }] });
  const at = await officeWith(context, [RULE, other]);
  const { store } = at.office;
  const renamed = { account: at.account, mailbox: "Boats", to: "Ships" };
  assert.deepEqual(await renameWithRules(store, renamed), { outcome: "not-found", hasChangedRules: false });
  assert.deepEqual((await readRules(store, at.account)).rules, [RULE, other], "without a mailbox nothing is renamed");
  await store.createMailbox(at.account, "Boats");
  assert.deepEqual(await renameWithRules(store, renamed), { outcome: "done", hasChangedRules: true });
  const { rules } = await readRules(at.office.store, at.account);
  assert.deepEqual(rules, [{ ...RULE, actions: [{ kind: "move", mailbox: "Ships" }] }, other]);
});

test("rules that are changed while a mailbox is renamed keep the change, and follow it", async (context) => {
  const at = await officeWith(context, [RULE]);
  const { store } = at.office;
  await store.createMailbox(at.account, "Boats");
  const starred = { ...RULE, actions: [...RULE.actions, { kind: "star" as const }] };
  const rename = store.renameMailbox.bind(store);
  // Between the reading of the rules and the renaming.
  context.mock.method(store, "renameMailbox", async (...asked: Parameters<typeof rename>) => {
    context.mock.restoreAll();
    await writeRules(store, { account: at.account, rules: [starred], version: 1 });
    return rename(...asked);
  });
  await renameWithRules(store, { account: at.account, mailbox: "Boats", to: "Ships" });
  const { rules } = await readRules(store, at.account);
  assert.deepEqual(rules[0]?.actions, [{ kind: "move", mailbox: "Ships" }, { kind: "star" }]);
});

test("a rule about the recipient finds what came to an address no field of the message names", async (context) => {
  const at = await officeWith(context, []);
  await delivered(at, BOATS);
  const about = rule({ conditions: [{ field: "recipient", test: "is", value: "lists@example.org" }] });
  const asked: number[] = [];
  const deliveredTo = (messageId: number): Promise<string> => {
    asked.push(messageId);
    return Promise.resolve("Lists@example.org");
  };
  const o = { store: at.office.store, reader: at.reader, account: at.account, deliveredTo };
  assert.equal((await all(matchesInInbox({ ...o, rule: about }))).length, 1);
  assert.equal(asked.length, 1);
  await all(matchesInInbox({ ...o, rule: RULE }));
  assert.equal(asked.length, 1, "nobody is asked for a rule that does not look at it");
});

test("a rule finds what is in INBOX already, and is applied when its owner says so", async (context) => {
  const at = await officeWith(context, []);
  await delivered(at, BOATS);
  await delivered(at, ["From: a@b.example", "Subject: other"]);
  await delivered(at, BOATS);
  const o = { store: at.office.store, reader: at.reader, account: at.account, rule: RULE, deliveredTo: toNobody };
  const found = await all(matchesInInbox(o));
  assert.equal(found.length, 2);
  await applyRule(o, [...found, 999]);
  const places = (await at.office.store.messages(at.account, { after: 0, limit: 10 })).map(({ mailbox }) => mailbox);
  assert.deepEqual(places, ["Boats", "INBOX", "Boats"]);
  assert.deepEqual(await all(matchesInInbox(o)), [], "what is filed is not looked at again");
});

test("a rule passes over what left INBOX since it was found", async (context) => {
  const at = await officeWith(context, []);
  for (const _ of [1, 2, 3]) await delivered(at, BOATS);
  const { account } = at;
  const { store } = at.office;
  const starring = rule({ actions: [...RULE.actions, { kind: "star" }] });
  const o = { store, reader: at.reader, account, rule: starring, deliveredTo: toNobody };
  const found = await all(matchesInInbox(o));
  const [trashed = 0, filed = 0, stayed = 0] = found;
  await store.move(account, [trashed], "Trash");
  await store.move(account, [filed], "Kept");
  const begun: number[] = [];
  await applyRule({ ...o, onBegun: (some) => begun.push(...some) }, found);
  const places = await store.placementsOf(account, found);
  assert.deepEqual(
    places.map(({ mailbox, keywords }) => [mailbox, keywords.includes("$flagged")]),
    [
      ["Trash", false],
      ["Kept", false],
      ["Boats", true],
    ],
  );
  assert.deepEqual([...new Set(begun)], [stayed]);
});

test("looking through a mailbox can be ended", async (context) => {
  const at = await officeWith(context, []);
  await delivered(at, BOATS);
  const signal = AbortSignal.abort(new Error("closed"));
  const o = {
    store: at.office.store,
    reader: at.reader,
    account: at.account,
    rule: RULE,
    deliveredTo: toNobody,
    signal,
  };
  await assert.rejects(all(matchesInInbox(o)), /closed/);
});
