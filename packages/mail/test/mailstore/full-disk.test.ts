// A file system that is really full, where one may be mounted: a small tmpfs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, readdirSync, rmdirSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addAccount, assertSound, deliver, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";

const mayMount = canMount();

/** A tmpfs of so many MiB; `undo` takes it away. */
function smallDisk(mib: number): { readonly directory: string; readonly undo: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "restante-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", directory], { stdio: "ignore" });
  } catch (error) {
    rmdirSync(directory);
    throw error;
  }
  return {
    directory,
    undo() {
      execFileSync("umount", [directory]);
      rmdirSync(directory);
    },
  };
}

function canMount(): boolean {
  try {
    smallDisk(1).undo();
    return true;
  } catch {
    return false; // No right to mount here: failing-disk.test.ts covers what can be covered without.
  }
}

if (mayMount) {
  test("on a full disk small and large messages get STORE_FULL, what was acknowledged is there, and deleting works", async (context) => {
    const { directory, undo } = smallDisk(16);
    const temporary = await temporaryStore(context, { directory });
    context.after(undo);
    const { store } = temporary;
    const account = await addAccount(store, "mrose");
    const acknowledged: string[] = [];
    const fill = async (octets: number): Promise<void> => {
      for (let n = 0; n < 1_000; n += 1) {
        const text = `${n}\r\n${"x".repeat(octets)}\r\n`;
        await deliver(store, account, text);
        acknowledged.push(text);
      }
    };
    await assert.rejects(fill(1_000_000), { code: "STORE_FULL" });
    await assert.rejects(fill(60_000), { code: "STORE_FULL" });
    await assert.rejects(fill(300), { code: "STORE_FULL" });
    assert.ok(acknowledged.length > 5, `${acknowledged.length} messages had room`);
    assert.deepEqual(readdirSync(join(directory, "bodies", "incoming")), []);
    assert.deepEqual(await maildropTexts(store, account), acknowledged);
    await temporary.reopen();
    assert.deepEqual(await maildropTexts(temporary.store, account), acknowledged);
    await popDelete(
      temporary.store,
      account,
      acknowledged.map((_, i) => i + 1),
    );
    assert.deepEqual(await maildropTexts(temporary.store, account), []);
    await temporary.store.collectGarbage(temporary.nowMs + 25 * 3_600_000);
    await deliver(temporary.store, account, "y".repeat(1_000_000));
    await assertSound(temporary.store);
  });

  test("a log that cannot be moved into the database for want of room is a full disk, not a failing one", async (context) => {
    const { directory, undo } = smallDisk(16);
    const { store, problems } = await temporaryStore(context, { directory });
    context.after(undo);
    const account = await addAccount(store, "mrose");
    const text = "x".repeat(60_000);
    for (let n = 0; n < 20; n += 1) await deliver(store, account, text);
    fillUp(join(directory, "somebody-elses"), { leaving: 524_288 });
    // Many small jobs in few commits: by the writer's count the log is long now, and it takes little room.
    for (let n = 0; n < 5; n += 1) {
      const keyword = `$round${n}`;
      await Promise.all(Array.from({ length: 64 }, () => store.setKeywords(account, [1], { add: [keyword] })));
    }
    for (let n = 0; n < 3; n += 1) {
      await assert.rejects(
        async () => {
          for (let i = 0; i < 20; i += 1) await deliver(store, account, text);
        },
        { code: "STORE_FULL" },
      );
    }
    const { length: kept } = await maildropTexts(store, account);
    await popDelete(
      store,
      account,
      Array.from({ length: kept }, (_, i) => i + 1),
    );
    assert.deepEqual(await maildropTexts(store, account), []);
    assert.deepEqual(problems, []);
    await assertSound(store);
  });
}

/** Writes a file until the disk has only so many octets left. */
function fillUp(path: string, { leaving }: { readonly leaving: number }): void {
  const fd = openSync(path, "w");
  const piece = Buffer.alloc(65_536);
  let written = 0;
  try {
    for (;;) written += writeSync(fd, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    ftruncateSync(fd, written - leaving);
  } finally {
    closeSync(fd);
  }
}
