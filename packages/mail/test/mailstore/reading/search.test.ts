// Looking for mail: words, phrases, beginnings, operators, scripts without spaces, and whatever else people type.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addAccount } from "../temporary-store.ts";
import { caughtUp, deliverMail, ids, indexedStore, type IndexedStore, type Mail } from "./indexed-store.ts";

const seed = 20_261_126;

async function withMail(
  context: Parameters<typeof indexedStore>[0],
  mails: readonly Mail[],
): Promise<{
  readonly indexed: IndexedStore;
  readonly account: string;
  find(text: string): Promise<readonly number[]>;
}> {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  for (const mail of mails) await deliverMail(indexed, account, mail);
  await caughtUp(indexed, account);
  return {
    indexed,
    account,
    find: async (text) =>
      ids((await indexed.index.search({ accounts: [account], text, order: "newest", limit: 50 })).rows),
  };
}

test("words are found wherever they are, all of them, the newest first; the last one may be a beginning", async (context) => {
  const { find } = await withMail(context, [
    { subject: "Regatta stall", body: "We meet at the harbour." },
    { subject: "Harbour dues", from: "Pat Nguyen <pat@studio.example>", body: "regatta" },
    { subject: "Lunch", more: "X-Attachments: regatta-plan.pdf" },
  ]);
  assert.deepEqual(await find("regatta"), [3, 2, 1]);
  assert.deepEqual(await find("regatta harbour"), [2, 1]);
  assert.deepEqual(await find("harbour regat"), [2, 1]);
  assert.deepEqual(await find("regat harbour"), []);
  assert.deepEqual(await find("regat "), []);
  assert.deepEqual(await find("nguy"), [2]);
  assert.deepEqual(await find("pat@studio.example"), [2]);
  assert.deepEqual(await find('"at the harbour"'), [1]);
  assert.deepEqual(await find('"the at harbour"'), []);
  assert.deepEqual(await find("regatta -harbour"), [3]);
  assert.deepEqual(await find("-harbour"), [3]);
  assert.deepEqual(await find("regatta -stall -lunch"), [2]);
});

test("a beginning of whatever length finds all messages that the word is in", async (context) => {
  const word = "überquerungen";
  const { find } = await withMail(context, [
    { subject: word },
    { body: `${word}s` },
    { from: `${word} <a@b.example>` },
  ]);
  for (let end = 2; end <= word.length; end += 1) {
    assert.deepEqual(await find(word.slice(0, end)), [3, 2, 1], word.slice(0, end));
    assert.deepEqual(await find(`subject:${word.slice(0, end)}`), [1], word.slice(0, end));
  }
});

test("letters are found with their accents and without", async (context) => {
  const { find } = await withMail(context, [{ subject: "Grüße aus Málaga" }, { body: "İstanbul, Ελλάδα, Ёлка" }]);
  for (const text of ["grüße", "GRÜSSE".slice(0, 3), "malaga", "MÁLAGA"]) assert.deepEqual(await find(text), [1], text);
  for (const text of ["istanbul", "ελλαδα", "елка"]) assert.deepEqual(await find(text), [2], text);
});

test("scripts without spaces are found by any part of a sentence, in columns, too", async (context) => {
  const { find } = await withMail(context, [
    { subject: "来週の会議の件について", body: "よろしくお願いします" },
    { subject: "ประชุมสัปดาห์หน้า", body: "ขอบคุณครับ" },
    { subject: "회의 일정 안내", body: "감사합니다" },
    { subject: "ABC会議室の予約", body: "図書館" },
  ]);
  assert.deepEqual(await find("会議の"), [1]);
  assert.deepEqual(await find("会議"), [4, 1]);
  assert.deepEqual(await find("件"), [1]);
  assert.deepEqual(await find("て"), [1]);
  assert.deepEqual(await find("議会"), []);
  assert.deepEqual(await find("subject:会議室"), [4]);
  assert.deepEqual(await find("subject:図書"), []);
  assert.deepEqual(await find("abc会議"), [4]);
  assert.deepEqual(await find("สัปดาห์"), [2]);
  assert.deepEqual(await find("일정"), [3]);
  assert.deepEqual(await find("会議 -予約"), [1]);
});

