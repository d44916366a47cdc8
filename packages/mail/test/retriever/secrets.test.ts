// Passwords: from where they are, when they are needed, and never anywhere else.
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { Pop3Error } from "@restante/pop/client";
import type { Log } from "../../src/observe/index.ts";
import {
  checkSource,
  exitOf,
  exportState,
  listServer,
  markSeen,
  planSource,
  tryLogin,
} from "../../src/retriever/index.ts";
import { readPassword } from "../../src/retriever/remote/secret.ts";
import { openSetting, SIX } from "./fixture.ts";

const SECRET = "correct-horse-battery";

test("a password comes from a file of mode 0600, a variable, a command or a person", async (context) => {
  const setting = await openSetting(context, { password: SECRET });
  const file = join(setting.folder, "password");
  writeFileSync(file, `${SECRET}\n`);
  chmodSync(file, 0o600);
  const env = { ...process.env, WORK_PASSWORD: SECRET };
  for (const password of [
    { file },
    { env: "WORK_PASSWORD" },
    { command: ["printf", SECRET] },
    { prompt: true },
    SECRET,
  ])
    assert.equal(
      (await setting.run({ password }, { env, askPassword: () => Promise.resolve(SECRET) })).outcome,
      "ok",
      JSON.stringify(Object.keys(password)),
    );
});

test("a password file that others can read is refused, and so is what cannot be had", async (context) => {
  const setting = await openSetting(context, { password: SECRET });
  const file = join(setting.folder, "password");
  writeFileSync(file, SECRET);
  chmodSync(file, 0o644);
  const rows: readonly (readonly [object, RegExp])[] = [
    [{ file }, /others can read its password file .*; run chmod 600/],
    [{ file: join(setting.folder, "none") }, /cannot be read \(ENOENT\); check the path and its mode$/],
    [{ file: setting.folder }, /its password file .* is a directory; name the file in it$/],
    [{ command: ["true"] }, /its password is empty; it is the first line of the file, or of what the command prints$/],
    [{ env: "NOT_SET_AT_ALL" }, /NOT_SET_AT_ALL is not set/],
    [{ command: ["false"] }, /the command false that prints a secret failed/],
    [{ prompt: true }, /nobody is at a terminal/],
  ];
  for (const [password, message] of rows) {
    const report = await setting.run({ password });
    assert.deepEqual([report.exitCode, report.error?.code], [78, "secret"]);
    assert.match(report.error?.message ?? "", message);
  }
  assert.equal(setting.peer.connections.length, 0);
});

test("a password command that will not end holds up no run that is cut, and is killed", async (context) => {
  const setting = await openSetting(context);
  const pidFile = join(setting.folder, "pid");
  const script = `trap "" TERM; echo $$ >${pidFile}.new; mv ${pidFile}.new ${pidFile}; while :; do sleep 0.05; done`;
  const cut = new AbortController();
  const running = setting.run({ password: { command: ["sh", "-c", script] } }, { signal: cut.signal, cut: cut.signal });
  while (!existsSync(pidFile)) await setImmediate();
  cut.abort();
  const report = await running;
  assert.deepEqual([report.error?.code, setting.peer.connections.length], ["stopped", 0]);
  const pid = Number(readFileSync(pidFile, "utf8"));
  await gone(pid);
});

test("a password command that takes too long is tried again later; one that fails asks for a person", async (context) => {
  const setting = await openSetting(context);
  const read = (command: readonly string[], commandMs: number) =>
    readPassword(setting.source(), { kind: "command", command }, { ...setting.house, commandMs });
  await assert.rejects(read(["sh", "-c", "while :; do sleep 0.05; done"], 1), (error: Error) => {
    assert.ok(error instanceof Pop3Error);
    assert.deepEqual([error.code, exitOf(error)], ["AUTH_TIMEOUT", 75]);
    assert.match(error.message, /^work: the command sh that prints a secret took more than 0.001 seconds$/);
    return true;
  });
  for (const command of [["sh", "-c", "kill -KILL $$"], ["yes"]])
    await assert.rejects(read(command, 60_000), (error: Error) => exitOf(error) === 78);
});

