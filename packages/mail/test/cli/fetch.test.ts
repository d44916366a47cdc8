import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { takeLeaseForTest } from "../retriever/lease-of.ts";
import { makeCertificate } from "./certificate.ts";
import { FREE_PORTS, here, inDirectory, spawned, startOffice, type Ended } from "./command-line.ts";
import { LETTERS, MESSAGES, withSource } from "./source-house.ts";

test("run collects what is new, says what arrived and what stayed, and the next run finds nothing new", async () => {
  await withSource({}, async ({ fetch, arrived, left }) => {
    const first = await fetch("run");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^work: 3 arrived \(\d+ octets\)/);
    assert.deepEqual(arrived(), LETTERS);
    const second = await fetch("run", "--fail-on-empty");
    assert.equal(second.code, 1);
    assert.match(second.stdout, /^work: 0 arrived, 3 stayed there\.$/m);
    assert.match(second.stdout, /^ {2}stayed {2}3: collected; stays on the server$/m);
    assert.deepEqual(arrived(), LETTERS);
    assert.deepEqual(left(), ["id-1", "id-2", "id-3"]);
  });
});

test('with keep = "0" what has arrived is removed there, and the audit says when and why', async () => {
  await withSource({ lines: ['server = { keep = "0" }'] }, async ({ fetch, left }) => {
    const { code, stdout } = await fetch("run");
    assert.equal(code, 0);
    assert.match(stdout, /3 removed there/);
    assert.deepEqual(left(), []);
    const rows = (await fetch("audit", "work", "--json")).stdout.trim().split("\n");
    const audited = rows.map((row) => JSON.parse(row) as { uniqueId: string; removedAt: string; removedWhy: string });
    assert.deepEqual(audited.map(({ uniqueId }) => uniqueId).sort(), ["id-1", "id-2", "id-3"]);
    for (const { removedAt, removedWhy } of audited) {
      assert.ok(Number.isFinite(Date.parse(removedAt)));
      assert.match(removedWhy, /keep/);
    }
    // Which of them was durable first is the disk's business.
    const [heading = "", ...lines] = (await fetch("audit")).stdout.split("\n");
    const row = lines.find((line) => / id-1 /.test(line)) ?? "";
    assert.match(heading, /^stored +source +unique-id +octets +sha256 +here +removed there$/);
    assert.match(
      row,
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +work +id-1 +\d+  [0-9a-f]{16}  maildir:\S+ +\d{4}-.*Z: .*keep/,
    );
    await fetch("state", "forget", "work", "--all");
    assert.match((await fetch("audit", "work")).stdout, /id-1/);
    const stranger = await fetch("audit", "wrok");
    assert.deepEqual(
      [stranger.code, stranger.stderr],
      [66, "restante: nothing is remembered of wrok; fetch state list shows what is\n"],
    );
  });
});

test("run --json prints one object a source and nothing else", async () => {
  await withSource({}, async ({ fetch }) => {
    const { code, stdout, stderr } = await fetch("run", "--json");
    assert.deepEqual([code, stderr], [0, ""]);
    const reports = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { source: string; arrived: object });
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.source, "work");
    assert.deepEqual(reports[0]?.arrived, { messages: 3, octets: LETTERS.join("").length });
  });
});

test("plan says what would become of each message, and changes nothing here or there", async () => {
  await withSource({ lines: ['fetch = { max_size = "1kB" }'] }, async ({ fetch, left, commands }) => {
    const { code, stdout } = await fetch("plan");
    assert.equal(code, 0);
    assert.match(stdout, /^work: 3 there: 3 to fetch, 0 headers only, 0 to remove, 0 to leave\.$/m);
    assert.match(stdout, /^ +1 +id-1 +\d+ +fetch +new$/m);
    assert.ok(!commands().some((command) => /^(?:RETR|DELE)/.test(command)));
    assert.equal(left().length, 3);
    await fetch("run");
    assert.match((await fetch("plan")).stdout, /^ +1 +id-1 +\d+ +skip +collected; stays on the server$/m);
    assert.doesNotMatch((await fetch("plan", "--changes")).stdout, /id-1/);
  });
});