test("a single letter of such a script begins a word, wherever it stands in the query", async (context) => {
  const { find } = await withMail(context, [
    { subject: "来週の会議の件", from: "李小龍 <lee@example.org>" },
    { subject: "5月の会議", from: "Pat <pat@example.org>" },
    { subject: "会議abcの予約", from: "Pat <pat@example.org>" },
  ]);
  for (const [text, expected] of [
    ["会議 李", [1]],
    ["李 会議", [1]],
    ["from:李 会議", [1]],
    ['from:"李" 会議', [1]],
    ["会議 -李", [3, 2]],
    ["会議 月", [2]],
    ["月 会議", [2]],
    ["5月 会議", [2]],
    ["（月） 会議", [2]],
    // Within a term, letters follow what is before them without a space, too.
    ["会議abc", [3]],
    ["議abcの 会議", [3]],
    ["議 pat", [3, 2]],
    ["会議。", [3, 2, 1]],
    ["a 会議", []],
  ] as const)
    assert.deepEqual(await find(text), expected, text);
});

test("operators narrow a search, and a minus turns them round", async (context) => {
  const { find, indexed, account } = await withMail(context, [
    {
      subject: "Plan",
      from: "Mina <mina@harbour.example>",
      to: "robin@alder.example",
      date: "Sun, 15 Mar 2026 12:00:00 +0000",
    },
    {
      subject: "Note",
      from: "Pat <pat@studio.example>",
      to: "mina@harbour.example",
      date: "Tue, 15 Dec 2020 12:00:00 +0000",
    },
    { subject: "mina", from: "x@y.example", more: "X-Attachments: a.pdf", body: "z".repeat(3_000) },
  ]);
  const { store } = indexed.temporary;
  await store.setKeywords(account, [1], { add: ["$seen", "$flagged"] });
  await store.move(account, [2], "Lists");
  await caughtUp(indexed, account);
  for (const [text, expected] of [
    ["from:mina", [1]],
    ["to:mina@harbour.example", [2]],
    ["subject:mina", [3]],
    ["-from:mina", [3, 2]],
    ["FROM:Mina", [1]],
    ['from:"Pat"', [2]],
    ["has:attachment", [3]],
    ["-has:attachment", [1, 2]],
    ["is:unread", [3, 2]],
    ["is:starred", [1]],
    ["in:inbox", [3, 1]],
    ["in:lists", [2]],
    ["-in:inbox", [2]],
    ["larger:2k", [3]],
    ["smaller:2k", [1, 2]],
    ["before:2021", [2]],
    ["after:2026-03-15 before:2026-03-17", [1]],
    ["-before:2021", [3, 1]],
    ["mina -subject:mina", [1, 2]],
    ["account:mrose plan", [1]],
    ["-account:mrose plan", []],
  ] as const) {
    assert.deepEqual(await find(text), expected, text);
  }
});

test("trash and junk are left out unless they are asked for", async (context) => {
  const { find, indexed, account } = await withMail(context, [{ subject: "old plan" }, { subject: "new plan" }]);
  await indexed.temporary.store.move(account, [1], "Trash");
  await caughtUp(indexed, account);
  assert.deepEqual(await find("plan"), [2]);
  assert.deepEqual(await find("plan in:trash"), [1]);
  assert.deepEqual(await find("plan in:anywhere"), [2, 1]);
});