/** Resolves when no process has this number. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setImmediate();
  }
}

requirement(
  "P3-C-018",
  "no password is in a report, an event, a log, a trace, the memory or a command's environment",
  async (context) => {
    const setting = await openSetting(context, { password: SECRET, keys: { password: SECRET } });
    const written: unknown[] = [];
    const note = (fields: unknown, text: string): void => void written.push(fields, text);
    const log: Log = { error: note, warn: note, info: note, debug: note, trace: note };
    const seen = join(setting.folder, "environment");
    const more = { log, trace: (source: string, event: unknown) => void written.push(source, event) };
    written.push(await setting.run({ deliver: [{ to: `exec:env >>${seen}` }] }, more));
    setting.peer.script([
      { on: "PASS", answer: "-ERR [AUTH] no" },
      { on: "AUTH", answer: "-ERR [AUTH] no" },
    ]);
    written.push(await setting.run({}, more), setting.events, exportState(setting.state, "work"));
    const everything = [
      JSON.stringify(written),
      readFileSync(seen, "latin1"),
      readFileSync(join(setting.folder, "data", "fetch.db"), "latin1"),
    ].join("\n");
    assert.ok(everything.includes("PASS") || everything.includes("AUTH"), "the conversation was traced");
    for (const secret of [
      SECRET,
      Buffer.from(SECRET).toString("base64"),
      Buffer.from(`\0anna\0${SECRET}`).toString("base64"),
    ])
      assert.ok(!everything.includes(secret));
  },
);

test("a password that the server repeats is in no report, no memory, and no log", async (context) => {
  const setting = await openSetting(context, {
    password: SECRET,
    keys: { password: SECRET },
    faults: [{ on: "RETR 1", answer: `-ERR not for ${SECRET}` }],
  });
  const written: unknown[] = [];
  const note = (fields: unknown, text: string): void => void written.push(fields, text);
  const log: Log = { error: note, warn: note, info: note, debug: note, trace: note };
  const first = await setting.run({}, { log });
  assert.match(first.failed[0]?.why ?? "", /not for \*{4}/);
  setting.peer.script([{ on: /^(?:AUTH|PASS)/, answer: `-ERR [AUTH] ${SECRET} is wrong` }]);
  written.push(first, await setting.run({}, { log }), setting.events, exportState(setting.state, "work"));
  const memory = readFileSync(join(setting.folder, "data", "fetch.db"), "latin1");
  assert.ok(!JSON.stringify(written).includes(SECRET) && !memory.includes(SECRET));
});

test("a password that the server repeats, as it is or as AUTH sends it, is in no error of a look or a first login", async (context) => {
  const forms = [SECRET, Buffer.from(SECRET).toString("base64"), Buffer.from(`\0anna\0${SECRET}`).toString("base64")];
  const setting = await openSetting(context, {
    password: SECRET,
    keys: { password: SECRET },
    faults: [{ on: /^(?:AUTH|PASS)/, answer: `-ERR [AUTH] wrong: ${forms.join(" or ")}` }],
  });
  const source = setting.source();
  const place = { host: source.host, port: source.port, tls: "none" } as const;
  const looks = [
    () => planSource(source, setting.house),
    () => checkSource(source, setting.house),
    () => markSeen(source, setting.house),
    () => listServer(source, setting.house, { headersMax: 0 }),
    () => tryLogin(place, { users: ["anna"], password: SECRET }),
  ];
  for (const look of looks) {
    const [ended] = await Promise.allSettled([look()]);
    const shown = inspect(ended.status === "rejected" ? ended.reason : undefined, { depth: 10 });
    assert.match(shown, /wrong: \*{4} or \*{4} or \*{4}/);
    for (const form of forms) assert.ok(!shown.includes(form), shown);
  }
});

test("what a server says reaches nobody with its control octets", async (context) => {
  const setting = await openSetting(context, {
    messages: [{ octets: SIX[0] as string, uniqueId: "a\x1b[2J" }],
    faults: [{ on: "RETR 1", answer: "-ERR \x1b]0;owned\x07 no" }],
  });
  const report = await setting.run();
  const shown = JSON.stringify([report, setting.events]);
  assert.ok(!shown.includes("\\u001b"));
  assert.match(report.failed[0]?.uniqueId ?? "", /^a\\x1b\[2J$/);
});