test("check counts, and tells a script by 1 that nothing is new", async () => {
  await withSource({}, async ({ fetch }) => {
    const before = await fetch("check", "--fail-on-empty");
    assert.equal(before.code, 0);
    assert.match(before.stdout, /^work +3 +\d+ octets +3 +\d+ octets +0$/m);
    await fetch("run");
    assert.equal((await fetch("check", "--fail-on-empty")).code, 1);
  });
});

test("a mailbox that is collected twice is warned of by every command that looks at one of its sources", async () => {
  const tables = (port: number): string =>
    `[source.again]\nhost = "localhost"\nport = ${port}\ntls = "none"\nuser = "anna"\npassword = { env = "WORK_PASSWORD" }\n`;
  await withSource({}, async ({ fetch, file, maildir, peer, data }) => {
    const deliver = `[[source.again.deliver]]\nto = "maildir:${maildir}"\n`;
    const other = `${tables(peer.port).replace("again", "other")}account = "anna"\nenabled = false\n`;
    writeFileSync(file, `${readFileSync(file, "utf8")}${tables(peer.port)}${deliver}${other}`);
    const line = `restante: warning: again and work both collect the mailbox of anna at 127.0.0.1 into maildir:${maildir}, where its mail comes twice; leave one of the two out, or write enabled = false in it\n`;
    for (const words of [["check"], ["plan", "work"], ["run", "again", "--json"]]) {
      const { code, stderr, stdout } = await fetch(...words);
      assert.deepEqual([code, stderr], [0, line], words.join(" "));
      assert.doesNotMatch(stdout, /twice/);
    }
    assert.equal((await fetch("check", "other")).stderr.includes("twice"), false);
    const url = `pop://anna@127.0.0.1:${peer.port}`;
    const env = { RESTANTE_POP_PASSWORD: "secret", WORK_PASSWORD: "secret" };
    const typed = await here(["fetch", "check", url, "--maildir", maildir, "-c", file, "--data", data], { env });
    assert.equal(typed.code, 0);
    assert.match(typed.stderr, /^restante: warning: again and anna-127-0-0-1-\d+ both collect .* comes twice; .*\n$/);
  });
});

test("a look that fails says what to do, as a run does", async () => {
  await withSource({ faults: [{ on: "PASS", answer: "-ERR [AUTH] no" }], mechanisms: [] }, async ({ fetch }) => {
    const line =
      "restante: work: the login was refused: no\n  do      look at user and password; some providers want an app password\n";
    for (const words of [["check"], ["plan"], ["state", "mark-seen", "work"]]) {
      const { code, stderr } = await fetch(...words);
      assert.deepEqual([code, stderr], [77, line], words.join(" "));
    }
    const told = JSON.parse((await fetch("check", "--json")).stdout) as { advice: readonly { code: string }[] };
    assert.deepEqual(
      told.advice.map(({ code }) => code),
      ["login"],
    );
  });
});

test("a variable that begins like ours and is no key is told, and a configuration is not named with nothing", async () => {
  await withSource({}, async ({ file, data }) => {
    const env = { WORK_PASSWORD: "secret", RESTANTE_SOURCE_WORK_PASSWORD: "x" };
    const { code, stderr } = await here(["fetch", "check", "-c", file, "--data", data], { env });
    assert.deepEqual(
      [code, stderr],
      [0, "restante: warning: RESTANTE_SOURCE_WORK_PASSWORD: mirrors no key and is ignored\n"],
    );
    for (const words of [
      ["fetch", "check", "-c", ""],
      ["config", "check", "-c", ""],
    ]) {
      const refused = await here(words);
      assert.equal(refused.code, 64);
      assert.equal(refused.stderr, "restante: the configuration is named with nothing; write its path behind -c\n");
    }
  });
});

