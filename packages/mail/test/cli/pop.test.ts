import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Pop3Error } from "@restante/pop/client";
import { scriptedPeer, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { makeCertificate, type MadeCertificate } from "./certificate.ts";
import { atPlace } from "../../src/cli/commands/pop/session.ts";
import { certificateDay } from "../../src/cli/commands/trust.ts";
import { sanitize } from "../../src/message/html/sanitize.ts";
import { LinkFinder } from "../../src/message/text/links.ts";
import { COMMAND, ENV, here, inDirectory, spawned, type Ended } from "./command-line.ts";

const PASSWORD = { RESTANTE_POP_PASSWORD: "secret" };
const LETTERS = [
  "Subject: one\r\n\r\n.dot\r\n..\r\ncaf\xe9\r\n",
  "Subject: two\r\nX-Long: yes\r\n\r\nfirst\r\nsecond\r\nthird\r\n",
  "Subject: three\r\n\r\nlast line without end",
];
const MESSAGES = LETTERS.map((octets, index) => ({ octets, uniqueId: `id-${index + 1}` }));

function url(peer: ScriptedPeer, scheme = "pop"): string {
  return `${scheme}://anna@127.0.0.1:${peer.port}`;
}

/** `restante pop COMMAND URL ARGS` against a peer of its own, with the password in the environment. */
async function pop(
  command: string,
  args: readonly string[],
  o: ScriptedPeerOptions = {},
): Promise<Ended & { readonly commands: readonly string[]; readonly left: readonly string[] }> {
  await using peer = await scriptedPeer({ messages: MESSAGES, ...o });
  const ended = await here(["pop", command, url(peer), ...args], { env: PASSWORD });
  const left = peer.maildrop.messages.map(({ uniqueId }) => uniqueId ?? "-");
  return { ...ended, commands: peer.commands, left };
}

test("list prints number, octets and unique-id of each message", async () => {
  const { code, stdout, stderr } = await pop("list", []);
  assert.equal(stderr, "");
  assert.deepEqual(
    [code, stdout],
    [0, "number  octets  unique-id\n     1      32  id-1\n     2      51  id-2\n     3      41  id-3\n"],
  );
});

test("list --json has the sum, and whether the listings were in order", async () => {
  const { stdout } = await pop("list", ["--json"], { messages: MESSAGES.slice(0, 1) });
  assert.deepEqual(JSON.parse(stdout), {
    count: 1,
    octets: 32,
    isComplete: true,
    messages: [{ n: 1, octets: 32, uniqueId: "id-1" }],
  });
});

test("list warns of unique-ids that several messages share", async () => {
  const { code, stderr } = await pop("list", [], { messages: MESSAGES.map((one) => ({ ...one, uniqueId: "same" })) });
  assert.deepEqual([code, stderr], [0, "restante: warning: several messages share a unique-id: same\n"]);
});

test("get writes one message to standard output, octet for octet", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (directory) => {
    const password = join(directory, "password");
    writeFileSync(password, "secret\n");
    const argv = ["pop", "get", url(peer), "2", "--password-command", `cat ${password}`];
    assert.deepEqual(await spawned(argv), { code: 0, stdout: LETTERS[1], stderr: "" });
  });
});

test("get --output writes a file a message, named by unique-id, readable by its owner only", async () => {
  await inDirectory(async (directory) => {
    const { code, stdout, stderr } = await pop("get", ["--all", "--output", directory]);
    assert.deepEqual([code, stdout, stderr], [0, `${directory}: 3 written (124 octets), 0 there already.\n`, ""]);
    assert.deepEqual(readdirSync(directory).sort(), ["id-1.eml", "id-2.eml", "id-3.eml"]);
    const read = (name: string): string => readFileSync(join(directory, name), "latin1");
    assert.equal(read("id-1.eml"), LETTERS[0]);
    assert.equal(read("id-3.eml"), `${LETTERS[2]}\r\n`);
    assert.equal(statSync(join(directory, "id-1.eml")).mode & 0o777, 0o600);
  });
});

