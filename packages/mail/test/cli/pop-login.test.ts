// Who logs in and how, and that no secret is shown or given to anybody else.
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { sanitize } from "../../src/message/html/sanitize.ts";
import { LinkFinder } from "../../src/message/text/links.ts";
import { here, inDirectory } from "./command-line.ts";
import { MESSAGES, PASSWORD, pop, url } from "./pop-peer.ts";

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