test("of several sources one that fails takes nothing from the others, and the worst exit code counts", async () => {
  const tables = [
    "[source.gone]",
    'host = "127.0.0.1"',
    "port = 1",
    'tls = "none"',
    'user = "x"',
    'password = { env = "WORK_PASSWORD" }',
    'deliver = [{ to = "maildir:never" }]',
  ].join("\n");
  await withSource({ tables }, async ({ fetch, arrived }) => {
    const { code, stdout } = await fetch("run");
    assert.equal(code, 69);
    assert.match(stdout, /^gone: 127\.0\.0\.1:1: nobody listens there$/m);
    assert.match(stdout, /^ {2}do {6}look at host, port and tls in the configuration$/m);
    assert.match(stdout, /^work: 3 arrived/m);
    assert.equal(arrived().length, 3);
    assert.equal((await fetch("run", "work")).code, 0);
  });
});

const FAILURES: readonly (readonly [what: string, options: ScriptedPeerOptions, code: number])[] = [
  ["a wrong password", { password: "other" }, 77],
  ["a maildrop in use", { faults: [{ on: "login", answer: "-ERR [IN-USE] locked" }] }, 75],
  ["what is no POP3 server", { faults: [{ on: "greeting", answer: "220 SMTP" }] }, 76],
];

for (const [what, options, expected] of FAILURES) {
  test(`${what} ends run, plan and check with ${expected}`, async () => {
    await withSource(options, async ({ fetch }) => {
      for (const command of ["run", "plan", "check"]) {
        const { code, stdout, stderr } = await fetch(command);
        assert.equal(code, expected, `${command}: ${stdout}${stderr}`);
        assert.match(`${stdout}${stderr}`, /work: /);
        assert.doesNotMatch(`${stdout}${stderr}`, /secret/);
      }
    });
  });
}

test("run, plan and check name the host and port of a server that is not reached, once, and what to look at", async () => {
  const peer = await scriptedPeer();
  const { port } = peer;
  await peer[Symbol.asyncDispose]();
  await withSource({ lines: [] }, async ({ fetch, file }) => {
    writeFileSync(file, readFileSync(file, "utf8").replace(/^port = \d+$/m, `port = ${port}`));
    const said = `work: 127.0.0.1:${port}: nobody listens there\n  do      look at host, port and tls in the configuration\n`;
    const run = await fetch("run");
    assert.deepEqual([run.code, run.stdout], [69, said]);
    for (const command of ["plan", "check"])
      assert.deepEqual(await fetch(command), { code: 69, stdout: "", stderr: `restante: ${said}` });
  });
});

test("where nobody is greeted, the port and the way of TLS are what to look at, until the source has worked", async () => {
  await withSource({ faults: [{ on: "greeting", times: 2, drop: 0 }] }, async ({ fetch, peer }) => {
    const says = /^ {2}do {6}look at port and tls: implicit is for port 995, "stls-required" for port 110$/m;
    assert.match((await fetch("run")).stdout, says);
    const typed = await here(["pop", "list", `pop://anna@127.0.0.1:${peer.port}`], {
      env: { RESTANTE_POP_PASSWORD: "secret" },
    });
    assert.equal(typed.code, 69);
    assert.match(
      typed.stderr,
      /: the server closed the connection; is it the right port\? where TLS is spoken .*pops:\/\//,
    );
    assert.equal((await fetch("run")).code, 0);
    peer.script([{ on: "greeting", drop: 0 }]);
    assert.doesNotMatch((await fetch("run")).stdout, says);
  });
});

test("a run that would remove much of what it did not just collect stops, asks, and goes on with --allow", async () => {
  const messages = Array.from({ length: 30 }, (_, n) => ({
    octets: `Subject: ${n}\r\n\r\n${n}\r\n`,
    uniqueId: `u${n}`,
  }));
  await withSource({ messages, lines: ['server = { keep = "forever" }'] }, async ({ fetch, left, data }) => {
    await fetch("run");
    const file = join(data, "..", "r.toml");
    writeFileSync(file, readFileSync(file, "utf8").replace('"forever"', '"0"'));
    const asked = await fetch("run");
    assert.equal(asked.code, 75);
    assert.match(asked.stdout, /^ {2}ASKS {4}remove 30 of 30 messages from the server in one run\?$/m);
    assert.match(asked.stdout, /--allow many/);
    assert.equal(left().length, 30);
    assert.equal((await fetch("run", "--allow", "many")).code, 0);
    assert.equal(left().length, 0);
  });
});

