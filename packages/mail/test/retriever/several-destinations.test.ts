// A message that one destination takes and another does not: who has it keeps it, once, and it stays on the server.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listServer } from "../../src/retriever/index.ts";
import { openSetting, openWithStore, SIX, type Setting, type SourceKeys } from "./fixture.ts";

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();
const left = ({ peer }: Setting): readonly (string | null)[] => peer.maildrop.messages.map(({ uniqueId }) => uniqueId);

/** Takes everything but the second message until `mended` is there. Every message it takes is a file in `taken`. */
function choosy(folder: string): string {
  const mended = join(folder, "mended");
  return `exec:cat >${folder}/held && { test -e ${mended} || ! grep -q 'Subject: m2' ${folder}/held; } && mv ${folder}/held ${folder}/taken-$RESTANTE_UNIQUE_ID || exit 65`;
}

const takenBy = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("taken-"))
    .sort();

for (const first of ["maildir", "exec"] as const)
  test(`with ${first} written first: refused by one of two three times it is quarantined, kept by the other, and left there`, async (context) => {
    const setting = await openSetting(context);
    const to = [`maildir:${join(setting.folder, "Maildir")}`, choosy(setting.folder)].map((to) => ({ to }));
    const keys: SourceKeys = { server: { keep: "0" }, deliver: first === "maildir" ? to : to.toReversed() };
    for (const run of [1, 2, 3]) {
      const report = await setting.run(keys);
      assert.equal(report.failed.length, 1);
      assert.deepEqual([report.failed[0]?.quarantined, report.failed[0]?.uniqueId], [run === 3, "peer-2"]);
      assert.deepEqual(left(setting), ["peer-2"], "the others have gone, it has not");
      assert.deepEqual(sorted(setting.texts()), sorted(SIX), "the Maildir took it, and has it once");
    }
    const fourth = await setting.run(keys);
    assert.deepEqual([fourth.exitCode, fourth.arrived.messages, fourth.removed], [65, 0, 0]);
    assert.deepEqual(left(setting), ["peer-2"], "nor is it removed later because one of two has it");
    assert.equal(takenBy(setting.folder).length, 5);

    writeFileSync(join(setting.folder, "mended"), "");
    assert.equal(setting.state.forget("work", { quarantinedOnly: true }), 1);
    const last = await setting.run(keys);
    assert.deepEqual([last.exitCode, last.removed], [0, 1]);
    assert.deepEqual(left(setting), []);
    assert.equal(takenBy(setting.folder).length, 6);
    assert.deepEqual(sorted(setting.texts()), sorted(SIX), "the Maildir was given it again and has it once");
  });

test("beside a command that refuses it, a store keeps its copy, once, also when it is tried again", async (context) => {
  const setting = await openWithStore(context);
  const keys = { server: { keep: "0" }, deliver: [{ to: "store:anna" }, { to: choosy(setting.folder) }] };
  for (let run = 1; run <= 4; run += 1) await setting.run(keys);
  assert.deepEqual(left(setting), ["peer-2"]);
  assert.deepEqual(sorted(await setting.anna.texts()), sorted(SIX));
  writeFileSync(join(setting.folder, "mended"), "");
  setting.state.forget("work", { quarantinedOnly: true });
  await setting.run(keys);
  assert.deepEqual(left(setting), []);
  assert.deepEqual(sorted(await setting.anna.texts()), sorted(SIX));
});

test("what only the other destination has is not removed after the one that refused it is taken out, unless it is there", async (context) => {
  const setting = await openSetting(context);
  const maildir = { to: `maildir:${join(setting.folder, "Maildir")}` };
  const keep = { server: { keep: "0" } };
  for (let run = 1; run <= 3; run += 1)
    await setting.run({ ...keep, deliver: [maildir, { to: choosy(setting.folder) }] });
  const alone = await setting.run({ ...keep, deliver: [maildir] });
  assert.deepEqual([alone.removed, left(setting)], [0, ["peer-2"]], "quarantined is quarantined");
  assert.ok(existsSync(join(setting.folder, "held")) && readFileSync(join(setting.folder, "held")).length > 0);
});

test("what a destination that was added later has no copy of stays there, until it is given to it", async (context) => {
  const setting = await openSetting(context);
  const first = { to: `maildir:${join(setting.folder, "Maildir")}` };
  const added = { to: `maildir:${join(setting.folder, "Added")}` };
  await setting.run({ deliver: [first] });
  setting.peer.maildrop.deliver("Subject: m7\r\n\r\nof both\r\n");

  const both = { server: { keep: "0" }, deliver: [first, added] };
  assert.equal((await setting.run(both)).removed, 1, "the seventh alone is in both");
  assert.equal(left(setting).length, 6);
  const plan = await setting.plan(both);
  for (const { action, why } of plan.messages) {
    assert.equal(action, "skip");
    assert.match(
      why,
      /a destination was configured after it was collected, and has no copy; one run with fetch\.only = "all"/,
    );
  }
  const listed = await listServer(setting.source(both), setting.house, { headersMax: 0 });
  assert.deepEqual(
    listed.messages.map(({ action, copy }) => `${action} ${copy}`),
    SIX.map(() => "skip elsewhere"),
  );
  assert.equal((await setting.run({ ...both, fetch: { only: "all" } })).arrived.messages, 6);
  assert.equal((await setting.run(both)).removed, 6);
  assert.equal(readdirSync(join(setting.folder, "Added", "new")).length, 7);
  assert.equal(setting.texts().length, 7, "the first has each of them once");
});
