// `fetch run` and `fetch daemon` as processes that are told to end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SourceReport } from "../../src/retriever/index.ts";
import { COMMAND, ENV, type Ended } from "./command-line.ts";
import { withSource, type House } from "./source-house.ts";

const COUNT = 60;
/** Of different lengths, so that each is known to be whole before the next is. */
const MANY = {
  messages: Array.from({ length: COUNT }, (_, n) => ({
    octets: `Subject: ${n}\r\n\r\n${"x".repeat(n)}\r\n`,
    uniqueId: `u${String(n).padStart(3, "0")}`,
  })),
  latencyMs: 20,
  lines: ['pipelining = "off"'],
};

/** Runs a command, and has it told to end when the first message is in the Maildir. */
async function told(
  house: House,
  o: { readonly argv: readonly string[]; readonly signals: readonly NodeJS.Signals[] },
): Promise<Ended> {
  const [node, ...restante] = COMMAND;
  const argv = [...restante, "fetch", ...o.argv, "-c", house.file, "--data", house.data];
  const child = spawn(node, argv, { env: { ...ENV, WORK_PASSWORD: "secret" }, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  try {
    await until(() => collected(house) > 0);
    for (const [index, signal] of o.signals.entries()) {
      if (index > 0) await until(() => texts.stderr.includes("stopping"));
      child.kill(signal);
    }
    const [code, signal] = await closed;
    return { code: code ?? (signal === null ? -1 : -2), ...texts };
  } finally {
    child.kill("SIGKILL");
  }
}

function collected({ maildir }: House): number {
  const folder = join(maildir, "new");
  return existsSync(folder) ? readdirSync(folder).length : 0;
}

async function until(is: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !is();) {
    assert.ok(performance.now() < end, "it never came");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const)
  test(`${signal} ends a run with 75, and its summary says what was collected and what was not tried`, async () => {
    await withSource(MANY, async (house) => {
      const { code, stdout, stderr } = await told(house, { argv: ["run"], signals: [signal] });
      const here = collected(house);
      assert.ok(here < COUNT, "it was over before it was told");
      assert.equal(code, 75, stderr);
      const left = COUNT - here;
      const [first, ...more] = stdout.trimEnd().split("\n");
      assert.match(
        first ?? "",
        new RegExp(
          `^work: stopped: ${here} collected, ${left} not tried; ${here} arrived \\(.*\\), ${left} stayed there\\.$`,
        ),
      );
      assert.deepEqual(more, [
        `  stayed  ${left}: not tried: the run was stopped`,
        "  do      the next run goes on where this one stopped",
      ]);
      assert.match(stderr, /^restante: stopping; once more ends at once$/m);
      assert.equal((await house.fetch("run")).code, 0);
      assert.equal(collected(house), COUNT, "nothing is lost and nothing doubled");
    });
  });

test("with --json a stopped run is one object that says the same, and nothing else is said", async () => {
  await withSource(MANY, async (house) => {
    const { code, stdout, stderr } = await told(house, { argv: ["run", "--json"], signals: ["SIGTERM"] });
    const report = JSON.parse(stdout) as SourceReport;
    const here = collected(house);
    assert.deepEqual([code, stderr], [75, ""]);
    assert.deepEqual(
      [report.exitCode, report.outcome, report.error?.code, report.arrived.messages, report.tried],
      [75, "partial", "stopped", here, { n: here, of: COUNT }],
    );
    assert.deepEqual(report.error?.values, { collected: here, left: COUNT - here, unremoved: 0 });
  });
});

test("a second signal ends a run at once, and the next one finishes it", async () => {
  // It stalls in the second message, which the first signal waits for.
  const faults = [{ on: "RETR 2", stall: 5 }];
  await withSource({ ...MANY, lines: ['timeout = "1h"'], latencyMs: 0, faults }, async (house) => {
    const { code, stdout, stderr } = await told(house, { argv: ["run"], signals: ["SIGTERM", "SIGINT"] });
    assert.deepEqual([code, stdout], [130, ""]);
    assert.match(stderr, /^restante: SIGINT again: ended at once$/m);
    house.peer.script([]);
    const next = await house.fetch("run");
    assert.equal(next.code, 0, next.stdout);
    assert.equal(collected(house), COUNT);
    assert.deepEqual(readdirSync(join(house.maildir, "tmp")), []);
  });
});

test("the daemon that is told to end ends with 0, whatever it is at", async () => {
  await withSource(MANY, async (house) => {
    const { code, stdout } = await told(house, { argv: ["daemon", "--json"], signals: ["SIGTERM"] });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly event?: string; readonly error?: { readonly code: string } });
    assert.equal(code, 0);
    assert.deepEqual(
      lines.map(({ event, error }) => event ?? error?.code),
      ["ready", "stopped", "stopped"],
    );
  });
});