test("state lists, exports and forgets; what is forgotten is collected again; mark-seen is never collected", async () => {
  await withSource({}, async ({ fetch, arrived }) => {
    assert.equal((await fetch("state", "list")).code, 66);
    assert.equal((await fetch("state", "mark-seen", "work")).stdout.split(";")[0], "work: 3 marked as seen");
    assert.match((await fetch("run")).stdout, /^work: 0 arrived/);
    assert.match((await fetch("state", "forget", "work", "--unique-id", "id-2")).stdout, /^work: 1 forgotten/);
    assert.match((await fetch("run")).stdout, /^work: 1 arrived/);
    assert.deepEqual(arrived(), [LETTERS[1]]);
    const exported = (await fetch("state", "export", "work")).stdout.trim().split("\n");
    const rows = exported.map((line) => JSON.parse(line) as { uniqueId: string; state: string });
    assert.deepEqual(rows.map(({ uniqueId, state }) => `${uniqueId} ${state}`).sort(), [
      "id-1 seen",
      "id-2 collected",
      "id-3 seen",
    ]);
    assert.match((await fetch("state", "list")).stdout, /^work +anna@127\.0\.0\.1:\d+ .* ok +3 +1 +0$/m);
    assert.match((await fetch("state", "forget", "work", "--all")).stdout, /^work: 3 forgotten/);
  });
});

test("state says when there was nothing to forget, lists the sources that are named, and takes no stray option", async () => {
  await withSource({}, async ({ fetch }) => {
    await fetch("run");
    const said = async (...words: readonly string[]): Promise<string> => (await fetch("state", ...words)).stdout;
    assert.equal(
      await said("forget", "work", "--unique-id", "none"),
      "work: nothing forgotten; no message of it has that unique-id: restante fetch state export work lists them.\n",
    );
    assert.equal(
      await said("forget", "work", "--quarantined"),
      "work: nothing forgotten; none of its messages is quarantined.\n",
    );
    assert.match(await said("list", "work"), /^work /m);
    const stranger = await fetch("state", "list", "wrok");
    assert.deepEqual([stranger.code, stranger.stdout], [66, ""]);
    const stray = await fetch("state", "list", "--all");
    assert.deepEqual([stray.code, stray.stderr], [64, "restante: --all belongs to fetch state forget; leave it out\n"]);
  });
});

test("state forgets nothing of a source that is being collected from", async () => {
  await withSource({}, async ({ fetch, data }) => {
    await fetch("run");
    const lease = takeLeaseForTest(data, "work");
    for (const what of ["--all", "--quarantined"]) {
      const { code, stdout, stderr } = await fetch("state", "forget", "work", what);
      assert.deepEqual([code, stdout], [75, ""]);
      assert.match(stderr, /work is being collected by another run/);
    }
    lease.release();
    assert.match((await fetch("state", "forget", "work", "--all")).stdout, /^work: 3 forgotten/);
  });
});

const REFUSED: readonly (readonly [args: readonly string[], line: RegExp])[] = [
  [["run", "nothing"], /there is no source "nothing"; there is work/],
  [["run", "--allow", "all"], /--allow all is no question/],
  [["run", "--account", "anna"], /--account belongs to a URL/],
  [["run", "pop://127.0.0.1"], /the URL names no user/],
  [["run", "pop://anna@127.0.0.1"], /say where the mail of the URL goes/],
  [["run", "pop://anna:pw@127.0.0.1", "--account", "a"], /a POP URL has no password/],
  [["state", "dance"], /fetch state dance is unknown/],
  [["state", "forget"], /forget needs the name of a source/],
];

test("what is typed wrong is refused with 64 and one line that says what is right", async () => {
  await withSource({}, async ({ fetch, commands }) => {
    for (const [args, line] of REFUSED) {
      const { code, stderr } = await fetch(...args);
      assert.match(stderr, line);
      assert.equal(code, 64, stderr);
    }
    assert.deepEqual(commands(), []);
  });
});

test("a data directory that cannot be made ends every look at a source with one line", async () => {
  await withSource({}, async ({ file, commands }) => {
    for (const command of ["run", "plan", "check"]) {
      const { code, stderr } = await here(["fetch", command, "-c", file, "--data", "/proc/restante/data"]);
      assert.match(stderr, /^restante: the data directory \/proc\/restante\/data cannot be made \(ENOENT\); .*\n$/);
      assert.equal(code, 73);
    }
    assert.deepEqual(commands(), []);
  });
});

