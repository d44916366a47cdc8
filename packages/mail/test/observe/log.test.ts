import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { createLog, logPopSession, type PopSessionLine } from "../../src/observe/index.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const folder = temporaryDirectory({ after });

let count = 0;
function fresh(): string {
  count += 1;
  return join(folder, `${count}.log`);
}

const lines = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const session: PopSessionLine = {
  session: "s1",
  protocol: "pop3s",
  remoteAddress: "192.0.2.7",
  account: "7",
  login: "ada",
  mechanism: "SCRAM-SHA-256",
  tls: { protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
  retrieved: { messages: 3, octets: 1_234 },
  top: 0,
  removed: 2,
  left: 5,
  failedLogins: 0,
  durationMs: 17,
  reason: "quit",
};

test("a session is one line with ISO 8601 UTC time", () => {
  const file = fresh();
  const log = createLog({ level: "info", destination: file });
  logPopSession(log, session);
  log.flush();
  const [line, ...more] = lines(file);
  assert.deepEqual(more, []);
  assert.match(String(line?.["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const { time: _, ...rest } = line ?? {};
  assert.deepEqual(rest, {
    level: "info",
    session: "s1",
    protocol: "pop3s",
    remoteAddress: "192.0.2.7",
    account: "7",
    login: "ada",
    mechanism: "SCRAM-SHA-256",
    tls: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    retrieved: { messages: 3, octets: 1_234 },
    top: 0,
    removed: 2,
    left: 5,
    failedLogins: 0,
    durationMs: 17,
    reason: "quit",
    text: "session ended",
  });
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("a login that opened nothing is not written: it may have been a password", () => {
  const file = fresh();
  const log = createLog({ level: "info", destination: file });
  logPopSession(log, { ...session, account: undefined, login: "hunter2" });
  log.flush();
  assert.doesNotMatch(readFileSync(file, "utf8"), /hunter2/);
});

test("a secret handed to the log is blotted out, on the first and second level", () => {
  const file = fresh();
  const log = createLog({ level: "info", destination: file });
  const names = ["password", "secret", "passphrase", "token", "authorization", "verifier", "scram", "key"];
  const secrets: Record<string, string> = Object.fromEntries(names.map((name) => [name, "geheim"]));
  const given = { ...secrets, kept: 1, login: { ...secrets, kept: { octets: 2 } }, listeners: [{ port: 110 }] };
  log.info(given, "careless");
  log.flush();
  const blotted = Object.fromEntries(names.map((name) => [name, "[secret]"]));
  const { level: _level, time: _time, ...written } = lines(file)[0] ?? {};
  assert.deepEqual(written, {
    ...blotted,
    kept: 1,
    login: { ...blotted, kept: { octets: 2 } },
    listeners: [{ port: 110 }],
    text: "careless",
  });
  assert.equal(secrets["password"], "geheim", "what was handed in is as it was");
  assert.deepEqual(given.login, { ...secrets, kept: { octets: 2 } });
});

test("an error is written with its code and causes, and nothing else it carries", () => {
  const file = fresh();
  const log = createLog({ level: "info", destination: file });
  const cause = new Error("disk full");
  log.error(
    { error: Object.assign(new Error("cannot store", { cause }), { code: "ENOSPC", body: "geheim" }) },
    "delivery failed",
  );
  log.flush();
  const written = lines(file)[0]?.["error"] as Record<string, unknown>;
  assert.equal(written["code"], "ENOSPC");
  assert.equal(written["message"], "cannot store");
  assert.equal((written["cause"] as Record<string, unknown>)["message"], "disk full");
  assert.doesNotMatch(readFileSync(file, "utf8"), /geheim/);
});

test("the level decides what is written, and can be changed", () => {
  const file = fresh();
  const log = createLog({ level: "warn", destination: file });
  log.info({}, "one");
  log.warn({}, "two");
  log.setLevel("info");
  log.info({}, "three");
  log.flush();
  assert.deepEqual(
    lines(file).map((line) => line["text"]),
    ["two", "three"],
  );
});

test("after a rotation the log goes on in a new file of the old name", async () => {
  const file = fresh();
  const log = createLog({ level: "info", destination: file });
  log.info({}, "before");
  log.flush();
  renameSync(file, `${file}.1`);
  log.reopen();
  log.info({}, "after");
  log.flush();
  assert.deepEqual(
    lines(`${file}.1`).map((line) => line["text"]),
    ["before"],
  );
  assert.deepEqual(
    lines(file).map((line) => line["text"]),
    ["after"],
  );
});

test("people are told warnings in one line of words, without control characters", () => {
  const told: string[] = [];
  const log = createLog({ level: "info", destination: fresh(), people: { write: (text) => told.push(text) } });
  log.info({}, "nothing to worry about");
  log.warn({ error: new Error("no\nroom\u001b[31m") }, "the disk is full");
  const next = "restante fetch check work says more";
  log.warn({ source: "work", why: "nobody listens there", next }, "collecting met trouble");
  log.flush();
  assert.deepEqual(told, [
    "restante: warning: the disk is full: no room [31m\n",
    "restante: warning: collecting met trouble: work: nobody listens there; restante fetch check work says more\n",
  ]);
});

test("a log whose disk is full is given up: the process ends, and what it keeps back is bounded", () => {
  // In a process of its own: writing out what cannot be written would hold up this one for ever.
  const observe = new URL("../../src/observe/index.ts", import.meta.url).href;
  const program = `
    const { createLog } = await import(${JSON.stringify(observe)});
    const log = createLog({ level: "info", destination: "/dev/full" });
    const memory = () => (gc(), process.memoryUsage().heapUsed);
    const before = memory();
    for (let n = 0; n < 64; n += 1) log.info({ filler: "x".repeat(1_048_576) }, "lost");
    const grown = memory() - before;
    log.flush();
    process.stdout.write(grown < 16 * 1_048_576 ? "bounded" : "kept all: " + grown);
  `;
  const args = ["--expose-gc", "--conditions=restante-source", "--input-type=module", "-e", program];
  assert.equal(execFileSync(process.execPath, args, { timeout: 20_000, encoding: "utf8" }), "bounded");
});
