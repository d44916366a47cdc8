// Servers that do the worst they can with one line, and destinations that fail at the worst moment.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openMaildirDestination } from "../../src/retriever/destinations/maildir.ts";
import { openExecDestination } from "../../src/retriever/destinations/exec.ts";
import { clockDoubt } from "../../src/retriever/decide/clock.ts";
import type { Destination, Intake } from "../../src/retriever/destinations/contract.ts";
import { Intakes } from "../../src/retriever/run/intakes.ts";
import { openSetting, SIX, temporaryFolder } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };
const FACTS = { uniqueId: "u", octets: 3, again: false, prefix: "" };

test("a LOGIN-DELAY of years keeps nobody out for longer than a day", async (context) => {
  const setting = await openSetting(context, {
    capabilities: { start: ["USER", "UIDL", "TOP", "LOGIN-DELAY 900000000"] },
  });
  assert.equal((await setting.run()).arrived.messages, 6);
  assert.equal((await setting.run()).error?.code, "too-soon");
  setting.aheadMs = 86_400_000 + 60_000;
  assert.equal((await setting.run()).exitCode, 0);
});

test("UIDL that leaves lines out once doubles nothing", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "UIDL", connection: 2, lists: [1, 2, 3] }] });
  await setting.run();
  const second = await setting.run();
  assert.deepEqual([second.arrived.messages, setting.texts().length], [0, 6]);
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts().length], [0, 6]);
});

test("UIDL that leaves lines out the first time doubles nothing", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "UIDL", connection: 1, lists: [1, 2, 3] }] });
  await setting.run();
  await setting.run();
  assert.equal(setting.texts().length, 6);
});

test("a server moved to one unique-id for all loses and doubles nothing", async (context) => {
  const messages = SIX.map((octets, i) => ({ octets, uniqueId: `old${i}` }));
  const setting = await openSetting(context, { messages });
  await setting.run();
  const moved = await openSetting(context, { messages: SIX.map((octets) => ({ octets, uniqueId: "same" })) });
  const report = await setting.run({ port: moved.peer.port });
  assert.deepEqual([report.exitCode, report.error?.message], [0, undefined]);
  assert.equal(setting.texts().length, 6);
  assert.equal((await setting.run({ port: moved.peer.port })).arrived.messages, 0);
});

test("a server without TOP and UIDL gives large messages too", async (context) => {
  const large = `Subject: large\r\n\r\n${"x".repeat(76).concat("\r\n").repeat(40_000)}`;
  const setting = await openSetting(context, { messages: [large, ...SIX], without: ["UIDL", "TOP"] });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.message, report.arrived.messages], [0, undefined, 7]);
  assert.deepEqual((await setting.run()).arrived.messages, 0);
});

test("a server that does not stuff dots has no message removed that ended too early", async (context) => {
  const text = "Subject: one\r\n\r\nbefore\r\n.\r\nbehind\r\nand more\r\n";
  // The first packet ends where the message seems to.
  const split = [`+OK ${text.length} octets\r\n`.length + text.indexOf("behind")];
  const faults = [{ on: "RETR", stuffing: false, split, pauseMs: 20 }];
  const setting = await openSetting(context, { messages: [text], keys: KEEP_NONE, faults });
  const first = await setting.run();
  assert.deepEqual([first.arrived.messages, setting.peer.maildrop.removed.length], [1, 0]);
  await setting.run();
  assert.deepEqual(setting.peer.maildrop.removed, []);
});

test("a message that is shorter than LIST told is removed once its octets were seen twice", async (context) => {
  const messages = [{ octets: SIX[0] ?? "", listedOctets: 100_000 }];
  const setting = await openSetting(context, { messages });
  await setting.run();
  const report = await setting.run(KEEP_NONE);
  assert.deepEqual([report.removed, setting.peer.commands.filter((one) => one === "RETR 1").length], [1, 2]);
});

test("a message with a header of megabytes blocks nobody who filters", async (context) => {
  const huge = `Subject: large\r\n${`X-Filler: ${"x".repeat(900)}\r\n`.repeat(5_000)}\r\nText\r\n`;
  const filter = [{ when: { header: "Subject", matches: "^spam" }, do: "skip" }];
  const setting = await openSetting(context, { messages: [huge, ...SIX], keys: { filter } });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.arrived.messages], [0, 7]);
});