test("a directory that cannot be made ends get with one line", async () => {
  const { code, stdout, stderr } = await pop("get", ["--all", "--output", "/proc/restante/mail"]);
  assert.deepEqual([code, stdout], [73, ""], stderr);
  assert.match(stderr, /^restante: \/proc\/restante\/mail .*ENOENT.*\n$/);
});

test("get leaves a file that is there already as it is", async () => {
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, "id-2.eml"), "mine");
    const { stdout } = await pop("get", ["1-2", "--output", directory, "--json"]);
    const { messages } = JSON.parse(stdout) as { readonly messages: readonly { readonly written: boolean }[] };
    assert.deepEqual(
      messages.map(({ written }) => written),
      [true, false],
    );
    assert.equal(readFileSync(join(directory, "id-2.eml"), "utf8"), "mine");
  });
});

test("get --output writes every message, also where unique-ids are shared, missing or alike at length, and none twice", async () => {
  const long = "/".repeat(69);
  const cases = [
    { messages: ["same", "same", "same"].map((uniqueId, i) => ({ uniqueId, octets: LETTERS[i] ?? "" })) },
    { messages: ["same", "same", "same"].map((uniqueId) => ({ uniqueId, octets: LETTERS[0] ?? "" })) },
    // A unique-id has up to 70 octets (RFC 1939 §7); each of these becomes three in a file's name.
    { messages: ["a", "b", "c"].map((last, i) => ({ uniqueId: `${long}${last}`, octets: LETTERS[i] ?? "" })) },
    { messages: MESSAGES, without: ["UIDL"] },
  ];
  for (const options of cases)
    await inDirectory(async (directory) => {
      const get = () => pop("get", ["--all", "--output", directory], options);
      assert.match((await get()).stdout, /: 3 written \(\d+ octets\), 0 there already\.\n$/);
      const sent = options.messages.map(({ octets }) => `${octets}${octets.endsWith("\r\n") ? "" : "\r\n"}`);
      const kept = (): readonly string[] =>
        readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1"));
      assert.deepEqual([...kept()].sort(), [...sent].sort());
      assert.match((await get()).stdout, /: 0 written \(0 octets\), 3 there already\.\n$/);
      assert.equal(kept().length, 3);
    });
});

test("a message without a unique-id never takes the file of one that had its number", async () => {
  await inDirectory(async (directory) => {
    for (const octets of LETTERS)
      await pop("get", ["1", "-o", directory], { messages: [{ octets }], without: ["UIDL"] });
    assert.equal(readdirSync(directory).length, LETTERS.length);
  });
});

test("get writes LF line ends when they are asked for, and tells the sha256 of what it wrote", async () => {
  await inDirectory(async (directory) => {
    const { stdout } = await pop("get", ["--unique-id", "id-2", "-o", directory, "--line-ends", "lf", "--json"]);
    assert.equal(readFileSync(join(directory, "id-2.eml"), "latin1"), (LETTERS[1] ?? "").replaceAll("\r\n", "\n"));
    const { messages } = JSON.parse(stdout) as { readonly messages: readonly { readonly sha256: string }[] };
    // printf 'Subject: two\nX-Long: yes\n\nfirst\nsecond\nthird\n' | sha256sum
    assert.equal(messages[0]?.sha256, "92298f2e2fe76a49a48f9392d3525fff6a1a4759ba72dac80302a9e09a10f7e6");
  });
});

