// An owner that is killed in the middle of its work: what it said is true, whatever it did not say is whole or absent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { childOwner } from "./child-owner.ts";
import { assertSound, maildropTexts, temporaryStore } from "./temporary-store.ts";
import { random } from "../random.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const seed = 20_260_101;
const rounds = 4;

test(`killed after any number of answers, ${rounds} rounds, seed ${seed}: nothing acknowledged is lost, nothing removed is back, nothing is torn`, async (context) => {
  const directory = temporaryDirectory(context);
  const next = random(seed);
  let account = "";
  /** Texts that must be there, and those that may be: deliveries without an answer. */
  let present: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = childOwner(context, directory);
    await child.ask("open");
    if (round === 0) account = await child.ask<string>("account mrose");
    else await child.ask(`use ${account}`);
    const possible: string[] = [];
    const answersUntilDeath = 5 + Math.floor(next() * 40);
    let answers = 0;
    let killing: Promise<void> | undefined;
    const work = Array.from({ length: 80 }, async (_, n) => {
      const text = `${round}-${n} ${"x".repeat(next() < 0.2 ? 90_000 : 20)}`;
      possible.push(`${text}\r\n`);
      try {
        await child.ask(`deliver ${text}`);
        present.push(`${text}\r\n`);
      } catch {
        return; // Died first: it may be there or not.
      }
      answers += 1;
      if (answers === answersUntilDeath) killing = child.kill();
    });
    await Promise.allSettled(work);
    assert.ok(killing !== undefined, "it was killed at work");
    await killing;

    const temporary = await temporaryStore(context, { directory });
    const texts = await maildropTexts(temporary.store, account);
    assert.equal(new Set(texts).size, texts.length, "nothing is there twice");
    for (const text of present) assert.ok(texts.includes(text), `acknowledged: ${text.slice(0, 12)}`);
    for (const text of texts)
      assert.ok(present.includes(text) || possible.includes(text), `whole: ${text.slice(0, 12)}`);
    await assertSound(temporary.store);
    const maildrop = await temporary.store.open(account, { holder: "test", onBusy: "reject" });
    assert.equal(await maildrop.commit(new Set([1, 3])), "done");
    present = texts.filter((_, i) => i !== 0 && i !== 2);
    await temporary.store.close();
  }
});
