// Full disks and failing ones: nothing that was acknowledged is lost, nothing is acknowledged that may be lost.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { childOwner, type ChildError } from "./child-owner.ts";
import { addAccount, assertSound, deliver, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("a full database refuses deliveries with STORE_FULL, keeps what it has and still lets POP clients delete", async (context) => {
  const { store } = await temporaryStore(context, { databaseOctetsMax: 3 * 1_048_576 });
  const account = await addAccount(store, "mrose");
  const kept: number[] = [];
  const text = "x".repeat(60_000);
  await assert.rejects(
    async () => {
      for (let n = 0; n < 100; n += 1) kept.push(await deliver(store, account, text));
    },
    { code: "STORE_FULL" },
  );
  assert.ok(kept.length > 10);
  await assert.rejects(deliver(store, account, text), { code: "STORE_FULL" });
  assert.equal((await maildropTexts(store, account)).length, kept.length);
  await popDelete(
    store,
    account,
    kept.map((_, i) => i + 1),
  );
  assert.equal((await maildropTexts(store, account)).length, 0);
  await assertSound(store);
});

test("on a full database a small job succeeds beside a large one that does not", async (context) => {
  const { store } = await temporaryStore(context, { databaseOctetsMax: 3 * 1_048_576 });
  const account = await addAccount(store, "mrose");
  const large = "x".repeat(60_000);
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => deliver(store, account, large)));
  const added = outcomes.filter(({ status }) => status === "fulfilled").length;
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assert.equal((outcome.reason as { code: string }).code, "STORE_FULL");
  }
  assert.ok(added > 10 && added < 64, `${added} of 64 had room`);
  assert.equal((await maildropTexts(store, account)).length, added);
  const [refused, kept] = await Promise.allSettled([
    deliver(store, account, large),
    store.setKeywords(account, [1], { add: ["$seen"] }),
  ]);
  assert.equal(refused.status, "rejected");
  assert.equal(kept.status, "fulfilled");
  await assertSound(store);
});

test("writes that fail make the store refuse and say so; when the disk works again so does the store", async (context) => {
  const directory = temporaryDirectory(context);
  // The log may not grow beyond 4 MiB: SQLite sees an I/O error in the middle of a commit.
  const child = childOwner(context, directory, { fileKib: 4_096 });
  await child.ask("open");
  const account = await child.ask<string>("account mrose");
  let kept = 0;
  const failure = await failureOf(async () => {
    for (; kept < 100; kept += 1) await child.ask("fill 60000");
  });
  assert.equal(failure.code, "STORE_UNAVAILABLE");
  assert.ok(kept > 3, `${kept} were kept`);
  assert.equal(await child.ask("count"), kept);

  // Now every write fails, QUIT's and the first attempt to use the store again among them.
  execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=1:unlimited"]);
  assert.notEqual(await child.ask("quit 1"), "done");
  assert.equal(await child.ask("count"), kept);

  execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"]);
  await child.ask("fill 60000");
  assert.equal(await child.ask("quit 1"), "done");
  assert.equal(await child.ask("count"), kept);
  assert.deepEqual(await child.ask("check"), []);
  await child.kill();

  const { store } = await temporaryStore(context, { directory });
  assert.equal((await maildropTexts(store, account)).length, kept);
  await assertSound(store);
});

test("a large body on a disk that fails is refused and leaves no file", async (context) => {
  const directory = temporaryDirectory(context);
  const child = childOwner(context, directory, { fileKib: 1_024 });
  await child.ask("open");
  await child.ask("account mrose");
  const { code } = await failureOf(() => child.ask("fill 3000000"));
  assert.equal(code, "STORE_UNAVAILABLE");
  assert.deepEqual(readdirSync(join(directory, "bodies", "incoming")), []);
  await child.ask("fill 100000");
  assert.equal(await child.ask("count"), 1);
});

test("a large body that finds no folder is refused and leaves no file, and the next one is taken", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const bodies = join(directory, "bodies");
  const folders = Array.from({ length: 256 }, (_, i) => join(bodies, i.toString(16).padStart(2, "0")));
  // No folder can be made where a file stands, as none can be on a disk without inodes.
  for (const folder of folders) writeFileSync(folder, "");
  await assert.rejects(deliver(store, account, "x".repeat(100_000)), { code: "STORE_UNAVAILABLE" });
  assert.deepEqual(readdirSync(join(bodies, "incoming")), []);
  for (const folder of folders) rmSync(folder);
  await deliver(store, account, "x".repeat(100_000));
  assert.equal((await maildropTexts(store, account)).length, 1);
});

async function failureOf(act: () => Promise<unknown>): Promise<ChildError> {
  try {
    await act();
  } catch (error) {
    return error as ChildError;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}
