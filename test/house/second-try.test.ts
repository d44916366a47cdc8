// What fails in a browser is tried once more and named; nothing else is, and the counts stay true.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestOutcome, TestRun } from "../../scripts/conformance/outcomes.ts";
import { filesForSecondTry, passedTheSecondTime, withSecondTry } from "../../scripts/conformance/second-try.ts";

const browserFile = (name: string): string => `packages/mail/test/webmail/browser/${name}.test.ts`;
const one = (file: string, name: string, outcome: TestOutcome["outcome"]): TestOutcome => ({ file, name, outcome });
const run = (...tests: readonly TestOutcome[]): TestRun => {
  const fail = tests.filter(({ outcome }) => outcome === "failed").length;
  return { tests, summary: [`tests ${tests.length}`, `pass ${tests.length - fail}`, `fail ${fail}`] };
};

test("a failed browser file is tried again", () => {
  const first = run(one(browserFile("acts"), "undo", "failed"), one(browserFile("drafts"), "kept", "ok"));
  assert.deepEqual(filesForSecondTry(first), [browserFile("acts")]);
});

test("nothing is tried again when anything outside of a browser failed", () => {
  const first = run(
    one(browserFile("acts"), "undo", "failed"),
    one("packages/pop/test/a.test.ts", "says +OK", "failed"),
  );
  assert.deepEqual(filesForSecondTry(first), []);
});

test("nine files that fail are not tried again, eight are", () => {
  const failed = Array.from("abcdefghi", (name) => one(browserFile(name), "opens", "failed"));
  assert.deepEqual(filesForSecondTry(run(...failed)), []);
  assert.equal(filesForSecondTry(run(...failed.slice(1))).length, 8);
});

test("what passes the second time is named and counted as passed, what fails again as failed", () => {
  const acts = browserFile("acts");
  const first = run(one(acts, "undo", "failed"), one(acts, "move", "failed"), one("a.test.ts", "greets", "ok"));
  const second = run(one(acts, "undo", "ok"), one(acts, "move", "failed"));
  assert.deepEqual(passedTheSecondTime(first, second), [`${acts}: undo`]);
  const merged = withSecondTry(first, second);
  assert.deepEqual(merged.summary, ["tests 3", "pass 2", "fail 1"]);
  assert.deepEqual(merged.tests, [
    one("a.test.ts", "greets", "ok"),
    one(acts, "undo", "ok"),
    one(acts, "move", "failed"),
  ]);
});

test("a file that died or ran out of time is counted by what it did the second time", () => {
  const acts = browserFile("acts");
  const first: TestRun = {
    tests: [one(acts, acts, "failed"), one("a.test.ts", "greets", "ok")],
    summary: ["tests 2", "pass 1", "fail 0", "cancelled 1", "skipped 0", "duration_ms 12"],
  };
  const second = run(one(acts, "undo", "ok"), one(acts, "move", "ok"));
  assert.deepEqual(withSecondTry(first, second).summary, [
    "tests 3",
    "pass 3",
    "fail 0",
    "cancelled 0",
    "skipped 0",
    "duration_ms 12",
  ]);
});

test("a second run that leaves nothing behind changes nothing", () => {
  const first = run(one(browserFile("acts"), "undo", "failed"));
  assert.deepEqual(withSecondTry(first, { tests: [], summary: [] }), first);
});