test("a store that cannot be opened is named as a destination, with what is wrong and what to do", async () => {
  const makers: readonly { readonly make: (data: string) => void; readonly code: number; readonly says: string }[] = [
    { make: () => undefined, code: 78, says: "there is no mail in DATA; start with restante up, or" },
    {
      make: (data) => writeFileSync(join(data, "mail.db"), "no database, however long it is. ".repeat(40)),
      code: 74,
      says: "DATA/mail.db is not a mail store, or is damaged: restore it from a backup, or",
    },
  ];
  for (const { make, code, says } of makers)
    await withSource({ to: () => "store:anna", lines: ['server = { keep = "0" }'] }, async (house) => {
      mkdirSync(house.data, { mode: 0o700 });
      make(house.data);
      const ended = await house.fetch("run");
      assert.equal(ended.code, code, ended.stdout);
      const [line = "", ...advice] = ended.stdout.split("\n");
      const told = `work: store:anna cannot be opened: ${says.replace("DATA", house.data)} `;
      assert.ok(line.startsWith(told), line);
      assert.match(advice.join("\n"), /^ {2}do {6}nothing was lost: /m);
      assert.deepEqual(house.left(), ["id-1", "id-2", "id-3"]);
    });
});

test("a configuration without a source ends with 78 and says how to get one", async () => {
  await inDirectory(async (data) => {
    const { code, stderr } = await here(["fetch", "run", "--data", data]);
    assert.equal(code, 78);
    assert.match(stderr, /names no source; restante fetch setup ADDRESS writes one/);
  });
});

test("one command with a URL collects one account's mail into another of a running post office", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice(["up", "--demo", "--json", "--data", data, ...FREE_PORTS]);
    const friend = office.ready.accounts?.find(({ user }) => user === "friend");
    const url = `pop://friend@127.0.0.1:${office.port("pop3")}`;
    const env = { RESTANTE_POP_PASSWORD: friend?.password ?? "" };
    const there = JSON.parse((await here(["pop", "list", url, "--json"], { env })).stdout) as {
      readonly count: number;
    };
    assert.ok(there.count > 0);
    const argv = ["fetch", "run", url, "--account", "demo", "--data", data, "--json"];
    const arrivedIn = async (): Promise<unknown> =>
      (JSON.parse((await here(argv, { env })).stdout) as { readonly arrived: { readonly messages: number } }).arrived
        .messages;
    assert.equal(await arrivedIn(), there.count);
    assert.equal(await arrivedIn(), 0);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
  });
});

test("a running post office collects from the sources of its configuration, and reads new ones at SIGHUP", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    const password = join(data, "password");
    writeFileSync(password, "secret\n", { mode: 0o600 });
    const table = (name: string, user: string): string =>
      `[source.${name}]\nhost = "127.0.0.1"\nport = ${peer.port}\ntls = "none"\nuser = "${user}"\naccount = "anna"\npassword = { file = "password" }\n`;
    const file = join(data, "restante.toml");
    writeFileSync(file, table("work", "w"), { mode: 0o600 });
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    await untilCollected(data, 3);
    writeFileSync(file, `${table("work", "w")}${table("home", "h")}`, { mode: 0o600 });
    office.signal("SIGHUP");
    await untilCollected(data, 6);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
  });
});

