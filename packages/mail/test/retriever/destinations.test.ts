// Where mail goes: nothing is there before the message is whole, and then all of it is, octet for octet.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { scriptedPeer } from "@restante/pop/testing";
import { UnixLineEnds, withCrlf } from "../../src/retriever/destinations/line-ends.ts";
import { MaildirWriter } from "../../src/retriever/destinations/maildir-writer.ts";
import type { CollectingOrder } from "./collecting-process.ts";
import { openSetting, openWithStore, SIX, temporaryFolder, type Setting } from "./fixture.ts";

const EXACT: readonly string[] = [
  "Subject: 8-bit\r\n\r\n\xe4\xf6\xfc\xff\x00\x80\r\n",
  "Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n...\r\n",
  "Subject: no end\r\n\r\nno line end here",
  "Subject: lone CR\r\n\r\na\rb\r\n",
  "Subject: CR before CRLF\r\n\r\na\r\r\nb\r\n",
  "Subject: lone LF\r\n\r\na\nb\r\nc\r\n",
  "Subject: long\r\n\r\n" + "x".repeat(300_000) + "\r\n",
  "Subject: late LF\r\n\r\n" + `${"y".repeat(70)}\r\n`.repeat(9_000) + "a\nb\r\n",
  "\r\nno header\r\n",
  "no blank line: either\r\n",
  "",
];

function filesOf(setting: Setting): readonly string[] {
  const folder = join(setting.folder, "Maildir", "new");
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
}

