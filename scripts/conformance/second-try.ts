// A page in a browser shares the machine with all the browser's processes and everything beside them. What fails there
// is tried once more, alone, and named whatever comes of it: a test that needs it is a defect to be mended. Nothing else
// is tried twice. What is broken fails again; the bound keeps that from taking as long as all of them once more.
import type { TestOutcome, TestRun } from "./outcomes.ts";

const MOST_FILES = 8;
const IN_A_BROWSER = /\/browser\/[^/]+\.test\.ts$/;

/** The files that get a second try: the failed ones, when there are few and all of them use a browser. */
export function filesForSecondTry(run: TestRun): readonly string[] {
  const files = [...new Set(run.tests.filter(isFailed).map(({ file }) => file))];
  return files.length <= MOST_FILES && files.every((file) => IN_A_BROWSER.test(file)) ? files : [];
}

/** The first run with the outcomes of the second in place of the same files', and counts of what is there then. */
export function withSecondTry(first: TestRun, second: TestRun): TestRun {
  const again = new Set(second.tests.map(({ file }) => file));
  const tests = [...first.tests.filter(({ file }) => !again.has(file)), ...second.tests];
  const count = (wanted: TestOutcome["outcome"]): number => tests.filter(({ outcome }) => outcome === wanted).length;
  const counts: Readonly<Record<string, number>> = {
    tests: tests.length,
    pass: count("ok"),
    // What ran out of time is one that failed, in the outcomes.
    fail: count("failed"),
    cancelled: 0,
    skipped: count("skipped"),
  };
  const summary = first.summary.map((line) => {
    const [name = ""] = line.split(" ");
    return name in counts ? `${name} ${counts[name]}` : line;
  });
  return { tests, summary };
}

/** What failed the first time and did not fail the second. */
export function passedTheSecondTime(first: TestRun, second: TestRun): readonly string[] {
  const failedAgain = new Set(second.tests.filter(isFailed).map(keyOf));
  const failedFirst = first.tests.filter(isFailed).map(keyOf);
  return failedFirst.filter((key) => !failedAgain.has(key));
}

function isFailed({ outcome }: TestOutcome): boolean {
  return outcome === "failed";
}

function keyOf({ file, name }: TestOutcome): string {
  return `${file}: ${name}`;
}
