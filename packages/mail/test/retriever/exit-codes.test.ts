// What a script reads: an exit code for each thing that can go wrong.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { Pop3Error, type Pop3ErrorCode } from "@restante/pop/client";
import type { PeerFault } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { exitOf, exitOfRun, worstOf } from "../../src/retriever/index.ts";
import { TEST_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import { openSetting } from "./fixture.ts";

const pass = (answer: string): readonly PeerFault[] => [{ on: "PASS", answer }];
const PLAIN_SERVER = { capabilities: ["TOP", "UIDL", "USER", "RESP-CODES", "AUTH-RESP-CODE"], mechanisms: [] };

requirement(
  "P3-C-114",
  "every response code has its exit code, and only a wrong password asks for a person",
  async (context) => {
    const rows: readonly (readonly [string, number, string])[] = [
      ["-ERR [IN-USE] locked", 75, "MAILBOX_BUSY"],
      ["-ERR [LOGIN-DELAY] wait", 75, "LOGIN_DELAY"],
      ["-ERR [SYS/TEMP] not now", 75, "SERVER_TEMPORARY"],
      ["-ERR [SYS/PERM] never", 69, "SERVER_PERMANENT"],
      ["-ERR [AUTH] wrong", 77, "AUTH_REJECTED"],
    ];
    for (const [answer, exitCode, code] of rows) {
      const setting = await openSetting(context, { ...PLAIN_SERVER, faults: pass(answer) });
      const report = await setting.run();
      assert.deepEqual([report.exitCode, report.error?.code], [exitCode, code], answer);
      assert.equal(report.outcome, "failed");
    }
  },
);

test("a refused login asks for a person, a password that came too late and too many logins do not", () => {
  const exits: Readonly<Partial<Record<Pop3ErrorCode, number>>> = {
    AUTH_REJECTED: 77,
    AUTH_NO_MECHANISM: 77,
    AUTH_CLEARTEXT_REFUSED: 77,
    AUTH_TOKEN: 77,
    AUTH_SERVER_SIGNATURE: 77,
    AUTH_TIMEOUT: 75,
    AUTH_THROTTLED: 75,
  };
  const codes = Object.keys(exits) as Pop3ErrorCode[];
  assert.deepEqual(
    Object.fromEntries(codes.map((code) => [code, exitOf(new Pop3Error(code, { phase: "auth" }))])),
    exits,
  );
});

test("an unreachable server is 69, one that is no POP3 server 76", async (context) => {
  const setting = await openSetting(context, { greeting: "x" });
  const port = await freePort();
  assert.deepEqual([(await setting.run({ port })).exitCode], [69]);
  setting.peer.script([{ on: "greeting", answer: "220 smtp.example ESMTP" }]);
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.code], [76, "PROTOCOL"]);
});

test("a refused certificate is 80, by default", async (context) => {
  const { key, cert } = TEST_CERTIFICATE;
  const tls = { key, cert, implicit: true };
  const setting = await openSetting(context, { tls, keys: { tls: "implicit" } });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.code, report.arrived.messages], [80, "TLS_UNTRUSTED", 0]);
  assert.deepEqual(setting.peer.commands, [], "nothing was said to it");
  assert.match(report.advice.map(({ text }) => text).join(), /pin its certificate/);
});

test("a server that takes STLS away is 80, and hears no password", async (context) => {
  const setting = await openSetting(context, { keys: { tls: "stls-required" } });
  assert.equal((await setting.run()).exitCode, 80);
  assert.ok(!setting.peer.commands.some((line) => /^(?:USER|PASS|AUTH)/.test(line)));
});

test("an account that is not there is 78, a Maildir that cannot be written 74", async (context) => {
  const setting = await openSetting(context, { keys: { deliver: [{ to: "maildir:/proc/1/Maildir" }] } });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.code], [74, "destination"]);
  assert.equal((await setting.run({ deliver: [{ to: "store:nobody" }] })).exitCode, 78);
});

test("no mail is 0, or 1 for those who ask", async (context) => {
  const setting = await openSetting(context, { messages: [] });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, exitOfRun([report]), exitOfRun([report], { failOnEmpty: true })], [0, 0, 1]);
});

test("of several sources the code that needs a person most is told", () => {
  assert.equal(worstOf([0, 75, 69]), 69);
  assert.equal(worstOf([65, 77, 74]), 77);
  assert.equal(worstOf([80, 78, 75]), 78);
  assert.equal(worstOf([]), 0);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
