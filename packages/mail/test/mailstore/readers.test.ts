// Reader threads: when they start, and that none is left.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { Readers } from "../../src/mailstore/sqlite/readers.ts";
import { temporaryStore } from "./temporary-store.ts";

/** Threads of this process. */
const threads = (): number => readdirSync("/proc/self/task").length;
const ON_LINUX = { skip: process.platform !== "linux" };

test("made ready, one thread is there before anybody asks, however often that is said", ON_LINUX, async (context) => {
  const { store } = await temporaryStore(context);
  const before = threads();
  const readers = new Readers(store.parts.directory.database, { threads: 2 });
  readers.makeReady();
  readers.makeReady();
  assert.equal(threads(), before + 1);
  assert.equal(await readers.run("snapshot", { account: 1 }), undefined);
  readers.makeReady();
  assert.equal(threads(), before + 1, "the one that was asked is the one that was there");
  await readers.close();
  readers.makeReady();
  assert.equal(threads(), before);
});
