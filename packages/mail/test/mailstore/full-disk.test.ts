// A file system that is really full, where one may be mounted: a small tmpfs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
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
    assert.ok(acknowledged.length > 10, `${acknowledged.length} messages had room`);
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
}
