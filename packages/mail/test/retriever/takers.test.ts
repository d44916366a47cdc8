// Servers that remove at QUIT what was retrieved, whether they say so or not: what came and is not here for good must be
// there after the session.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { checkSource, listServer, markSeen, type FetchEvent } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, type Setting, type SourceKeys } from "./fixture.ts";

const CAPABILITIES = ["TOP", "UIDL", "USER", "PIPELINING"];
const SPAM = { when: { header: "X-Spam", matches: "^Yes" }, do: "skip" };
const KINDS = [
  ["says so", [...CAPABILITIES, "EXPIRE 0"]],
  ["does not say so", CAPABILITIES],
  ["says the opposite", [...CAPABILITIES, "EXPIRE NEVER"]],
] as const;

function openTaker(context: TestContext, count: number, capabilities: readonly string[], keys: SourceKeys = {}) {
  return openSetting(context, { messages: manyMessages(count), removal: "retrieved-at-quit", capabilities, keys });
}

function there({ peer }: Setting): readonly string[] {
  return peer.maildrop.messages.map(({ octets }) => Buffer.from(octets).toString("latin1"));
}

/** A command that keeps its first two messages, and answers for others with this code. */
function keepingTwo(
  setting: Setting,
  code: number,
): { readonly keys: SourceKeys; readonly kept: () => readonly string[] } {
  const folder = join(setting.folder, "out");
  mkdirSync(folder);
  const command = `n=$(ls ${folder} | wc -l); test $n -ge 2 && exit ${code}; cat > ${folder}/$n`;
  return {
    keys: { deliver: [{ to: `exec:${command}`, line_ends: "crlf" }] },
    kept: () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1")),
  };
}

for (const [what, capabilities] of KINDS) {
  test(`a server that takes at QUIT what was retrieved, and ${what}, keeps what a destination could not take`, async (context) => {
    const setting = await openTaker(context, 6, capabilities);
    const { keys, kept } = keepingTwo(setting, 75);
    const report = await setting.run(keys);
    assert.deepEqual([report.exitCode, kept().length], [75, 2]);
    assert.deepEqual(new Set([...kept(), ...there(setting)]), new Set(manyMessages(6)));
    assert.match(report.advice.map(({ text }) => text).join(), /nothing was lost/);
  });

  test(`a server that takes at QUIT what was retrieved, and ${what}, keeps a message that is refused here, while others are removed`, async (context) => {
    const setting = await openTaker(context, 6, capabilities, { server: { keep: "0" } });
    const { keys, kept } = keepingTwo(setting, 1);
    for (let run = 1; run <= 3; run += 1) {
      await setting.run(keys);
      assert.deepEqual([...kept(), ...there(setting)].sort(), manyMessages(6).toSorted(), `run ${run}`);
    }
  });
}

for (const [what, capabilities] of KINDS)
  test(`a server that takes at QUIT what was retrieved, and ${what}, is told QUIT only when the last message is safely here`, async (context) => {
    const setting = await openTaker(context, 20, capabilities);
    const gone = join(setting.folder, "Maildir", "new");
    const onEvent = (event: FetchEvent): void => {
      if (event.kind === "phase" && event.phase === "retr") rmSync(gone, { recursive: true, force: true });
    };
    const report = await setting.run({}, { onEvent });
    assert.equal(report.exitCode, 74);
    assert.deepEqual([report.arrived.messages, there(setting).length], [0, 20]);
  });

for (const removal of ["on-retr", "retrieved-at-quit"] as const) {
  const options = { messages: manyMessages(3), removal, keys: { filter: [SPAM] } };

  test(`who only looks retrieves nothing, where TOP is missing and the server takes what was retrieved (${removal})`, async (context) => {
    for (const without of [["TOP"], ["TOP", "UIDL"]]) {
      const setting = await openSetting(context, { ...options, without });
      await setting.plan();
      assert.equal((await checkSource(setting.source(), setting.house)).messages, 3);
      await markSeen(setting.source(), setting.house);
      await listServer(setting.source(), setting.house, { headersMax: 50 });
      assert.equal(there(setting).length, 3);
      assert.ok(!setting.peer.commands.some((command) => command.startsWith("RETR")));
    }
  });

  test(`a run brings each message, where TOP is missing and the server says that it takes what was retrieved (${removal})`, async (context) => {
    for (const without of [["TOP"], ["TOP", "UIDL"]]) {
      const again = [1, 2, 3].map((n) => ({ on: `RETR ${n}`, skip: 1, answer: "-ERR no such message" }));
      const faults = removal === "on-retr" ? again : [];
      const setting = await openSetting(context, {
        ...options,
        without,
        faults,
        capabilities: ["USER", "UIDL", "EXPIRE 0"].filter((name) => !without.includes(name)),
      });
      const report = await setting.run();
      assert.deepEqual([report.exitCode, report.arrived.messages], [0, 3]);
      assert.deepEqual(setting.texts(), manyMessages(3).toSorted());
    }
  });
}

test("what a filter leaves on a server without TOP stays, where the server takes at QUIT what was retrieved", async (context) => {
  const messages = [...manyMessages(2), "X-Spam: Yes\r\nSubject: spam\r\n\r\nText.\r\n"];
  const options = { messages, removal: "retrieved-at-quit", without: ["TOP"] } as const;
  const setting = await openSetting(context, { ...options, keys: { filter: [SPAM] } });
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, there(setting).length], [2, 3]);
});