/** Asks the audit until so many messages were stored. */
async function untilCollected(data: string, count: number): Promise<void> {
  for (const until = performance.now() + 30_000; ;) {
    const { stdout } = await here(["fetch", "audit", "--json", "--data", data]);
    if (stdout.split("\n").length - 1 === count) return;
    assert.ok(performance.now() < until, `still ${stdout}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("the daemon alone collects, looks again at SIGUSR1, and ends at SIGTERM", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (directory) => {
    const [file, data] = [join(directory, "r.toml"), join(directory, "data")];
    const password = join(directory, "password");
    writeFileSync(password, "secret\n", { mode: 0o600 });
    writeFileSync(
      file,
      `[source.work]\nhost = "127.0.0.1"\nport = ${peer.port}\ntls = "none"\nuser = "anna"\npassword = { file = "password" }\ndeliver = [{ to = "maildir:Maildir" }]\n`,
    );
    const daemon = await startOffice(["fetch", "daemon", "--json", "-c", file, "--data", data]);
    await untilCollected(data, 3);
    peer.maildrop.deliver("Subject: later\r\n\r\nlater\r\n");
    daemon.signal("SIGUSR1");
    await untilCollected(data, 4);
    daemon.signal("SIGTERM");
    assert.equal(await daemon.ended(), 0);
    assert.equal(readdirSync(join(directory, "Maildir", "new")).length, 4);
  });
});

test("the daemon collects from a URL, as run does", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (directory) => {
    const data = join(directory, "data");
    const url = `pop://anna@127.0.0.1:${peer.port}`;
    const into = ["--maildir", join(directory, "Maildir"), "--password-command", "echo secret"];
    const daemon = await startOffice(["fetch", "daemon", url, ...into, "--json", "--data", data]);
    await untilCollected(data, 3);
    daemon.signal("SIGTERM");
    assert.equal(await daemon.ended(), 0);
    assert.equal(readdirSync(join(directory, "Maildir", "new")).length, 3);
  });
});

test("serverinfo shows how to write the source, and the pin of a certificate nobody vouches for", async () => {
  const certificate = await makeCertificate();
  await using peer = await scriptedPeer({ tls: certificate });
  const { code, stdout } = await spawned(["fetch", "serverinfo", `127.0.0.1:${peer.port}`]);
  assert.equal(code, 80);
  assert.match(stdout, /^ {2}log in with +\S+/m, "what it says is shown all the same");
  assert.ok(!peer.commands.some((command) => /^(?:USER|PASS|AUTH|APOP)/.test(command)));
  const asked = await spawned(["fetch", "serverinfo", `127.0.0.1:${peer.port}`, "--json"]);
  const [, byStls] = JSON.parse(asked.stdout) as { error: { code: string }; pin: string; capabilities: object }[];
  assert.deepEqual([byStls?.error.code, byStls?.pin], ["TLS_UNTRUSTED", certificate.pin]);
  assert.ok("UIDL" in (byStls?.capabilities ?? {}));
  assert.match(stdout, new RegExp(`pin = \\["${certificate.pin.replace(/[+/]/g, "\\$&")}"\\]`));
  await using plain = await scriptedPeer({});
  const open = await spawned(["fetch", "serverinfo", `127.0.0.1:${plain.port}`]);
  assert.equal(open.code, 0);
  assert.match(open.stdout, /^ {2}write +tls = "none"$/m);
  const at = `127.0.0.1:${plain.port}`;
  await plain.close();
  const gone = await spawned(["fetch", "serverinfo", at]);
  assert.equal(gone.code, 69);
  assert.equal(
    gone.stdout,
    ["TLS", "STLS or cleartext"].map((way) => `${way}, ${at}: nobody listens there\n`).join(""),
  );
  assert.equal(gone.stderr, "restante: see that it is the right host, and whether POP3 is at another port\n");
});

