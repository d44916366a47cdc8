// What is left when a message was sent, when its entry is damaged, or when a process ended in between: files of drafts
// that nobody wants go, those that somebody may want stay, and nobody is stuck with what cannot be read.
import assert from "node:assert/strict";
import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryDirectory } from "../../office/test-office.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { letIn, openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const directory = temporaryDirectory();
let office: ReaderOffice;
let anna = "";

before(async () => {
  office = await openReaderOffice({ dataDir: directory.path });
  anna = await office.account("anna");
});
after(async () => {
  await office.stop();
  directory.remove();
});

const FIELDS = {
  ...EMPTY_DRAFT,
  from: "anna@localhost",
  to: [{ name: "", address: "anna@localhost" }],
  subject: "Boat keys",
  text: "In the blue tin.\n",
};
const PLAN = "the plan";

/** Names of drafts that have files. A folder that goes while it is looked at has none. */
const withFiles = (): readonly string[] =>
  [...new Set(globSync("*/*", { cwd: join(directory.path, "drafts", anna) }).map(dirname))].toSorted();

const octetsOf = (draft: string, attachment: string): string =>
  readFileSync(join(directory.path, "drafts", anna, draft, attachment), "utf8");

/** Files are removed a moment after what made them needless; one that stays ends the test by its time. */
async function untilWithFiles(expected: readonly string[]): Promise<void> {
  while (withFiles().join() !== expected.join()) await new Promise((resolve) => setImmediate(resolve));
}

/** A draft with one file; gives the version to send. */
async function draftWithPlan(draft: string): Promise<number> {
  await office.ask("saveDraft", { account: anna, draft, version: 0, fields: FIELDS });
  const { status } = await office.post(
    `/api/drafts/${draft}/attachments?account=${anna}&type=text/plain&name=plan.txt`,
    PLAN,
  );
  assert.equal(status, 200);
  return (await office.ask("draft", { account: anna, draft })).version;
}

const send = async (draft: string): Promise<string> =>
  (await office.ask("send", { account: anna, draft, version: await draftWithPlan(draft) })).id;

/** Changes what is written down about an entry, as a broken disk does. */
async function damage(entry: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  const { documents } = office.house.office.house.store;
  const key = { kind: "outbox", account: anna, id: entry };
  await documents.put(key, { ...((await documents.get(key))?.value as object), ...change });
}

test("files of a draft stay while it can come back, and go with the message", async () => {
  const entry = await send("draft-sent");
  // As when another window still held it, kept it and threw it away.
  const anew = await office.ask("saveDraft", { account: anna, draft: "draft-sent", version: 0, fields: FIELDS });
  await office.ask("removeDraft", { account: anna, draft: "draft-sent", version: anew.version });
  assert.deepEqual(withFiles(), ["draft-sent"]);
  const { id: draft, version, attachments } = await office.ask("takeBack", { account: anna, entry });
  assert.deepEqual(
    attachments.map(({ fileName }) => fileName),
    ["plan.txt"],
  );
  assert.deepEqual(withFiles(), [draft]);
  const { id } = await office.ask("send", { account: anna, draft, version });
  await office.ask("retrySending", { account: anna, entry: id });
  await untilWithFiles([]);
  const { entries } = await office.ask("outbox", { account: anna });
  assert.deepEqual(
    entries.map(({ state }) => state),
    ["sent"],
  );
});

test("what another window writes on a draft after it was thrown away stays, with its files", async () => {
  const draft = "draft-thrown";
  const version = await draftWithPlan(draft);
  const row = (await office.ask("drafts", { account: anna })).drafts.find(({ id }) => id === draft);
  assert.equal(row?.version, version);
  const place = { account: anna, draft };
  const fields = { ...FIELDS, text: "In the red tin.\n" };
  const later = await office.ask("saveDraft", { ...place, version, fields });
  assert.deepEqual(await office.refused("removeDraft", { ...place, version }), [409, "conflict"]);
  const { text, attachments } = await office.ask("draft", place);
  assert.equal(text, fields.text);
  assert.deepEqual(
    attachments.map(({ id }) => octetsOf(draft, id)),
    [PLAN],
  );
  await office.ask("removeDraft", { ...place, version: later.version });
  assert.deepEqual(withFiles(), []);
  // It is gone, as it shall be.
  await office.ask("removeDraft", { ...place, version: later.version });
});

for (const [other, change] of [
  ["another text", { text: "In the red tin.\n" }],
  ["other files alone", {}],
] as const)
  test(`taken back while another window keeps ${other} under its name, a message is a draft beside that one`, async () => {
    const draft = `draft-beside-${other.split(" ").join("-")}`;
    const entry = await send(draft);
    await office.ask("saveDraft", { account: anna, draft, version: 0, fields: { ...FIELDS, ...change } });
    const back = await office.ask("takeBack", { account: anna, entry });
    assert.notEqual(back.id, draft);
    assert.equal(back.text, FIELDS.text);
    assert.deepEqual(
      back.attachments.map(({ id, fileName }) => [fileName, octetsOf(back.id, id)]),
      [["plan.txt", PLAN]],
    );
    assert.deepEqual(await office.ask("draft", { account: anna, draft: back.id }), back);
    const kept = await office.ask("draft", { account: anna, draft });
    assert.deepEqual([kept.text, kept.version, kept.attachments], [change.text ?? FIELDS.text, 1, []]);
    const { id } = await office.ask("send", { account: anna, draft: back.id, version: back.version });
    await office.ask("retrySending", { account: anna, entry: id });
    await office.ask("removeDraft", { account: anna, draft, version: kept.version });
    await untilWithFiles([]);
  });

