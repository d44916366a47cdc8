// `npm test`: node's own runner over every test of the tree, the sources unbuilt. `npm test -- lmtp` runs the files whose
// path contains "lmtp"; --long runs the loads whole where the short run takes a seeded sample.
// Afterwards, on a full run, the outcomes are held against docs/conformance.md.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { conformanceProblems } from "./conformance/compare.ts";
import { readOutcomes, type TestRun } from "./conformance/outcomes.ts";
import { filesForSecondTry, passedTheSecondTime, withSecondTry } from "./conformance/second-try.ts";
import { TEST_PATTERNS } from "./conformance/test-files.ts";
import { root } from "./house/command.ts";

const TEST_TIMEOUT_MS = 180_000;
const LONG_TEST_TIMEOUT_MS = 6 * 3_600_000;
/** `npm test` takes the same samples every time; the long run looks elsewhere each time, and says where. */
const SEED = 20_261_126;
/** A test that keeps its event loop busy cannot time itself out. */
const RUN_TIMEOUT_MS = 40 * 60_000;

const long = process.argv.includes("--long");
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const all = globSync(TEST_PATTERNS, { cwd: root }).toSorted();
const files = filters.length === 0 ? all : all.filter((file) => filters.some((filter) => file.includes(filter)));
if (files.length === 0) {
  console.error(`no test file matches ${filters.join(" ")}`);
  process.exit(64);
}

const outcomesFile = join(root, ".cache", "test-outcomes.json");
mkdirSync(join(root, ".cache"), { recursive: true });
const { code, run, triedAgain = false } = await runAndTryAgain();
const problems = [...skipProblems(run), ...(filters.length === 0 && code === 0 ? conformanceProblems(root, run) : [])];
report(run, problems);
process.exitCode = code === 0 && problems.length === 0 ? 0 : 1;

interface Outcome {
  readonly code: number;
  readonly run: TestRun;
  readonly triedAgain?: boolean;
}

async function runAndTryAgain(): Promise<Outcome> {
  // One more than can be at work: a test waits for sockets, disks and browsers as long as it computes.
  const first = await runTests(files, availableParallelism() + 1);
  const again = first.code === 0 ? [] : filesForSecondTry(first.run);
  if (again.length === 0) return first;
  console.log(`tried once more, alone: ${again.join(", ")}`);
  const second = await runTests(again, 1);
  for (const name of passedTheSecondTime(first.run, second.run)) console.log(`passed only the second time: ${name}`);
  const merged = withSecondTry(first.run, second.run);
  writeFileSync(outcomesFile, `${JSON.stringify(merged, null, 1)}\n`);
  return { code: second.code, run: merged, triedAgain: true };
}

async function runTests(some: readonly string[], concurrency: number): Promise<Outcome> {
  rmSync(outcomesFile, { force: true });
  return { code: await runNode(some, concurrency), run: readOutcomes(outcomesFile) };
}

function runNode(some: readonly string[], concurrency: number): Promise<number> {
  const args = [
    "--conditions=restante-source",
    "--import=./scripts/property-seed.ts",
    "--test",
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${long ? LONG_TEST_TIMEOUT_MS : TEST_TIMEOUT_MS}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=./scripts/conformance/outcome-reporter.ts",
    `--test-reporter-destination=${outcomesFile}`,
    ...some,
  ];
  const seed = process.env["RESTANTE_SEED"] ?? String(long ? randomInt(2 ** 31) : SEED);
  console.log(`samples are taken with seed ${seed}; RESTANTE_SEED=${seed} takes the same again`);
  const env = {
    ...process.env,
    RESTANTE_SEED: seed,
    // Hundreds of processes load the same sources: compiled once, they start in half the time.
    NODE_COMPILE_CACHE: join(root, ".cache", "compiled"),
    ...(long ? { RESTANTE_LONG: "1" } : {}),
  };
  return new Promise((resolve, reject) => {
    const timeout = long ? 2 * LONG_TEST_TIMEOUT_MS : RUN_TIMEOUT_MS;
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], timeout });
    child.once("error", reject);
    child.once("close", (status, signal) => {
      if (signal !== null) console.error(`the run was ended by ${signal}; it has ${timeout / 60_000} minutes`);
      resolve(status ?? 1);
    });
  });
}

/** In CI every peer is installed, so a skipped test is a test that did not do its work. */
function skipProblems(outcome: TestRun): string[] {
  const skipped = outcome.tests.filter((test) => test.outcome === "skipped");
  for (const test of skipped) console.log(`skipped: ${test.name}: ${test.reason ?? "no reason given"}`);
  return process.env["CI"] === "true" && skipped.length > 0
    ? [`${skipped.length} tests were skipped, and CI skips none`]
    : [];
}

/** node's counts stay the last lines, whatever else there was to say. */
function report(outcome: TestRun, findings: readonly string[]): void {
  for (const finding of findings) console.error(finding);
  if (code !== 0 || triedAgain || findings.length > 0 || outcome.tests.some((test) => test.outcome === "skipped")) {
    for (const line of outcome.summary) console.log(`ℹ ${line}`);
  }
}
