// The program as people run it, with no flag for its memory: a large message goes through it, and does not lie in it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { PROGRAM, runProgram } from "./product.ts";

/** Tells the process's own peak at its end: maxRSS begins with that of whoever started it. */
const TELLS_PEAK = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from "node:fs";
  process.on("exit", () => process.stderr.write(readFileSync("/proc/self/status", "utf8")));
`)}`;

/** Of one run that collects this message into a store and a Maildir. */
async function peakOctets(message: string | Buffer): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "restante-peak-"));
  try {
    await using peer = await scriptedPeer({ messages: [message] });
    const file = join(folder, "restante.toml");
    const source = [
      "[source.work]",
      'host = "127.0.0.1"',
      `port = ${peer.port}`,
      'tls = "none"',
      'user = "anna"',
      'password = "secret"',
      'account = "anna"',
      "[[source.work.deliver]]",
      `to = ${JSON.stringify(`maildir:${join(folder, "Maildir")}`)}`,
    ];
    await writeFile(file, `${source.join("\n")}\n`, { mode: 0o600 });
    const data = ["--data", join(folder, "data")];
    const added = await runProgram(process.execPath, [PROGRAM, "account", "add", "anna", ...data]);
    assert.equal(added.code, 0, added.stderr);
    const args = ["--import", TELLS_PEAK, PROGRAM, "fetch", "run", "-c", file, ...data];
    const { code, stdout, stderr } = await runProgram(process.execPath, args);
    assert.deepEqual([code, stdout.slice(0, 15)], [0, "work: 1 arrived"]);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(stderr)?.[1]) * 1_024;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void test("a message of 60 MB costs the program less than 50 MB of memory, into a store and a Maildir", async (context) => {
  const big = Buffer.alloc(60_000_000, `${"x".repeat(74)}\r\n`, "latin1");
  big.write("Subject: big\r\n\r\n", "latin1");
  const small = await peakOctets("Subject: small\r\n\r\nx\r\n");
  const large = await peakOctets(big);
  context.diagnostic(`${large - small} octets more`);
  assert.ok(large - small < 50_000_000, `${large - small} octets more`);
});
