// Wire and sasl are tables and pure functions, so nothing excuses an untested branch there.
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import type { Verdict } from "./finding.ts";

const FOLDERS = ["wire", "sasl"] as const;

export async function checkCoverage(root: string): Promise<Verdict> {
  const temporary = join(root, ".cache", "coverage");
  rmSync(temporary, { recursive: true, force: true });
  const tests = FOLDERS.flatMap((folder) => globSync(`packages/pop/test/${folder}/**/*.test.ts`, { cwd: root }));
  // Without files node's runner would look for tests itself, and find others than ours.
  if (tests.length === 0) return { problems: ["there is no test of wire or sasl"], read: "nothing" };
  const include = sources(root).map((file) => `--include=${file}`);
  const node = ["node", "--conditions=restante-source", "--test", "--test-reporter=dot", ...tests];
  const c8 = ["--all", "--extension=.ts", `--temp-directory=${temporary}`, "--reporter=text", ...include];
  const gate = ["--check-coverage", "--branches=100", "--lines=0", "--functions=0", "--statements=0"];
  const { code, output } = await runCommand("c8", [...c8, ...gate, ...node], { cwd: root });
  const files = [...output.matchAll(/^ +[\w-]+\.ts +\|/gm)].length;
  const read = `${tests.length} test files, ${files} source files`;
  if (files === 0) return { problems: [`read nothing:\n${output}`], read };
  return { problems: code === 0 ? [] : [incomplete(output)], read };
}

/** Files with something to run. A file of types alone is never loaded, and would count as a branch not taken. */
function sources(root: string): readonly string[] {
  const files = FOLDERS.flatMap((folder) => globSync(`packages/pop/src/${folder}/**/*.ts`, { cwd: root }));
  const runs = /^(?:export )?(?:const|let|class|(?:async )?function\*?) |^export \{|^import "/m;
  return files.filter((file) => runs.test(readFileSync(join(root, file), "utf8")));
}

/** The rows below 100 %, and what the tests said when they failed. */
function incomplete(output: string): string {
  const rows = output.split("\n").filter((line) => /\.ts +\|/.test(line) && !/\.ts +\| +[\d.]+ \| +100 \|/.test(line));
  const said = output.split("\n").filter((line) => /^ERROR|not ok|✖|AssertionError/.test(line));
  return [...rows, ...said].join("\n") || output;
}
