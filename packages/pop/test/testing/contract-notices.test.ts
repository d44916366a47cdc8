// The contract suite is worth something only when it fails: every planted fault is noticed, by the claim that names it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROKEN_STORES, soundStore } from "./broken-stores.ts";

const script = fileURLToPath(new URL("./broken-stores.ts", import.meta.url));

/** Names of the tests that failed in a process of their own. */
function failuresOf(path: string): Promise<readonly string[]> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // Else the child reports to this runner.
  const args = ["--conditions=restante-source", "--test-reporter=tap", path];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout) => {
      if (error?.killed === true) return reject(error);
      return resolve([...stdout.matchAll(/^not ok \d+ - (.*)$/gm)].map((match) => match[1] ?? ""));
    });
  });
}

test("the maildrop contract notices every planted fault by the claim that names it", async () => {
  const failures = await failuresOf(script);
  assert.deepEqual(failures.filter((failure) => failure.endsWith(`(${soundStore})`)), []);
  for (const { name, noticedBy } of BROKEN_STORES) {
    const noticed = failures.filter((failure) => failure.endsWith(`(${name})`));
    assert.ok(
      noticed.some((failure) => failure.startsWith(noticedBy)),
      `"${name}" should fail "${noticedBy}…"; it failed ${JSON.stringify(noticed)}`,
    );
  }
});
