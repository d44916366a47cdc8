// Servers that remove at QUIT what was retrieved, whether they say so or not: what came and is not here for good must be
// there after the session.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { FetchEvent } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, type Setting, type SourceKeys } from "./fixture.ts";

const CAPABILITIES = ["TOP", "UIDL", "USER", "PIPELINING"];
const KINDS = [
  ["says so", [...CAPABILITIES, "EXPIRE 0"]],
  ["does not say so", CAPABILITIES],
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
