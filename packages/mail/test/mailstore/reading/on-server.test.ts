// What a search finds on:server: looked up in what the retriever remembers, message by message.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { test } from "node:test";
import { ASKED_ROW, BESIDE, type OnServer } from "../../../src/mailstore/index.ts";
import { FetchState, onServer } from "../../../src/retriever/index.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import { addAccount } from "../temporary-store.ts";
import { caughtUp, deliverMail, indexedStore } from "./indexed-store.ts";

const asked = { memory: BESIDE, account: ASKED_ROW.account, place: ASKED_ROW.messageId };

/** The memory of a retriever, with a source that was collected into two accounts and one that went elsewhere. */
async function withMemory(context: Parameters<typeof indexedStore>[0]) {
  const path = join(temporaryDirectory(context), "fetch.db");
  const state = FetchState.open(path);
  context.after(() => state.close());
  let answer: (() => OnServer | undefined) | undefined;
  const indexed = await indexedStore(context, { onServer: () => answer?.() });
  const [anna, robin] = [
    await addAccount(indexed.temporary.store, "anna"),
    await addAccount(indexed.temporary.store, "robin"),
  ];
  const into = (account: string, source: string) => ({
    account: Number(account),
    source,
    destination: `to-${account}`,
  });
  const copies = [into(anna, "home"), into(robin, "home"), into(robin, "work")];
  return {
    indexed,
    accounts: [anna, robin] as const,
    state,
    /** Before, nothing was ever collected. */
    begin: () => void (answer = () => ({ path, condition: onServer(copies, asked) })),
    collected(source: string, uniqueId: string, account: string, messageId: number): number {
      state.facts(source, `pop3://${source}.example`);
      const [row = 0] = state.collected(source, [
        {
          message: { id: undefined, uniqueId, octets: 100, keyHash: "" },
          state: "collected",
          headerHash: undefined,
          sha256: "00",
          wireOctets: 100,
          copies: [{ destination: `to-${account}`, place: String(messageId) }],
          at: 1,
          pendingWhy: undefined,
          rule: undefined,
        },
      ]);
      return row;
    },
    async find(text: string, order: "newest" | "best" = "newest"): Promise<readonly string[]> {
      const page = await indexed.index.search({ accounts: [anna, robin], text, order, limit: 50 });
      assert.equal(page.total, page.rows.length);
      return page.rows.map(({ newest }) => newest.subject).toSorted();
    },
  };
}

test("what is on a server is found until it is removed there, each account's own, and the rest by its opposite", async (context) => {
  const { indexed, accounts, state, begin, collected, find } = await withMemory(context);
  const [anna, robin] = accounts;
  for (const account of accounts)
    for (const subject of ["quay one", "quay two", "harbour"])
      await deliverMail(indexed, account, { subject: `${subject} of ${account === anna ? "anna" : "robin"}` });
  for (const account of accounts) await caughtUp(indexed, account);
  assert.deepEqual(await find("on:server"), []);
  assert.equal((await find("-on:server")).length, 6);

  begin();
  const first = collected("home", "u1", anna, 1);
  const second = collected("home", "u2", robin, 2);
  collected("work", "u3", robin, 3);
  // A source that is no more one of this account's.
  collected("work", "u4", anna, 3);
  assert.deepEqual(await find("on:server"), ["harbour of robin", "quay one of anna", "quay two of robin"]);
  assert.deepEqual(await find("-on:server"), ["harbour of anna", "quay one of robin", "quay two of anna"]);
  for (const order of ["newest", "best"] as const)
    assert.deepEqual(await find("on:server quay", order), ["quay one of anna", "quay two of robin"]);

  state.committed([first], 2);
  assert.deepEqual(await find("on:server"), ["harbour of robin", "quay two of robin"]);
  const absent = state.known("home").filter(({ id }) => id === second);
  const listing = { source: "home", listed: 0, present: [], at: 3, isRenumbered: false, mayForget: false };
  state.noteListing({ ...listing, absent });
  assert.deepEqual(await find("on:server quay"), []);
  assert.equal((await find("-on:server")).length, 5);
});

test("what is on a server is not counted beyond a page: each message is looked up", async (context) => {
  const { indexed, accounts, begin } = await withMemory(context);
  const [anna] = accounts;
  for (const subject of ["one", "two", "three"]) await deliverMail(indexed, anna, { subject: `quay ${subject}` });
  await caughtUp(indexed, anna);
  begin();
  const totals = async (text: string) => {
    const of = (order: "newest" | "best", limit: number) =>
      indexed.index.search({ accounts: [anna], text, order, limit }).then(({ total }) => total);
    return [await of("newest", 2), await of("best", 2), await of("newest", 3)];
  };
  assert.deepEqual(await totals("-on:server"), [undefined, undefined, 3]);
  assert.deepEqual(await totals("-on:server quay"), [undefined, undefined, 3]);
  assert.deepEqual(await totals("quay"), [3, 3, 3]);
});

test("a memory that is damaged is named, and is not the store", async (context) => {
  const path = join(temporaryDirectory(context), "fetch.db");
  writeFileSync(path, "no database ".repeat(1_000));
  const indexed = await indexedStore(context, { onServer: () => ({ path, condition: onServer([], asked) }) });
  const anna = await addAccount(indexed.temporary.store, "anna");
  await deliverMail(indexed, anna, { subject: "quay" });
  await caughtUp(indexed, anna);
  const search = (text: string) => indexed.index.search({ accounts: [anna], text, order: "newest", limit: 1 });
  await assert.rejects(search("on:server"), (error: Error & { readonly code?: unknown }) => {
    assert.match(error.message, /fetch\.db.* is damaged/);
    assert.doesNotMatch(error.message, /store/);
    assert.equal(error.code, undefined);
    return true;
  });
  assert.equal((await search("quay")).rows.length, 1);
});

test("whether a copy is on its server is looked up by where the copy is, however many there are", async (context) => {
  const path = join(temporaryDirectory(context), "fetch.db");
  FetchState.open(path).close();
  using database = new DatabaseSync(path, { readOnly: true });
  const { sql, values } = onServer([{ account: 1, source: "home", destination: "to" }], {
    memory: "main",
    account: "e.account",
    place: "e.message_id",
  });
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN WITH e (account, message_id) AS (VALUES (1, 2)) SELECT ${sql} FROM e`)
    .all(...values)
    .map(({ detail }) => String(detail));
  assert.ok(plan.includes("SEARCH c USING COVERING INDEX copy_place (place=?)"), plan.join("\n"));
  assert.ok(plan.includes("SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"), plan.join("\n"));
});