test("a file that is taken off a draft stays for the message that was sent with it", async () => {
  const draft = "draft-kept-on";
  const version = await draftWithPlan(draft);
  const { attachments } = await office.ask("draft", { account: anna, draft });
  const [plan] = attachments;
  assert.ok(plan !== undefined);
  const { id: entry } = await office.ask("send", { account: anna, draft, version });
  // As when another window wrote on it while it was sent: it is there with its files.
  const { documents } = office.house.office.house.store;
  await documents.put({ kind: "draft", account: anna, id: draft }, { fields: { ...FIELDS, text: "" }, attachments });
  await office.ask("removeAttachment", { account: anna, draft, attachment: plan.id });
  const back = await office.ask("takeBack", { account: anna, entry });
  assert.equal(octetsOf(back.id, plan.id), PLAN);
  // Of a draft alone it goes at once.
  await office.ask("removeAttachment", { account: anna, draft: back.id, attachment: plan.id });
  assert.deepEqual(withFiles(), [draft]);
  for (const { id, version: kept } of (await office.ask("drafts", { account: anna })).drafts)
    await office.ask("removeDraft", { account: anna, draft: id, version: kept });
  assert.deepEqual(withFiles(), []);
});

test("what a process left that ended in between goes when the next one begins, and nothing else", async () => {
  await draftWithPlan("draft-kept");
  const entry = await send("draft-held");
  const stray = join(directory.path, "drafts", anna, "draft-stray");
  mkdirSync(stray);
  writeFileSync(join(stray, "file-of-it"), PLAN);
  await office.house.office.stop({ withinMs: 0 });
  office = await openReaderOffice({ dataDir: directory.path });
  office.cookie = await letIn(office);
  await untilWithFiles(["draft-held", "draft-kept"]);
  const { id } = await office.ask("takeBack", { account: anna, entry });
  assert.deepEqual(withFiles(), [id, "draft-kept"].toSorted());
});

test("what a process left of an import goes when the next one begins, and nothing that is not of one", async () => {
  const spool = join(directory.path, "spool");
  mkdirSync(join(spool, "import-killed", "cur"), { recursive: true });
  writeFileSync(join(spool, "import-killed", "cur", "1.one:2,"), "Subject: half of i");
  mkdirSync(join(spool, "import-killed-too"));
  writeFileSync(join(spool, "import-killed-too", "mbox"), "From anna\n");
  writeFileSync(join(spool, "of-somebody"), PLAN);
  await office.house.office.stop({ withinMs: 0 });
  office = await openReaderOffice({ dataDir: directory.path });
  assert.deepEqual(readdirSync(spool), ["of-somebody"]);
  const query = new URLSearchParams({ account: anna, format: "eml" });
  assert.equal((await office.post(`/api/import?${query.toString()}`, "Subject: whole\n\nx\n")).status, 200);
  assert.deepEqual(readdirSync(spool), ["of-somebody"]);
});

test("a draft that cannot be read is not taken back halfway: the message stays, and can be sent", async () => {
  const entry = await send("draft-damaged");
  await damage(entry, { draft: { id: "../../etc", fields: FIELDS, attachments: [] } });
  assert.deepEqual(await office.refused("takeBack", { account: anna, entry }), [422, "unreadable"]);
  const { drafts } = await office.ask("drafts", { account: anna });
  assert.ok(!drafts.some(({ id }) => id.includes("etc")));
  await office.ask("retrySending", { account: anna, entry });
});

test("an entry that cannot be read is saved and removed by hand; its message is in the trash then", async () => {
  const entry = await send("draft-unread");
  const { messageId } = (await office.ask("outbox", { account: anna })).entries.find(({ id }) => id === entry) ?? {};
  assert.ok(messageId !== undefined);
  await damage(entry, { envelope: null });
  const { unreadable } = await office.ask("outbox", { account: anna });
  assert.deepEqual(unreadable, [{ id: entry, account: anna, eml: `/m/${anna}/${messageId}/eml` }]);
  const saved = await office.load(unreadable[0]?.eml ?? "");
  assert.match(saved.text, /^Subject: Boat keys\r$/m);
  assert.match(saved.text, /filename=plan\.txt/);
  const input = { account: anna, entry };
  assert.deepEqual(await office.refused("removeUnreadable", { ...input, confirmed: false as true }), [
    400,
    "bad-request",
  ]);
  await office.ask("removeUnreadable", { ...input, confirmed: true });
  assert.equal((await office.ask("message", { account: anna, messageId })).role, "trash");
  assert.deepEqual((await office.ask("outbox", { account: anna })).unreadable, []);
  const held = await send("draft-readable");
  assert.deepEqual(await office.refused("removeUnreadable", { account: anna, entry: held, confirmed: true }), [
    409,
    "conflict",
  ]);
});
