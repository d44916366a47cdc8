// `npm run check`: every rule of the house that a machine can see, one line each. `npm run check -- lint types` runs some.
import { availableParallelism } from "node:os";
import { CHECKS, type Check } from "./house/checks.ts";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`no check is called ${unknown.join(", ")}; there are ${CHECKS.map((check) => check.name).join(", ")}`);
  process.exit(64);
}
const chosen = asked.length === 0 ? CHECKS : CHECKS.filter((check) => asked.includes(check.name));

const started = performance.now();
// The compiler goes first and alone: the other checks read what it built.
const [first, rest] = [chosen.filter((check) => check.builds), chosen.filter((check) => !check.builds)];
const failed = [...(await runAll(first, 1)), ...(await runAll(rest, Math.min(2, availableParallelism())))];
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `all ${chosen.length} checks passed in ${seconds} s`
    : `failed: ${failed.join(", ")}, in ${seconds} s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs `checks`, `width` at a time, and gives back the names of those that failed. */
async function runAll(checks: readonly Check[], width: number): Promise<readonly string[]> {
  const queue = [...checks];
  const failures: string[] = [];
  async function lane(): Promise<void> {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      if (!(await runOne(check))) failures.push(check.name);
    }
  }
  await Promise.all(Array.from({ length: width }, lane));
  return failures;
}

async function runOne(check: Check): Promise<boolean> {
  const begun = performance.now();
  const { problems, read } = await check.run().catch((error: unknown) => ({
    problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    read: "nothing",
  }));
  const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`.padStart(7);
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${check.name.padEnd(9)} ${seconds}  ${check.says} (${read})`);
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, "       "));
  return problems.length === 0;
}
