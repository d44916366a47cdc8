// A page in a browser shares the machine with all the browser's processes and everything beside them. What fails there
// is tried once more, alone, and named whatever comes of it: a test that needs it is a defect to be mended. Nothing else
// is tried twice, and more than a few files that fail are no accident.
import type { TestOutcome, TestRun } from "./outcomes.ts";

const MOST_FILES = 3;
const IN_A_BROWSER = /\/browser\/[^/]+\.test\.ts$/;

/** The files that get a second try: the failed ones, when there are few and all of them use a browser. */
export function filesForSecondTry(run: TestRun): readonly string[] {
  const files = [...new Set(run.tests.filter(isFailed).map(({ file }) => file))];
  return files.length <= MOST_FILES && files.every((file) => IN_A_BROWSER.test(file)) ? files : [];
}

/** The first run with the outcomes of the second in place of the same files', and counts that fit. */
export function withSecondTry(first: TestRun, second: TestRun): TestRun {
  const again = new Set(second.tests.map(({ file }) => file));
  const tests = [...first.tests.filter(({ file }) => !again.has(file)), ...second.tests];
  const change = countFailed(tests) - countFailed(first.tests);
  return { tests, summary: first.summary.map((line) => counted(line, change)) };
}

/** What failed the first time and did not fail the second. */
export function passedTheSecondTime(first: TestRun, second: TestRun): readonly string[] {
  const failedAgain = new Set(second.tests.filter(isFailed).map(keyOf));
  const failedFirst = first.tests.filter(isFailed).map(keyOf);
  return failedFirst.filter((key) => !failedAgain.has(key));
}

function counted(line: string, moreFailed: number): string {
  const [name = "", count = ""] = line.split(" ");
  if (name === "fail") return `${name} ${Number(count) + moreFailed}`;
  return name === "pass" ? `${name} ${Number(count) - moreFailed}` : line;
}

function countFailed(tests: readonly TestOutcome[]): number {
  return tests.filter(isFailed).length;
}

function isFailed({ outcome }: TestOutcome): boolean {
  return outcome === "failed";
}

function keyOf({ file, name }: TestOutcome): string {
  return `${file}: ${name}`;
}
