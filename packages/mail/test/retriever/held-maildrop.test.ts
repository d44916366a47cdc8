// A server that has not seen a session end holds the maildrop for it a little longer: the run that had it comes again soon.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting } from "./fixture.ts";

const BUSY = "-ERR [IN-USE] maildrop is locked by another session";

test("a maildrop that is still held for the lost connection of this run is no failure: the run comes again", async (context) => {
  const faults = [
    { on: "RETR 4", connection: 1, drop: 20 },
    { on: "login", connection: 2, answer: BUSY },
    { on: "login", connection: 3, answer: BUSY },
  ];
  const setting = await openSetting(context, { faults });
  const report = await setting.run();
  assert.deepEqual([report.outcome, report.error, report.arrived.messages], ["ok", undefined, 6]);
  assert.equal(setting.peer.connections.length, 4);
  assert.equal(setting.state.find("work")?.failures, 0);
});

test("one that stays held is told after a few tries, and what came is here", async (context) => {
  const faults = [
    { on: "RETR 4", connection: 1, drop: 20 },
    { on: "login", skip: 1, answer: BUSY },
  ];
  const setting = await openSetting(context, { faults });
  const report = await setting.run();
  assert.deepEqual([report.error?.code, report.exitCode, report.arrived.messages], ["MAILBOX_BUSY", 75, 3]);
  assert.equal(setting.peer.connections.length, 5);
});

for (const [answer, connections] of [
  ["-ERR please wait 60 seconds between logins", 2],
  ["-ERR user locked", 2],
  ["-ERR maildrop already in use", 3],
] as const)
  test(`after "${answer}" to its second login a run has made ${connections} connections`, async (context) => {
    const faults = [
      { on: "RETR 4", connection: 1, drop: 20 },
      { on: "login", connection: 2, answer },
    ];
    // Texts are read where there are no codes.
    const setting = await openSetting(context, { faults, capabilities: ["TOP", "UIDL", "SASL PLAIN", "PIPELINING"] });
    const { error } = await setting.run();
    assert.equal(error?.code, connections === 2 ? "MAILBOX_BUSY" : undefined);
    assert.equal(setting.peer.connections.length, connections);
  });

test("one that somebody else holds is left at once, and a stop ends the wait", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "login", answer: BUSY }] });
  assert.equal((await setting.run()).error?.code, "MAILBOX_BUSY");
  assert.equal(setting.peer.connections.length, 1);
  const stop = new AbortController();
  setting.peer.script([
    { on: "RETR 4", drop: 20, times: 1 },
    { on: "login", skip: 1, answer: BUSY },
  ]);
  const trace = (_: string, { line = "" }: { readonly line?: string }): void => {
    if (line.includes("IN-USE")) stop.abort();
  };
  const report = await setting.run({}, { signal: stop.signal, trace });
  assert.deepEqual([report.error?.code, report.arrived.messages], ["stopped", 3]);
  assert.equal(setting.peer.connections.length, 3);
});
