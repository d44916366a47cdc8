// What is typed wrong and what goes wrong, each with its code and one line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pop3Error } from "@restante/pop/client";
import { scriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { atPlace } from "../../src/cli/commands/pop/session.ts";
import { here } from "./command-line.ts";
import { PASSWORD, pop, url } from "./pop-peer.ts";

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
  [["list", "pops://anna;AUTH=NTLM@pop.example"], /;AUTH=NTLM is not known here; write one of .*, \+APOP/],
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

test("help names other protocols than POP3 only where they are spoken", async () => {
  const spoken = async (command: string): Promise<boolean> =>
    /pop2:\/\//.test((await here(["pop", command, "--help"])).stdout);
  for (const command of ["list", "get", "top", "delete"]) assert.equal(await spoken(command), true, command);
  for (const command of ["capa", "verify"]) {
    assert.equal(await spoken(command), false, command);
    const { code } = await here(["pop", command, "pop2://anna@localhost"], { env: { RESTANTE_POP_PASSWORD: "x" } });
    assert.equal(code, 64, command);
  }
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
