// The contract suite is worth something only when it fails: every planted fault is noticed, by the claim that names it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROKEN_STORES, soundStore } from "./broken-stores.ts";

const script = fileURLToPath(new URL("./broken-stores.ts", import.meta.url));

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
}

/** What became of the tests of a file, run in a process of its own. */
function outcomesOf(path: string): Promise<readonly Outcome[]> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // Else the child reports to this runner.
  const args = ["--conditions=restante-source", "--test-reporter=tap", path];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout) => {
      if (error?.killed === true) return reject(error);
      const lines = stdout.matchAll(/^(not )?ok \d+ - (.*)$/gm);
      return resolve(Array.from(lines, ([, not, name = ""]) => ({ name, passed: not === undefined })));
    });
  });
}

test("the maildrop contract notices every planted fault by the claim that names it", async () => {
  const outcomes = await outcomesOf(script);
  const of = (store: string) => outcomes.filter((outcome) => outcome.name.endsWith(`(${store})`));
  assert.notEqual(of(soundStore).length, 0);
  assert.deepEqual(
    of(soundStore).map((outcome) => outcome.passed),
    Array.from(of(soundStore), () => true),
  );
  for (const { name, noticedBy } of BROKEN_STORES) {
    assert.equal(of(name).length, of(soundStore).length);
    const noticed = of(name)
      .filter((outcome) => !outcome.passed)
      .map((outcome) => outcome.name);
    assert.ok(
      noticed.some((claim) => claim.startsWith(noticedBy)),
      `"${name}" should fail "${noticedBy}…"; it failed ${JSON.stringify(noticed)}`,
    );
  }
});