test("a rename that fails is not taken for a message that is there", async (context) => {
  const path = join(temporaryFolder(context), "Maildir");
  const maildir = await openMaildirDestination({
    to: "maildir:x",
    path,
    lineEnds: "crlf",
    source: "work",
    checkpoint: () => {},
  });
  const keep = async () => {
    const intake = await maildir.begin(FACTS);
    await intake.write(Buffer.from("abc"));
    return intake.keep({ sha256: "00" });
  };
  rmSync(join(path, "new"), { recursive: true });
  await assert.rejects(keep());
  mkdirSync(join(path, "new"));
  assert.equal((await keep()).added, true);
  assert.equal(readdirSync(join(path, "new")).length, 1);
});

test("destinations that fail together, one at once and one later, are one failure", async () => {
  const discarded: string[] = [];
  const failing = (to: string, write: Intake["write"]): Destination => ({
    to,
    isIdempotent: true,
    concurrency: 1,
    begin: () =>
      Promise.resolve({
        write,
        keep: () => Promise.reject(new Error(to)),
        discard: () => Promise.resolve(void discarded.push(to)),
      }),
    states: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const later = failing("later", () => Promise.reject(new Error("later")));
    const atOnce = failing("at once", () => {
      throw new Error("at once");
    });
    const intakes = await Intakes.begin([later, atOnce], FACTS, { earlier: [], stubs: [] });
    await assert.rejects(async () => intakes.write(Buffer.from("abc")));
    await intakes.discard();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", note);
  }
  assert.deepEqual([unhandled, discarded], [[], ["later", "at once"]]);
});

test("a command that may not be killed fails its message, and neither hangs nor ends the process", async (context) => {
  const kill = process.kill.bind(process);
  let group = 0;
  context.mock.method(process, "kill", (pid: number) => {
    group = pid;
    throw Object.assign(new Error("kill EPERM"), { code: "EPERM", syscall: "kill" });
  });
  const exec = await openExecDestination({
    to: "exec:x",
    command: "exec sleep 60",
    lineEnds: "lf",
    source: "work",
    env: process.env,
    spool: join(temporaryFolder(context), "spool"),
    signal: new AbortController().signal,
    patienceMs: 20,
  });
  const intake = await exec.begin(FACTS);
  await intake.write(Buffer.from("abc"));
  await assert.rejects(intake.keep({ sha256: "00" }), /the command did not end within 0 seconds, and cannot be killed/);
  kill(group, "SIGKILL");
});

test("a clock is doubted whichever way it was set, and whether or not the machine was started since", () => {
  const believed = { wallMs: 1_000 * 86_400_000, uptimeMs: 5_000, boot: "one" };
  const at = (days: number, boot: string) => ({
    now: { wallMs: believed.wallMs + days * 86_400_000, uptimeMs: 6_000, boot },
    believed,
    serverMs: undefined,
  });
  assert.deepEqual(clockDoubt(at(3, "one")), { code: "set-forward", days: 2 });
  assert.deepEqual(clockDoubt(at(-3, "one")), { code: "set-back", days: 3 });
  assert.deepEqual(clockDoubt(at(3, "two")), { code: "moved-forward", days: 3 });
  assert.deepEqual(clockDoubt(at(-3, "two")), { code: "moved-back", days: 3 });
  assert.equal(clockDoubt(at(0.5, "two")), undefined);
});

test("a listing with a gap confirms no removal", async (context) => {
  const faults = [
    { on: "QUIT", connection: 1, applies: false, drop: 0 },
    { on: "LIST", connection: 2, lists: [2, 3, 4, 5, 6] },
    { on: "UIDL", connection: 2, lists: [2, 3, 4, 5, 6] },
  ];
  const setting = await openSetting(context, { keys: KEEP_NONE, faults });
  await setting.run();
  assert.equal((await setting.run()).removed, 0);
  const third = await setting.run();
  assert.deepEqual([third.removed, third.questions, third.exitCode], [6, [], 0]);
});