test("a unique-id never names a file outside the directory", async () => {
  await inDirectory(async (directory) => {
    const messages = ["../../x", "..", ".", "a/b", "/etc/passwd", "-rf"].map((uniqueId) => ({
      octets: "\r\n",
      uniqueId,
    }));
    assert.equal((await pop("get", ["--all", "-o", join(directory, "in")], { messages })).code, 0);
    assert.deepEqual(readdirSync(directory), ["in"]);
    assert.deepEqual(
      readdirSync(join(directory, "in")).sort(),
      ["%2Drf.eml", "%2E..eml", "%2E.eml", "%2E.%2F..%2Fx.eml", "%2Fetc%2Fpasswd.eml", "a%2Fb.eml"].sort(),
    );
  });
});

test("a message that breaks off leaves no file", async () => {
  await inDirectory(async (directory) => {
    const { code, stderr } = await pop("get", ["2", "-o", directory], { faults: [{ on: "RETR 2", drop: 30 }] });
    assert.equal(code, 69);
    assert.match(stderr, /^restante: 127\.0\.0\.1:\d+: the connection ended inside a reply\n$/);
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("top prints header and lines of the body of several messages", async () => {
  const { stdout, commands } = await pop("top", ["2-", "--lines", "1"]);
  assert.equal(stdout, "Subject: two\r\nX-Long: yes\r\n\r\nfirst\r\nSubject: three\r\n\r\nlast line without end\r\n");
  assert.ok(commands.includes("TOP 2 1"));
  const json = (await pop("top", ["2-", "--json"])).stdout;
  assert.deepEqual(JSON.parse(json), {
    messages: [
      { n: 2, octets: 51, uniqueId: "id-2", text: "Subject: two\r\nX-Long: yes\r\n\r\n" },
      { n: 3, octets: 41, uniqueId: "id-3", text: "Subject: three\r\n\r\n" },
    ],
  });
  assert.deepEqual(JSON.parse((await pop("top", ["--all", "--json"], { messages: [] })).stdout), { messages: [] });
});

test("top retrieves no message where the server has no TOP: it says so, and what to do", async () => {
  const { code, stdout, stderr, commands } = await pop("top", ["1"], { without: ["TOP"] });
  assert.deepEqual([code, stdout, commands.filter((one) => one.startsWith("RETR"))], [76, "", []]);
  assert.match(
    stderr,
    /^restante: 127\.0\.0\.1:\d+: the server gives no header without .*; restante pop get 1 fetches all of it.*\n$/,
  );
});

test("get that fails ends without QUIT, at which a server may remove what was retrieved and is nowhere yet", async () => {
  const faults = [{ on: "RETR 2", answer: "-ERR no" }];
  const { code, commands } = await inDirectory((directory) => pop("get", ["--all", "--output", directory], { faults }));
  assert.deepEqual([code, commands.includes("QUIT"), commands.includes("RETR 3")], [65, false, true]);
});

test("get whose reader has gone ends without QUIT, and without a word", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  const [node, ...restante] = COMMAND;
  const child = spawn(node, [...restante, "pop", "get", url(peer), "1"], { env: { ...ENV, ...PASSWORD } });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, "close")) as [number];
  assert.deepEqual(
    [code, said, peer.commands.includes("RETR 1"), peer.commands.includes("QUIT")],
    [0, "", true, false],
  );
});

test("a day of a certificate that is none is said to be unknown", () => {
  assert.deepEqual([new Date(0), new Date(NaN)].map(certificateDay), ["1970-01-01", "an unknown day"]);
});

test("delete removes what it marked and says so", async () => {
  const { code, stdout, left } = await pop("delete", ["1", "--unique-id", "id-3"]);
  assert.deepEqual([code, stdout], [0, "2 marked: the server says they are removed.\n"]);
  assert.deepEqual(left, ["id-2"]);
});

test("delete --dry-run removes nothing", async () => {
  const { code, stdout, left } = await pop("delete", ["--all", "--dry-run"]);
  assert.deepEqual([code, stdout], [0, "3 could be marked; nothing was removed.\n"]);
  assert.deepEqual(left, ["id-1", "id-2", "id-3"]);
});

test("when one mark is refused, delete removes nothing", async () => {
  const { code, left } = await pop("delete", ["--all"], { faults: [{ on: "DELE 2", answer: "-ERR no" }] });
  assert.notEqual(code, 0);
  assert.deepEqual(left, ["id-1", "id-2", "id-3"]);
});

for (const [status, faults] of [
  ["partial", [{ on: "QUIT", answer: "-ERR some not removed", removes: [1] }]],
  ["unknown", [{ on: "QUIT", drop: 0 }]],
] as const) {
  test(`a commit that is ${status} is told as such, with 75`, async () => {
    const { code, stdout } = await pop("delete", ["1-2", "--json"], { faults });
    assert.equal(code, 75);
    assert.equal((JSON.parse(stdout) as { readonly status: string }).status, status);
  });
}

test("capa shows greeting and capabilities without logging in", async () => {
  const { code, stdout, commands } = await pop("capa", ["--json"]);
  const said = JSON.parse(stdout) as { readonly greeting: string; readonly beforeLogin: object; readonly tls: null };
  assert.equal(code, 0);
  assert.equal(said.greeting, "POP3 ready");
  assert.equal(said.tls, null);
  assert.ok("UIDL" in said.beforeLogin);
  assert.deepEqual(commands.slice(0, 1), ["CAPA"]);
  assert.doesNotMatch(commands.join(" "), /USER|PASS|AUTH/);
});

const REFUSED: readonly (readonly [argv: readonly string[], line: RegExp])[] = [
  [["list", "pops://anna:hunter2@pop.example"], /a POP URL has no password/],
  [["list", "http://pop.example"], /not a POP URL/],
  [["list", "localhost"], /not a POP URL: .*; write pops:\/\/USER@localhost, or pop:\/\/ where TLS begins with STLS/],
  [["list", "anna@pop.example:1995"], /write pops:\/\/anna@pop\.example:1995, or pop:/],
  [["list", "pops://pop.example"], /the URL names no user/],
  [["list", "pops://anna@pop.example"], /no password: set RESTANTE_POP_PASSWORD/],
  [["list", "pops://anna@pop.example", "--insecure"], /--insecure is not offered: name the certificate/],
  [["list", "pops://anna@pop.example", "--timeout", "-1"], /--timeout/],
  [["list", "pops://anna@pop.example", "--password-command", "echo sekrit; exit 3"], /failed \(exit code 3\)/],
  [["list", "pops://anna;AUTH=NTLM@pop.example"], /;AUTH=NTLM is not known here/],
  [["get", "pops://anna@pop.example"], /say which messages/],
  [["get", "pops://anna@pop.example", "1", "--all"], /say which messages/],
  [["get", "pops://anna@pop.example", "0"], /0 is no message-number/],
  [["get", "pops://anna@pop.example", "3-1"], /3-1 is no message-number/],
  [["get", "pops://anna@pop.example", "1", "--json"], /--json needs --output/],
];

test("what is typed wrong is refused with 64 before anything is sent, and no secret is repeated", async () => {
  for (const [argv, line] of REFUSED) {
    const { code, stdout, stderr } = await here(["pop", ...argv]);
    assert.deepEqual([code, stdout], [64, ""], argv.join(" "));
    assert.match(stderr, line);
    assert.doesNotMatch(stderr, /hunter2|sekrit/);
  }
});

test("a switch that is not offered stands neither in the help nor in a completion", async () => {
  for (const argv of [
    ["pop", "list", "--help"],
    ["completion", "bash"],
  ])
    assert.doesNotMatch((await here(argv)).stdout, /insecure/);
});

const FAILURES: readonly (readonly [what: string, options: ScriptedPeerOptions, code: number, line: RegExp])[] = [
  ["a wrong password", { password: "other" }, 77, /the login was refused.*some providers want an app password/],
  ["a maildrop in use", { faults: [{ on: "login", answer: "-ERR [IN-USE] locked" }] }, 75, /another session/],
  ["a login too early", { faults: [{ on: "login", answer: "-ERR [LOGIN-DELAY] wait" }] }, 75, /too soon/],
  ["a server in trouble", { faults: [{ on: "login", answer: "-ERR [SYS/TEMP] disk" }] }, 75, /the server cannot now/],
  ["a server that refuses", { faults: [{ on: "login", answer: "-ERR [SYS/PERM] closed" }] }, 69, /the server cannot/],
  [
    "what is no POP3 server",
    { faults: [{ on: "greeting", answer: "220 SMTP" }] },
    76,
    /SMTP or FTP answers here, not POP3/,
  ],
];

for (const [what, options, expected, line] of FAILURES) {
  test(`${what} ends list with ${expected} and one line`, async () => {
    const { code, stdout, stderr } = await pop("list", [], options);
    assert.deepEqual([code, stdout], [expected, ""], stderr);
    assert.match(stderr, line);
    assert.equal(stderr.split("\n").length, 2);
  });
}

test("a server that is not there ends list with 69", async () => {
  const peer = await scriptedPeer();
  const [gone, at] = [url(peer), `127.0.0.1:${peer.port}`];
  await peer.close();
  const { code, stderr } = await here(["pop", "list", gone], { env: PASSWORD });
  assert.equal(code, 69);
  assert.equal(
    stderr,
    `restante: ${at}: nobody listens there; see that it is the right host; pops:// is port 995, pop:// is 110\n`,
  );
  const unknown = await here(["pop", "list", "pops://anna@does-not-exist.invalid"], { env: PASSWORD });
  assert.equal(unknown.code, 69);
  assert.equal(
    unknown.stderr,
    "restante: does-not-exist.invalid:995: the host name could not be resolved; " +
      "see that the name is written right, and this machine online\n",
  );
});

test("an address with colons stands in brackets, as it was written", () => {
  const error = new Pop3Error("PROTOCOL", { phase: "greeting" });
  assert.equal(atPlace(error, { host: "::1", port: 110 }), `[::1]:110: ${error.message}`);
});

test("a message that is not there is 65, and pop list is named", async () => {
  const { code, stderr } = await pop("get", ["9"]);
  assert.equal(code, 65);
  assert.equal(stderr, "restante: there is no message 9; restante pop list shows those there are\n");
});

test("a certificate nobody vouches for ends with 80 and names the pin that makes the same command work", async () => {
  const certificate = await makeCertificate();
  await using peer = await scriptedPeer({ messages: MESSAGES, tls: { ...certificate, implicit: true } });
  const refused = await here(["pop", "list", url(peer, "pops")], { env: PASSWORD });
  assert.equal(refused.code, 80);
  assert.equal(refused.stderr.split("\n").length, 2);
  const [, pin = ""] = /trust it with --pin (\S+)$/m.exec(refused.stderr) ?? [];
  assert.equal(pin, certificate.pin);
  assert.ok(!peer.commands.some((command) => /^(?:USER|PASS|AUTH)/.test(command)));
  const trusted = await here(["pop", "list", url(peer, "pops"), "--pin", pin], { env: PASSWORD });
  assert.equal(trusted.code, 0, trusted.stderr);
});

test("over pop:// a pin means STLS, and a server whose key is another gets no password", async () => {
  const [certificate, other]: readonly MadeCertificate[] = [await makeCertificate(), await makeCertificate()];
  assert.ok(certificate !== undefined && other !== undefined);
  await using peer = await scriptedPeer({ messages: MESSAGES, tls: certificate });
  const trusted = await here(["pop", "list", url(peer), "--pin", certificate.pin], { env: PASSWORD });
  assert.equal(trusted.code, 0, trusted.stderr);
  assert.ok(peer.commands.includes("STLS"));
  const refused = await here(["pop", "list", url(peer), "--pin", other.pin], { env: PASSWORD });
  assert.equal(refused.code, 80);
  assert.ok(refused.stderr.includes(`it is ${certificate.pin} now`), refused.stderr);
  const logins = peer.commands.filter((command) => /^(?:USER|AUTH)/.test(command));
  assert.equal(logins.length, 1);
});

test("--trace shows the conversation without the password", async () => {
  const { stderr } = await pop("list", ["--trace"], { mechanisms: [] });
  assert.match(stderr, /^S: \+OK POP3 ready$/m);
  assert.match(stderr, /^C: USER anna$/m);
  assert.match(stderr, /^C: PASS \*+$/m);
  assert.doesNotMatch(stderr, /secret/);
});

test("a password that the server repeats, as it is or as AUTH sends it, is neither in a trace nor in an error", async () => {
  const forms = ["secret", ...["secret", "\0anna\0secret"].map((form) => Buffer.from(form).toString("base64"))];
  const repeated = `-ERR [AUTH] wrong: ${forms.join(" or ")}`;
  const refused = { faults: [{ on: /^(?:AUTH|PASS)/, answer: repeated }] };
  const late = { faults: [{ on: "QUIT", answer: repeated }] };
  for (const [command, args, options, exit] of [
    ["list", ["--trace"], refused, 77],
    ["capa", ["--login", "--trace"], refused, 77],
    ["verify", ["--transcripts"], refused, 77],
    ["delete", ["1", "--json", "--trace"], late, 75],
    ["verify", ["--transcripts", "--json"], late, 76],
  ] as const) {
    const { code, stdout, stderr } = await pop(command, args, options);
    assert.equal(code, exit, stderr);
    assert.match(`${stdout}${stderr}`, /wrong: \*{4} or \*{4} or \*{4}/, command);
    for (const form of forms) assert.ok(!`${stdout}${stderr}`.includes(form), `${command} ${form}`);
  }
});

requirement("P3-C-133", "a mechanism that a URL names is used, and no other", async () => {
  const mechanisms = ["PLAIN", "LOGIN", "SCRAM-SHA-256"] as const;
  for (const [named, said] of [
    ["plain", "AUTH PLAIN"],
    ["LOGIN", "AUTH LOGIN"],
    ["SCRAM-SHA-256", "AUTH SCRAM-SHA-256"],
    ["+APOP", "APOP anna"],
  ] as const) {
    await using peer = await scriptedPeer({ mechanisms, greeting: "ready <1896.697@example.org>" });
    const address = `pop://anna;AUTH=${named}@127.0.0.1:${peer.port}`;
    assert.equal((await here(["pop", "list", address], { env: PASSWORD })).code, 0, named);
    await inDirectory(async (directory) => {
      const args = ["fetch", "run", address, "--maildir", join(directory, "M"), "--data", join(directory, "data")];
      assert.equal((await here(args, { env: PASSWORD })).code, 0, named);
    });
    const logins = peer.commands.filter((line) => /^(?:AUTH|APOP|USER)/.test(line));
    assert.equal(logins.length, 2);
    for (const login of logins) assert.ok(login.startsWith(said), `${named}: ${login}`);
    // One that the server has not is not replaced by one that it has.
    const other = await here(["pop", "list", `pop://anna;AUTH=CRAM-MD5@127.0.0.1:${peer.port}`], { env: PASSWORD });
    assert.notEqual(other.code, 0);
    assert.equal(peer.commands.filter((line) => /^(?:AUTH|APOP|USER|PASS)/.test(line)).length, 2);
  }
});

requirement("P3-C-135", "what a URL leaves out is asked for: the user, the password", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES, user: "anna" });
  const asked = await here(["pop", "list", `pop://127.0.0.1:${peer.port}`], { answers: ["anna", "secret"] });
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /User at 127\.0\.0\.1: .*Password of anna at 127\.0\.0\.1: /s);
  assert.ok(!asked.stderr.includes("secret") && !asked.stdout.includes("secret"));
  const nobody = await here(["pop", "list", `pop://127.0.0.1:${peer.port}`], { env: PASSWORD });
  assert.match(nobody.stderr, /names no user/, "where nobody can be asked it says what is missing");
});

