// An fsync that fails, be it the first, the second or a later one of its thread: strace puts the error where the disk would.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { childOwner, type ChildError, type ChildOwner } from "./child-owner.ts";
import { addAccount, assertSound, maildropTexts, temporaryStore } from "./temporary-store.ts";
import { faultsIn, TRACING } from "../system-calls.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const isLong = process.env["RESTANTE_LONG"] === "1";
/** By then each thread has had all its fsyncs, opening included. */
const fsyncsMax = 24;
const sample = [2, 4, 5];
const chosen = isLong ? Array.from({ length: fsyncsMax }, (_, i) => i + 1) : sample;

test(
  `an fsync that fails acknowledges nothing, loses nothing that was, and the store goes on (${chosen.length} of ${fsyncsMax} moments)`,
  TRACING,
  async (context) => {
    const met = { injected: 0, refused: 0 };
    for (const nth of chosen) {
      const { injected, refused } = await trial(context, nth);
      met.injected += injected;
      met.refused += refused;
    }
    context.diagnostic(JSON.stringify(met));
    assert.ok(met.injected >= chosen.length / 2, `${met.injected} faults`);
    assert.ok(met.refused > 0, "no refusal");
  },
);

/** Small bodies are rows, large ones files with fsyncs of their own: of the file, of its folder, of the folder's name. */
const TEXTS = ["one", `two ${"x".repeat(90_000)}`, "three", `four ${"x".repeat(90_000)}`, "five"];

async function trial(
  context: TestContext,
  nth: number,
): Promise<{ readonly injected: number; readonly refused: number }> {
  const directory = temporaryDirectory(context);
  const { store: made } = await temporaryStore(context, { directory });
  const account = await addAccount(made, "mrose");
  await made.close();

  const log = join(temporaryDirectory(context), "strace");
  const inject = ["-e", "trace=fsync,fdatasync", "-e", `inject=fsync,fdatasync:error=EIO:when=${nth}`];
  // One thread for files, so that the n-th fsync of its own is a certain one.
  const child = childOwner(context, directory, {
    runBy: ["strace", "-f", "-qq", "-o", log, ...inject, "env", "UV_THREADPOOL_SIZE=1"],
  });
  const opened = await child.ask("open").then(
    () => true,
    () => false,
  );
  const atOpening = faultsIn(log);
  let refused = 0;
  if (opened) {
    await child.ask(`use ${account}`);
    // Whoever is refused sends again, as LMTP clients do.
    for (const text of TEXTS) {
      while (!(await isTaken(child, text))) {
        refused += 1;
        assert.ok(refused <= 4, `fsync ${nth}: the store does not work again`);
      }
    }
    // One delivery at a time: each fault was somebody's, and was told.
    assert.equal(refused, faultsIn(log) - atOpening, `fsync ${nth}`);
    assert.deepEqual(await child.ask("check"), [], `fsync ${nth}`);
  }
  await child.leave();
  const injected = faultsIn(log);

  const { store } = await temporaryStore(context, { directory });
  const texts = await maildropTexts(store, account);
  if (opened)
    assert.deepEqual(
      texts,
      TEXTS.map((text) => `${text}\r\n`),
      `fsync ${nth}`,
    );
  await assertSound(store);
  await store.close();
  return { injected, refused };
}

async function isTaken(child: ChildOwner, text: string): Promise<boolean> {
  try {
    await child.ask(`deliver ${text}`);
    return true;
  } catch (error) {
    assert.equal((error as ChildError).code, "STORE_UNAVAILABLE");
    return false;
  }
}
