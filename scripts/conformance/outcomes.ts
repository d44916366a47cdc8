// What the last test run left behind.
import { existsSync, readFileSync } from "node:fs";

export interface TestOutcome {
  readonly name: string;
  /** Relative to the root of the tree. */
  readonly file: string;
  readonly outcome: "ok" | "failed" | "skipped";
  readonly reason?: string;
}

export interface TestRun {
  readonly tests: readonly TestOutcome[];
  /** node's closing counts: "tests 812", "pass 812" … */
  readonly summary: readonly string[];
}

/** An empty run when there is no file: the runner died before its end. */
export function readOutcomes(file: string): TestRun {
  if (!existsSync(file)) return { tests: [], summary: ["the test runner left no outcomes"] };
  return JSON.parse(readFileSync(file, "utf8")) as TestRun;
}

/** The requirement ids that lead a test's name, as scripts/conformance/requirement.ts puts them there. */
export function claimedIds(name: string): readonly string[] {
  const words = name.split(" ");
  const end = words.findIndex((word) => !/^(?:P[123]-[SC]|LM-S)-\d{3}$/.test(word));
  return end < 0 ? words : words.slice(0, end);
}