requirement("P3-C-137", "the password of a source goes to no URL, not even one of its own host and user", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (directory) => {
    const file = join(directory, "restante.toml");
    writeFileSync(
      file,
      `[source.work]\nhost = "127.0.0.1"\nport = ${peer.port}\ntls = "none"\nuser = "anna"\npassword = "secret"\naccount = "anna"\n`,
      { mode: 0o600 },
    );
    const common = ["-c", file, "--data", join(directory, "data")];
    const run = await here(["fetch", "run", url(peer), "--maildir", join(directory, "M"), ...common]);
    assert.notEqual(run.code, 0);
    assert.match(run.stderr + run.stdout, /nobody is at a terminal.* RESTANTE_POP_PASSWORD/);
    assert.doesNotMatch(run.stdout, /^(\S+: )\1/, "the source is named once");
    assert.notEqual((await here(["pop", "list", url(peer)])).code, 0);
    assert.ok(!peer.commands.some((line) => /^(?:AUTH|USER|PASS|APOP)/.test(line)), peer.commands.join(" "));
  });
});

// RFC 2384 §4 names five grounds for giving a URL credentials; ours are the first, a trusted source, and the third, a person
// who agrees.
requirement(
  "P3-C-138",
  "a URL in a message leads nowhere, and one that is typed gets a password only from a person who is told for whom",
  async () => {
    await using peer = await scriptedPeer({ messages: MESSAGES, user: "anna" });
    const foreign = `pop://anna;AUTH=PLAIN@127.0.0.1:${peer.port}`;
    const plain = { images: "blocked", theme: "as-sent" } as const;
    const page = sanitize(`<p><a href="${foreign}">your mail</a> ${foreign}</p>`, plain, () => undefined).html;
    assert.doesNotMatch(page, /href="pop/i);
    assert.deepEqual(
      new LinkFinder()
        .find(`Look: ${foreign} and pops://anna@127.0.0.1`)
        .filter(({ href }) => !href.startsWith("mailto:")),
      [],
    );
    const asked = await here(["pop", "list", foreign], { answers: ["secret"] });
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(asked.stderr, /Password of anna at 127\.0\.0\.1: /);
    const logins = (): number => peer.commands.filter((line) => /^(?:AUTH|USER|PASS|APOP)/.test(line)).length;
    const before = logins();
    assert.notEqual((await here(["pop", "list", foreign])).code, 0, "nobody is there to agree");
    assert.equal(logins(), before);
  },
);

test("the login of a proxy is taken from the environment and from no flag, which every user of the machine can read", async () => {
  const refused = await pop("list", ["--proxy", "http://joe:hunter2@127.0.0.1:9"]);
  assert.deepEqual([refused.code, refused.commands], [64, []]);
  assert.match(refused.stderr, /RESTANTE_POP_PROXY/);
  assert.doesNotMatch(refused.stderr, /hunter2/);
  const asked: string[] = [];
  const proxy = createServer((request, response) => response.end(String(request.url)));
  proxy.on("connect", ({ headers }, socket) => {
    asked.push(String(headers["proxy-authorization"]));
    socket.end("HTTP/1.1 403 no\r\n\r\n");
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const { port } = proxy.address() as AddressInfo;
  const env = { ...PASSWORD, RESTANTE_POP_PROXY: `http://joe:hunter2@127.0.0.1:${port}` };
  const { code, stderr } = await here(["pop", "list", "pops://anna@pop.example"], { env });
  proxy.close();
  assert.equal(code, 69, stderr);
  assert.deepEqual(asked, [`Basic ${Buffer.from("joe:hunter2").toString("base64")}`]);
  assert.doesNotMatch(stderr, /hunter2/);
});