test("a mailbox that is not there is said, and nothing is found in it; its name is searched as far as it is typed", async (context) => {
  const { indexed, account } = await withMail(context, [
    { subject: "old plan" },
    { subject: "new plan" },
    { subject: "a far plan" },
    { subject: "thrown plan" },
  ]);
  const { store } = indexed.temporary;
  await store.move(account, [1], "Archive");
  await store.move(account, [2], "Art club");
  await store.move(account, [3], "Àrea");
  await store.move(account, [4], "Trash");
  await store.createMailbox(account, "Empty");
  await caughtUp(indexed, account);
  const other = await addAccount(store, "postel");
  await store.createMailbox(other, "Theirs");
  const search = async (text: string, accounts = [account, other]): Promise<readonly unknown[]> => {
    const { rows, terms, problems } = await indexed.index.search({ accounts, text, order: "newest", limit: 9 });
    return [ids(rows), terms.length, problems.map((one) => (one.code === "no-mailbox" ? one.mailbox : one))];
  };
  for (const [text, expected] of [
    // A name with something behind it, or in quotes, is whole.
    ["in:nowhere plan", [[], 2, ["nowhere"]]],
    ["plan in:nowhere", [[], 2, ["nowhere"]]],
    ["in:nowhere", [[], 1, ["nowhere"]]],
    ["in:ar plan", [[], 2, ["ar"]]],
    ['plan in:"ar"', [[], 2, ["ar"]]],
    ["plan -in:nowhere", [[3, 2, 1], 2, ["nowhere"]]],
    ["in:nowhere in:never", [[], 2, ["nowhere", "never"]]],
    // On its way it is all that begin so.
    ["plan in:a", [[2, 1], 2, []]],
    ["plan in:ar", [[2, 1], 2, []]],
    ["plan in:art", [[2], 2, []]],
    ['plan in:"art cl', [[2], 2, []]],
    ["plan in:arch", [[1], 2, []]],
    ["plan in:archi", [[1], 2, []]],
    ["plan -in:ar", [[3], 2, []]],
    ["plan in:àr", [[3], 2, []]],
    ["plan in:ÀREA", [[3], 2, []]],
    ["plan in:an", [[4, 3, 2, 1], 2, []]],
    ["plan in:any", [[4, 3, 2, 1], 2, []]],
    // Other names of the trash and of junk are so only whole.
    ["plan in:bin", [[4], 2, []]],
    ["plan in:bi", [[], 2, ["bi"]]],
    ["plan in:sp", [[], 2, ["sp"]]],
    // A minus widens nothing.
    ["plan -in:al", [[3, 2, 1], 2, ["al"]]],
    ["plan -in:anywhere", [[3, 2, 1], 2, ["anywhere"]]],
    ["-in:anywhere plan", [[3, 2, 1], 2, ["anywhere"]]],
    // What is there, or is made when it is needed, is known though nothing was ever in it.
    ["in:empty plan", [[], 2, []]],
    ["in:drafts plan", [[], 2, []]],
    // One of the accounts has it.
    ["in:theirs plan", [[], 2, []]],
    ["in:theirs account:mrose plan", [[], 3, ["theirs"]]],
  ] as const)
    assert.deepEqual(await search(text), expected, text);
  assert.deepEqual(await search("in:theirs plan", [account]), [[], 2, ["theirs"]]);
  // A whole name is not the beginning of others.
  await store.createMailbox(account, "Ar");
  assert.deepEqual(await search("plan in:ar"), [[], 2, []]);
});