/** A last line without its end gets one on the way, from the server. */
const whole = (text: string): string => (text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`);

test("a Maildir with line_ends crlf has every octet as it came", async (context) => {
  const setting = await openSetting(context, { messages: EXACT });
  await setting.run({ deliver: [{ to: `maildir:${join(setting.folder, "Maildir")}`, line_ends: "crlf" }] });
  assert.deepEqual([...filesOf(setting)].sort(), EXACT.map(whole).sort());
});

test("a Maildir has LF line ends, unless that would lose something", async (context) => {
  const setting = await openSetting(context, { messages: EXACT });
  await setting.run();
  const expected = EXACT.map(whole).map((text) =>
    /\r\r\n|(?<!\r)\n/.test(text) ? text : text.replaceAll("\r\n", "\n"),
  );
  assert.deepEqual([...filesOf(setting)].sort(), expected.sort());
  assert.equal(
    (await setting.run({ server: { keep: "0" } })).removed,
    EXACT.length,
    "and every one of them is known again",
  );
});

test("a store has every message in canonical form", async (context) => {
  const setting = await openWithStore(context, { messages: EXACT });
  await setting.run();
  const canonical = EXACT.map((text) => whole(text).replace(/(?<!\r)\n/g, "\r\n"));
  assert.deepEqual(await setting.anna.texts(), canonical);
});

test("LF for CRLF is undone exactly, or not done, however the octets are cut", () => {
  const octets = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\r\n", "b"), maxLength: 12 });
  const seed = 7_041;
  fc.assert(
    fc.property(octets, fc.array(fc.nat(12), { maxLength: 4 }), (text, cuts) => {
      const ends = new UnixLineEnds();
      const out: Uint8Array[] = [];
      const refused = cutAt(text, cuts).some(
        (chunk) => !ends.pushReversibly(Buffer.from(chunk, "latin1"), (octets) => out.push(Buffer.from(octets))),
      );
      if (refused) return assert.match(text, /\r\r\n|(?<!\r)\n/);
      out.push(ends.end());
      assert.equal(withCrlf(Buffer.concat(out)).toString("latin1"), text);
      return undefined;
    }),
    { seed, numRuns: 1_000 },
  );
});

test("wherever in a long chunk a line ends, it ends with LF, and what could not be undone is refused", () => {
  for (const around of [16, 8_192, 65_536])
    for (let octets = around - 6; octets < around + 6; octets += 1) {
      const line = "a".repeat(octets);
      const lines = `${line}\r\n${line}\r\nb\rc\r`;
      assert.equal(unixOf(lines, "reversibly"), `${line}\n${line}\nb\rc\r`);
      assert.equal(unixOf(lines, "always"), `${line}\n${line}\nb\rc\r`);
      for (const irreversible of [`${line}\r\r\n`, `${line}\n`, `${line}\r\n\n`, `${"\r".repeat(octets)}\r\n`]) {
        assert.equal(unixOf(irreversible, "reversibly"), undefined);
        assert.equal(unixOf(irreversible, "always"), irreversible.replaceAll("\r\n", "\n"));
      }
    }
});

/** In one chunk; undefined where it is refused. */
function unixOf(text: string, how: "reversibly" | "always"): string | undefined {
  const ends = new UnixLineEnds();
  const out: Uint8Array[] = [];
  const take = (octets: Uint8Array): void => void out.push(Buffer.from(octets));
  const octets = Buffer.from(text, "latin1");
  if (how === "always") ends.push(octets, take);
  else if (!ends.pushReversibly(octets, take)) return undefined;
  return Buffer.concat([...out, ends.end()]).toString("latin1");
}

function cutAt(text: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((place, i) => text.slice(places[i], place));
}

test("what a killed run left in tmp is taken away, and other people's files are not", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const tmp = join(setting.folder, "Maildir", "tmp");
  writeFileSync(join(tmp, "somebody.else"), "x");
  setting.peer.script([{ on: "RETR 1", stall: 30 }]);
  setting.peer.maildrop.replace([{ octets: SIX[0] as string, uniqueId: "late" }]);
  await setting.run({ timeout: "1s" });
  assert.deepEqual(readdirSync(tmp), ["somebody.else"]);
});

test("files and folders of a Maildir are their owner's alone", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const maildir = join(setting.folder, "Maildir");
  const [name = ""] = readdirSync(join(maildir, "new"));
  assert.deepEqual([statSync(maildir).mode & 0o777, statSync(join(maildir, "new", name)).mode & 0o777], [0o700, 0o600]);
  assert.match(name, /^0\.R[0-9a-f]{40}\.restante,S=\d+,W=\d+$/);
});

test("of files that are entered together one that cannot be fails alone, with the error of the system", async (context) => {
  const folder = temporaryFolder(context);
  for (const name of ["tmp", "new"]) mkdirSync(join(folder, name));
  const writer = new MaildirWriter({ inbox: join(folder, "new"), checkpoint: undefined });
  const enter = (name: string, to: string): Promise<number> =>
    writer.run({ kind: "enter", file: join(folder, "tmp", name), octets: Buffer.from(name), to: join(folder, to) });
  const [first, second, third] = await Promise.allSettled([
    enter("a", "new/a"),
    enter("b", "nowhere/b"),
    enter("c", "new/c"),
  ]);
  assert.deepEqual([first.status, second.status, third.status], ["fulfilled", "rejected", "fulfilled"]);
  const { code, syscall } = (second as PromiseRejectedResult).reason as NodeJS.ErrnoException;
  assert.deepEqual([code, syscall], ["ENOENT", "rename"]);
  await writer.run({ kind: "discard", file: join(folder, "tmp", "b") });
  await writer.close();
  assert.deepEqual([readdirSync(join(folder, "tmp")), readdirSync(join(folder, "new")).sort()], [[], ["a", "c"]]);
});

// --- exec

test("a command gets each message once, with LF line ends, and never half of one", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 4", drop: 40, times: 2 }] });
  const folder = join(setting.folder, "got");
  mkdirSync(folder);
  const deliver = [
    {
      to: `exec:cat >${folder}/$$; printf '%s %s %s\\n' "$RESTANTE_SOURCE" "$RESTANTE_UNIQUE_ID" "$RESTANTE_OCTETS" >>${folder}/../names`,
    },
  ];
  for (let run = 0; run < 3; run += 1) await setting.run({ deliver });
  const got = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  assert.deepEqual(got.sort(), SIX.map((text) => text.replaceAll("\r\n", "\n")).sort());
  const names = readFileSync(join(setting.folder, "names"), "latin1").split("\n");
  assert.equal(names[0], `work peer-1 ${SIX[0]?.length}`);
});

test("a command's exit code says whether the message, the program or only the moment is wrong", async (context) => {
  // Each is refused by itself, and then all were.
  const ALL_REFUSED = "destination-later";
  const rows: readonly (readonly [string, number, string])[] = [
    ["exit 75", 75, "destination-later"],
    ["exit 77", 78, "destination-config"],
    ["no-such-program-at-all", 78, "destination-config"],
    ["exit 74", 74, "destination"],
    ["kill -9 $$", 74, "destination"],
    ["echo too odd >&2; exit 65", 75, ALL_REFUSED],
    ["exit 1", 75, ALL_REFUSED],
  ];
  for (const [command, exitCode, code] of rows) {
    const setting = await openSetting(context, {
      keys: { server: { keep: "0" }, deliver: [{ to: `exec:${command}` }] },
    });
    const report = await setting.run();
    assert.deepEqual(
      [report.exitCode, report.error?.code, setting.peer.maildrop.messages.length],
      [exitCode, code, 6],
      command,
    );
    assert.equal(report.failed.length, /exit (?:1|65)$/.test(command) ? 6 : 1, command);
    if (command.includes("odd")) assert.match(report.failed[0]?.why ?? "", /ended with exit code 65: too odd$/);
  }
});

test("messages a command refuses three times are quarantined; trouble of the command counts for none", async (context) => {
  const deliver = [{ to: "exec:grep -q 'Subject: m2' && exit 1; exit 0" }];
  const setting = await openSetting(context, { keys: { deliver } });
  assert.deepEqual([(await setting.run()).arrived.messages], [5]);
  await setting.run();
  assert.deepEqual([(await setting.run()).exitCode], [65]);
  const other = await openSetting(context, { keys: { deliver: [{ to: "exec:exit 75" }] } });
  for (let run = 0; run < 4; run += 1) await other.run();
  assert.equal((await other.run({ deliver: [{ to: "exec:true" }] })).arrived.messages, 6);
});

test("a command that hangs is killed with all it started when the run is stopped", async (context) => {
  const setting = await openSetting(context);
  const stop = new AbortController();
  const pid = join(setting.folder, "pid");
  const running = setting.run({ deliver: [{ to: `exec:sleep 600 & echo $! >${pid}; wait` }] }, { signal: stop.signal });
  while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await new Promise(setImmediate);
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    stop.abort();
    mock.timers.tick(10_000);
  } finally {
    mock.timers.reset();
  }
  const report = await running;
  assert.deepEqual([report.arrived.messages, report.exitCode], [0, 75]);
  // Killed with the shell, but not waited for by anybody: on a busy machine it takes a moment.
  while (!isGone(readFileSync(pid, "utf8").trim())) await new Promise(setImmediate);
});

test("no run waits for what a command leaves running", async (context) => {
  const folder = temporaryFolder(context);
  await using peer = await scriptedPeer({ messages: SIX.slice(0, 1) });
  const pid = join(folder, "pid");
  // Without words of its own: only the pipe for them could keep the run.
  const keys = { deliver: [{ to: `exec:cat >/dev/null; sleep 60 & echo $! >${pid}` }] };
  const order: CollectingOrder = { folder, port: peer.port, keys, dieAfter: undefined };
  const program = fileURLToPath(new URL("./collecting-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=restante-source", program, JSON.stringify(order)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  const left = readFileSync(pid, "utf8").trim();
  assert.deepEqual([code, isGone(left)], [0, false]);
  process.kill(Number(left), "SIGKILL");
});

/** Ended; perhaps nobody has asked yet how. */
function isGone(pid: string): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
