// What can be said to a server beside the calls that have a name, and what no server can make of an answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pop3Error, POP3_ERRORS } from "@restante/pop/client";
import type { ScriptedPeerOptions } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, settingFor, settingWith } from "./fixture.ts";

test("any other command can be said, and those that decide about the session cannot", async (context) => {
  const { session } = await settingWith(
    context,
    { on: "XTND", answer: "+OK [X] done\x07" },
    { on: "LAST", answer: "-ERR [IN-USE] no" },
  );
  const pop = await session();
  assert.deepEqual(await pop.command("XTND FOO"), { isOk: true, text: "done\\x07", responseCode: "X", lines: [] });
  assert.deepEqual(await pop.command("LAST"), { isOk: false, text: "no", responseCode: "IN-USE", lines: [] });
  const uidl = await pop.command("UIDL");
  assert.deepEqual(uidl.lines.map(String), ["1 peer-1", "2 peer-2", "3 peer-3"]);
  assert.deepEqual((await pop.command("UIDL 2")).lines, []);
  assert.deepEqual((await pop.command("TOP 2 0", { isMultiLine: true })).lines.map(String), ["b", "..x", ""]);
  for (const line of ["QUIT", "quit", "STLS", "AUTH PLAIN", "PASS x", "APOP a b"]) {
    assert.equal((await errorOf(pop.command(line))).code, "STATE", line);
  }
  assert.equal((await errorOf(pop.command("USER anna"))).code, "STATE");
  for (const line of ["", "NOOP\r\nDELE 1", "x".repeat(254), "NOOP\0", "€"]) {
    assert.equal((await errorOf(pop.command(line))).code, "CONFIG", line);
  }
  assert.equal((await pop.stat()).count, 3);
});

requirement("P3-C-012", "every command is its words with one space between, and nothing behind", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session({ auth: { user: "anna", password: "secret", mechanisms: ["PLAIN"] } });
  await pop.list();
  await pop.stat();
  await pop.headers(1, { bodyLines: 5 });
  await pop.retrieve(1).toBuffer();
  await pop.uniqueIdOf(1);
  await pop.delete(1);
  await pop.undeleteAll();
  await pop.noop();
  await pop.commit();
  assert.deepEqual(peer.connections[0]?.received.split("\r\n"), [
    "CAPA",
    "AUTH PLAIN AGFubmEAc2VjcmV0",
    "CAPA",
    "LIST",
    "UIDL",
    "STAT",
    "TOP 1 5",
    "RETR 1",
    "UIDL 1",
    "DELE 1",
    "RSET",
    "NOOP",
    "QUIT",
    "",
  ]);
});

test("message-numbers are checked before they are sent", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  for (const n of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => pop.retrieve(n), { code: "CONFIG" });
    assert.equal((await errorOf(pop.delete(n))).code, "CONFIG");
    assert.equal((await errorOf(pop.headers(n))).code, "CONFIG");
  }
  assert.equal((await errorOf(pop.headers(1, { bodyLines: -1 }))).code, "CONFIG");
  assert.throws(() => pop.retrieve({ uniqueId: "x" }), { code: "STATE" });
  assert.equal((await errorOf(pop.retrieve(9).toBuffer())).code, "NO_SUCH_MESSAGE");
  assert.deepEqual(
    peer.commands.filter((command) => /^(?:RETR|DELE|TOP)/.test(command)),
    ["RETR 9"],
  );
});

test("whatever a server answers, an error has a known code and the table's advice", async (context) => {
  const answers = ["", "+", "hello", "+OK", "-ERR", "+ERR x", "-ERR [SYS/TEMP] x", "\x00\x01\x02", "+OK 1 2 3", "* OK"];
  const commands = ["CAPA", "AUTH", "LIST", "UIDL", "STAT", "RETR 1", "TOP 1 0", "DELE 1", "RSET", "NOOP", "QUIT"];
  const talk = async (on: string, answer: string): Promise<void> => {
    const options: ScriptedPeerOptions = { faults: [{ on, answer }], patienceMs: 300 };
    const { session } = await settingFor(context, options);
    try {
      await using pop = await session({ timeouts: { commandMs: 150, idleMs: 150, probationMs: 150, leaveMs: 50 } });
      await pop.list();
      await pop.stat();
      await pop.retrieve(1).toBuffer();
      await pop.headers(1);
      await pop.delete(1);
      await pop.undeleteAll();
      await pop.noop();
      await pop.commit();
    } catch (error) {
      assert.ok(error instanceof Pop3Error, `${on} ${answer}: ${String(error)}`);
      assert.ok(error.code in POP3_ERRORS);
    }
  };
  // Side by side: most of these sessions end by waiting for a time-out.
  for (const on of commands) await Promise.all(answers.map((answer) => talk(on, answer)));
});