test("an account that is not there is said, and nothing is found of it; its name is searched as far as it is typed", async (context) => {
  const { indexed, account } = await withMail(context, [{ subject: "plan" }]);
  const { store } = indexed.temporary;
  const others: string[] = [];
  for (const name of ["mina", "Mínà B", "postel", "crocker"]) {
    const other = await addAccount(store, name);
    await deliverMail(indexed, other, { subject: "plan" }, { receivedAt: Date.now() + 1_000 * (others.length + 1) });
    await caughtUp(indexed, other);
    others.push(other);
  }
  const [mina = "", minaB = "", postel = "", hidden = ""] = others;
  // Crocker's mail is nobody's here to search.
  const accounts = [account, mina, minaB, postel];
  const names = new Map(accounts.map((one, at) => [one, ["mrose", "mina", "Mínà B", "postel"][at]]));
  const search = async (text: string, among = accounts): Promise<readonly unknown[]> => {
    const page = await indexed.index.search({ accounts: among, text, order: "newest", limit: 9 });
    const problems = page.problems.map((one) => (one.code === "no-account" ? one.account : one));
    return [page.rows.map(({ newest }) => names.get(newest.account)), page.terms.length, problems];
  };
  const all = ["postel", "Mínà B", "mina", "mrose"];
  for (const [text, expected] of [
    // A name with something behind it, or in quotes, is whole.
    ["account:nobody plan", [[], 2, ["nobody"]]],
    ["plan account:nobody", [[], 2, ["nobody"]]],
    ["account:nobody", [[], 1, ["nobody"]]],
    ["account:nobody is:unread", [[], 2, ["nobody"]]],
    ["account:m plan", [[], 2, ["m"]]],
    ['plan account:"m"', [[], 2, ["m"]]],
    ["account:postel plan", [["postel"], 2, []]],
    ["account:POSTEL", [["postel"], 1, []]],
    // On its way it is all that begin so.
    ["plan account:m", [["Mínà B", "mina", "mrose"], 2, []]],
    ["plan account:mi", [["mina"], 2, []]],
    ["plan account:MÍ", [["Mínà B"], 2, []]],
    ['plan account:"mínà ', [["Mínà B"], 2, []]],
    ["plan account:po", [["postel"], 2, []]],
    ["plan account:ostel", [[], 2, ["ostel"]]],
    // Several are any of them.
    ["account:mina account:postel plan", [["postel", "mina"], 3, []]],
    ["account:mina plan account:po", [["postel", "mina"], 3, []]],
    ["account:nobody account:mina plan", [["mina"], 3, ["nobody"]]],
    ["account:mina account:nobody", [["mina"], 2, ["nobody"]]],
    ["account:nobody account:never plan", [[], 3, ["nobody", "never"]]],
    // A minus takes away what is there, and widens nothing.
    ["-account:nobody plan", [all, 2, ["nobody"]]],
    ["plan -account:nobody", [all, 2, ["nobody"]]],
    ["account:mina -account:nobody plan", [["mina"], 3, ["nobody"]]],
    ["account:nobody -account:mina plan", [[], 3, ["nobody"]]],
    ["-account:mina plan", [["postel", "Mínà B", "mrose"], 2, []]],
    ["plan -account:m", [["postel"], 2, []]],
    ["account:mina -account:mina plan", [[], 3, []]],
    // One that others have is as unknown as any, by its name, by its beginning and by its number.
    ["account:crocker plan", [[], 2, ["crocker"]]],
    ["plan account:cro", [[], 2, ["cro"]]],
    [`account:${hidden} plan`, [[], 2, [hidden]]],
    ["-account:crocker plan", [all, 2, ["crocker"]]],
    [`account:${postel} plan`, [["postel"], 2, []]],
    // Where no account is looked into, none of its mailboxes is missing.
    ["account:nobody in:work plan", [[], 3, ["nobody"]]],
  ] as const)
    assert.deepEqual(await search(text), expected, text);
  // A whole name is not the beginning of others, where it is there to be searched.
  await addAccount(store, "pos");
  assert.deepEqual(await search("plan account:pos"), [["postel"], 2, []]);
  const mi = await addAccount(store, "mi");
  assert.deepEqual(await search("plan account:mi", [...accounts, mi]), [[], 2, []]);
  // What is typed may be how a name begins before it is a number: numbers nobody sees.
  const second = await addAccount(store, `${mina}nd`);
  await deliverMail(indexed, second, { subject: "plan" }, { receivedAt: Date.now() });
  await caughtUp(indexed, second);
  names.set(second, "second");
  assert.deepEqual(await search(`plan account:${mina}`, [...accounts, second]), [["second"], 2, []]);
  assert.deepEqual(await search(`account:${mina} plan`, [...accounts, second]), [["mina"], 2, []]);
});

test("a search finds nothing of an account that was not named", async (context) => {
  const { indexed, account } = await withMail(context, [{ subject: "plan" }]);
  const other = await addAccount(indexed.temporary.store, "postel");
  await deliverMail(indexed, other, { subject: "plan" }, { receivedAt: Date.now() + 2_000 });
  await caughtUp(indexed, other);
  const find = async (accounts: readonly string[], text: string): Promise<readonly string[]> =>
    (await indexed.index.search({ accounts, text, order: "newest", limit: 9 })).rows.map(
      ({ newest }) => newest.account,
    );
  assert.deepEqual(await find([account, other], "plan"), [other, account]);
  assert.deepEqual(await find([account], "plan"), [account]);
  assert.deepEqual(await find([account], "is:unread"), [account]);
  assert.deepEqual(await find([account], "account:postel plan"), []);
  assert.deepEqual(await find([account], `owner:a${other} plan`), []);
  assert.deepEqual(await find([], "plan"), []);
});