requirement(
  "P3-C-042",
  "of a certificate that is not trusted serverinfo shows all there is to compare and what to write, and says no secret",
  async () => {
    const certificate = await makeCertificate();
    await using peer = await scriptedPeer({ tls: certificate });
    const { fingerprint256, validFromDate, validToDate } = new X509Certificate(certificate.cert);
    const day = (date: Date): string => date.toISOString().slice(0, 10);
    const told = [
      "STLS or cleartext, 127.0.0.1:PORT: no trusted issuer vouches for the certificate: it is self-signed",
      "  certificate   CN=Restante on this machine",
      "  issued by     itself",
      "  for           localhost, 127.0.0.1, 0:0:0:0:0:0:0:1",
      `  valid         from ${day(validFromDate)} to ${day(validToDate)}`,
      `  SHA-256       ${fingerprint256}`,
      "  to trust it   ask who runs the server for its fingerprint, by another way than this; only if it is the same, write its pin",
      '  write         tls = "stls-required"',
      `  write         pin = ["${certificate.pin}"]`,
    ];
    const ask = (...args: readonly string[]): Promise<Ended> =>
      here(["fetch", "serverinfo", `127.0.0.1:${peer.port}`, ...args], { env: { RESTANTE_POP_PASSWORD: "secret" } });
    const { code, stdout } = await ask();
    assert.equal(code, 80);
    assert.ok(stdout.replaceAll(String(peer.port), "PORT").includes(`${told.join("\n")}\n`), stdout);
    const changed = await ask("--pin", "0".repeat(64));
    assert.equal(changed.code, 80);
    assert.match(changed.stdout, /: the certificate is not the pinned one\n/);
    assert.match(
      changed.stdout,
      /^ {2}to trust it +find out from who runs the server why it has another certificate;/m,
    );
    const [, json] = JSON.parse((await ask("--json")).stdout) as { error: object; security: Record<string, unknown> }[];
    assert.deepEqual(json?.error, {
      code: "TLS_UNTRUSTED",
      message: "no trusted issuer vouches for the certificate: it is self-signed",
    });
    assert.deepEqual([json?.security["fingerprint"], json?.security["trustedBy"]], [fingerprint256, null]);
    // Beside what was said to it as to a port of TLS.
    const said = peer.commands.filter((command) => /^[A-Z]{4}/.test(command));
    assert.deepEqual([...new Set(said)].sort(), ["CAPA", "QUIT", "STLS"]);
  },
);

test("serverinfo trusts what --pin and --ca name, and says the keys of a source that trust it as well", async () => {
  const certificate = await makeCertificate();
  await using peer = await scriptedPeer({ tls: certificate });
  await inDirectory(async (directory) => {
    const [ca, none] = [join(directory, "ca.pem"), join(directory, "none.pem")];
    writeFileSync(ca, certificate.cert);
    writeFileSync(none, certificate.key);
    const ask = (...args: readonly string[]): Promise<Ended> =>
      here(["fetch", "serverinfo", `127.0.0.1:${peer.port}`, ...args]);
    const pinned = await ask("--pin", certificate.pin);
    assert.equal(pinned.code, 0);
    assert.ok(pinned.stdout.includes(`  write         pin = ["${certificate.pin}"]\n`), pinned.stdout);
    const issued = await ask("--ca", ca);
    assert.equal(issued.code, 0);
    assert.ok(issued.stdout.includes(`  write         ca = ${JSON.stringify(ca)}\n`), issued.stdout);
    for (const { stdout } of [pinned, issued]) assert.doesNotMatch(stdout, /to trust it|vouches/);
    assert.deepEqual(
      [await ask("--ca", none), await ask("--pin", "nonsense")].map(({ code, stdout, stderr }) => [
        code,
        stdout,
        stderr,
      ]),
      [
        [64, "", `restante: --ca ${none} holds no certificate; name a PEM file, with BEGIN CERTIFICATE in it\n`],
        [
          64,
          "",
          "restante: --pin nonsense is no pin; write sha256/BASE64 of the server's public key, or the SHA-256 fingerprint of its certificate\n",
        ],
      ],
    );
  });
});

test("a source that hangs in the middle of a message keeps nobody from stopping the post office", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES, faults: [{ on: "RETR 2", stall: 20 }] });
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    writeFileSync(
      join(data, "restante.toml"),
      `[source.work]\nhost = "127.0.0.1"\nport = ${peer.port}\ntls = "none"\nuser = "w"\naccount = "anna"\npassword = "secret"\n`,
      { mode: 0o600 },
    );
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    while (!peer.commands.includes("RETR 2")) await new Promise((resolve) => setImmediate(resolve));
    const toldAt = performance.now();
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
    // The retriever alone would have waited ten seconds for the rest of the message.
    assert.ok(performance.now() - toldAt < 8_000);
    peer.script([]);
    const { stdout } = await here(["fetch", "run", "--data", data]);
    assert.match(stdout, /^work: [23] arrived/);
    const audit = (await here(["fetch", "audit", "--json", "--data", data])).stdout.trim().split("\n");
    assert.equal(audit.length, 3);
  });
});