test("what makes no sense is said in a sentence, and the rest is looked for", async (context) => {
  const { indexed, account } = await withMail(context, [{ subject: "plan" }]);
  const search = (text: string): ReturnType<typeof indexed.index.search> =>
    indexed.index.search({ accounts: [account], text, order: "newest", limit: 9 });
  const unknown = (term: string, ...known: readonly string[]) => ({ code: "unknown-value", term, known });
  for (const [text, problem] of [
    ["before:soon", { code: "no-date", term: "before:soon" }],
    ["after:2026-13", { code: "no-date", term: "after:2026-13" }],
    ["larger:big", { code: "no-size", term: "larger:big" }],
    ["is:green", unknown("is:green", "is:unread", "is:read", "is:starred", "is:unstarred")],
    ["has:wings", unknown("has:wings", "has:attachment", "has:attachments")],
    ["on:fire", unknown("on:fire", "on:server")],
    ["from:", { code: "empty-term", term: "from:" }],
    ['""', { code: "empty-term", term: '""' }],
    ["subject:!", { code: "no-word", term: "subject:!" }],
    ["—", { code: "no-word", term: '"—"' }],
    ["on:server", { code: "server-unknown" }],
    ["is:__proto__", unknown("is:__proto__", "is:unread", "is:read", "is:starred", "is:unstarred")],
  ] as const) {
    const page = await search(`plan ${text} plan`);
    assert.deepEqual(page.problems, [problem], text);
    assert.deepEqual(ids(page.rows), [1], text);
  }
  const page = await search("from:mina -plan");
  assert.deepEqual(page.terms, [
    { operator: "from", value: "mina", isNegated: false },
    { operator: undefined, value: "plan", isNegated: true },
  ]);
  assert.deepEqual((await search("before:soon")).rows, []);
  for (const text of ["🎉", ":)", "???", "—", "-:)", '"…"']) {
    const { rows, terms, problems } = await search(text);
    const term = `"${text.replace(/^-|"/g, "")}"`;
    assert.deepEqual([rows, terms, problems], [[], [], [{ code: "no-word", term }]], text);
  }
  // A minus is one on the way to a word.
  assert.deepEqual((await search("plan -")).problems, []);
  assert.deepEqual((await search("")).rows, []);
  assert.deepEqual((await search("x".repeat(5_000))).problems, [{ code: "query-cut", characters: 1_000 }]);
  assert.deepEqual((await search("x ".repeat(40))).problems, [{ code: "terms-cut", words: 32 }]);
});

test("the best finds come first when they are asked for: a subject before a mention", async (context) => {
  const { indexed, account } = await withMail(context, [
    { subject: "Regatta" },
    { subject: "Other", body: `a regatta among ${"many words ".repeat(50)}` },
  ]);
  const search = (order: "newest" | "best", after?: string): ReturnType<typeof indexed.index.search> =>
    indexed.index.search({
      accounts: [account],
      text: "regatta",
      order,
      limit: 1,
      ...(after === undefined ? {} : { after }),
    });
  assert.deepEqual(ids((await search("newest")).rows), [2]);
  const first = await search("best");
  assert.deepEqual(ids(first.rows), [1]);
  assert.equal(first.total, 2);
  const second = await search("best", first.next);
  assert.deepEqual(ids(second.rows), [2]);
  assert.equal(second.next, undefined);
});

test("pages of finds go on where the last one ended", async (context) => {
  const { indexed, account } = await withMail(
    context,
    Array.from({ length: 7 }, (_, n) => ({ subject: `plan ${n}` })),
  );
  for (const text of ["plan", "is:unread"]) {
    const found: number[] = [];
    let after: string | undefined;
    do {
      const page = await indexed.index.search({
        accounts: [account],
        text,
        order: "newest",
        limit: 3,
        ...(after === undefined ? {} : { after }),
      });
      if (after === undefined) assert.equal(page.total, 7);
      found.push(...ids(page.rows));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(found, [7, 6, 5, 4, 3, 2, 1], text);
  }
});

test("a search nobody waits for any more ends with its signal's reason, and the next one is answered", async (context) => {
  const { indexed, account, find } = await withMail(context, [{ subject: "plan" }]);
  const given = new AbortController();
  const search = indexed.index.search({
    accounts: [account],
    text: "plan",
    order: "newest",
    limit: 1,
    signal: given.signal,
  });
  given.abort(new Error("another key"));
  await assert.rejects(search, /another key/);
  assert.deepEqual(await find("plan"), [1]);
});

test(`whatever is typed is a query, 300 texts, seed ${seed}`, async (context) => {
  const { indexed, account } = await withMail(context, [{ subject: "plan" }]);
  const pieces = fc.constantFrom(
    ...'" \' ( ) * ^ : + - NOT AND OR NEAR NEAR( subject: from:" { } {subject} owner: \\ ; -- /* \u0000 \ufeff \ud800 会 ; DROP'.split(
      " ",
    ),
    " ",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(pieces, { maxLength: 15 }).map((all) => all.join("")),
  );
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom("newest", "best"), async (typed, order) => {
      const page = await indexed.index.search({ accounts: [account], text: typed, order, limit: 5 });
      assert.ok(page.rows.length <= 1);
    }),
    { seed, numRuns: 300 },
  );
});
