// Mailboxes of one's own, labels, rules, import and export, through the API on a real store.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { requestOf, ROUTES, type RouteInput, type RuleRow } from "../../../src/webmail/api/schema/index.ts";
import { refuseTooMuch } from "../../../src/webmail/api/transfer/exports.ts";
import { sendMessage } from "../../delivery/lmtp-client.ts";
import { openReaderOffice, type Answer, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let ben = "";

before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
  ben = await office.account("ben");
});
after(() => office.stop());

const letter = (subject: string, from = "boats@harbour.example"): string =>
  `From: ${from}\nTo: anna@localhost\nSubject: ${subject}\n\n${subject}\n`;

const mailboxNames = async (): Promise<readonly string[]> =>
  (await office.ask("mailboxes", { account: anna })).mailboxes.map(({ mailbox }) => mailbox);

const RULE: RuleRow = {
  id: "boats",
  name: "Boats",
  isEnabled: true,
  match: "all",
  conditions: [{ field: "from", test: "contains", value: "boats@" }],
  actions: [{ kind: "move", mailbox: "Boats" }, { kind: "star" }],
  stops: false,
};

test("a mailbox is made, named anew and removed; its mail goes to Trash and comes back with it", async () => {
  await office.ask("createMailbox", { account: anna, name: "Regatta" });
  assert.deepEqual(await office.refused("createMailbox", { account: anna, name: "Regatta" }), [409, "conflict"]);
  const messageId = await office.deliver("anna", letter("stall", "x@y.example"));
  await office.ask("act", { act: { kind: "move", mailbox: "Regatta" }, on: [{ account: anna, messageId }] });
  await office.ask("renameMailbox", { account: anna, mailbox: "Regatta", to: "Races" });
  assert.equal((await office.ask("message", { account: anna, messageId })).mailbox, "Races");
  const { changed, undo } = await office.ask("removeMailbox", { account: anna, mailbox: "Races", confirmed: true });
  assert.equal(changed, 1);
  assert.ok(!(await mailboxNames()).includes("Races"));
  assert.equal((await office.ask("message", { account: anna, messageId })).role, "trash");
  await office.ask("undo", { undo: undo ?? "" });
  assert.ok((await mailboxNames()).includes("Races"));
  assert.equal((await office.ask("message", { account: anna, messageId })).mailbox, "Races");
  assert.deepEqual(await office.refused("removeMailbox", { account: anna, mailbox: "INBOX", confirmed: true }), [
    422,
    "refused",
  ]);
});

test("an act is taken back also when a mailbox it moved mail from or to has another name since", async () => {
  const messageId = await office.deliver("anna", letter("anchor", "x@y.example"));
  const on = [{ account: anna, messageId }];
  const bens = await office.deliver("ben", letter("chain", "x@y.example"));
  const move = (mailbox: string, whose = on) => office.ask("act", { act: { kind: "move", mailbox }, on: whose });
  const mailboxOf = async () => (await office.ask("message", { account: anna, messageId })).mailbox;
  for (const name of ["Harbour", "Quay"]) await office.ask("createMailbox", { account: anna, name });
  const into = await move("Harbour");
  const bensOwn = { account: ben, messageId: bens };
  const bensInto = await move("Harbour", [bensOwn]);
  const across = await move("Quay");
  await office.ask("renameMailbox", { account: anna, mailbox: "Harbour", to: "Port" });
  await office.ask("renameMailbox", { account: anna, mailbox: "Quay", to: "Harbour" });
  const { changed, left, undo } = await office.ask("undo", { undo: across.undo ?? "" });
  assert.deepEqual([changed, left, await mailboxOf()], [1, 0, "Port"]);
  await office.ask("renameMailbox", { account: anna, mailbox: "Port", to: "Haven" });
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal(await mailboxOf(), "Harbour");
  await move("Haven");
  await office.ask("undo", { undo: into.undo ?? "" });
  assert.equal(await mailboxOf(), "INBOX");
  assert.equal((await office.ask("undo", { undo: bensInto.undo ?? "" })).changed, 1);
  assert.equal((await office.ask("message", bensOwn)).mailbox, "INBOX");
  for (const mailbox of ["Harbour", "Haven"])
    await office.ask("removeMailbox", { account: anna, mailbox, confirmed: true });
});

test("a label is a name and a colour over a keyword; labelling is an act that can be taken back", async () => {
  const label = await office.ask("saveLabel", { account: anna, name: "Käufe ☕", colour: "teal" });
  assert.deepEqual(await office.refused("saveLabel", { account: anna, name: "käufe ☕", colour: "red" }), [
    409,
    "conflict",
  ]);
  const messageId = await office.deliver("anna", letter("receipt", "shop@x.example"));
  const on = [{ account: anna, messageId }];
  const { undo } = await office.ask("act", { act: { kind: "label", label: label.label }, on });
  assert.deepEqual((await office.ask("message", { account: anna, messageId })).labels, [label.label]);
  await office.ask("undo", { undo: undo ?? "" });
  assert.deepEqual((await office.ask("message", { account: anna, messageId })).labels, []);
  await office.ask("removeLabel", { account: anna, label: label.label });
  assert.deepEqual((await office.ask("labels", { account: anna })).labels, []);
});

test("a rule goes on filing into the mailbox it names when that is renamed", async () => {
  await office.ask("createMailbox", { account: anna, name: "Boats" });
  const { version } = await office.ask("rules", { account: anna });
  await office.ask("saveRules", { account: anna, rules: [RULE], version });
  await office.ask("renameMailbox", { account: anna, mailbox: "Boats", to: "Ships" });
  const renamed = await office.ask("rules", { account: anna });
  assert.deepEqual(renamed.rules[0]?.actions[0], { kind: "move", mailbox: "Ships" });
  await office.ask("saveRules", { account: anna, rules: [], version: renamed.version });
  await office.ask("removeMailbox", { account: anna, mailbox: "Ships", confirmed: true });
});

test("a message has at most 64 labels and marks; one more is refused, and says so", async () => {
  const messageId = await office.deliver("anna", letter("labelled", "shop@x.example"));
  const on = [{ account: anna, messageId }];
  const add = Array.from({ length: 64 }, (_, n) => `l.${n}`);
  await office.house.office.house.store.setKeywords(anna, [messageId], { add });
  const label = (one: string) => ({ act: { kind: "label" as const, label: one }, on });
  assert.deepEqual(await office.refused("act", label("l.64")), [422, "refused"]);
  await office.ask("act", label("l.7"));
});

test("a rule says how much it matches, is applied when asked, and can be taken back", async () => {
  const ids = [await office.deliver("anna", letter("one")), await office.deliver("anna", letter("two"))];
  assert.deepEqual(await office.ask("countMatches", { account: anna, rule: RULE }), { matches: 2, isComplete: true });
  const { changed, undo } = await office.ask("applyRule", { account: anna, rule: RULE, confirmed: true });
  assert.equal(changed, 2);
  // What is as the rule makes it already was not changed by it.
  const star = { ...RULE, actions: [{ kind: "star" as const }] };
  const kept = await office.deliver("anna", letter("kept"));
  await office.ask("act", { act: { kind: "star" }, on: [{ account: anna, messageId: kept }] });
  const again = await office.ask("applyRule", { account: anna, rule: star, confirmed: true });
  assert.deepEqual(again, { changed: 0, undo: null });
  for (const messageId of ids) {
    const { mailbox, isStarred } = await office.ask("message", { account: anna, messageId });
    assert.deepEqual([mailbox, isStarred], ["Boats", true]);
  }
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal((await office.ask("message", { account: anna, messageId: ids[0] ?? 0 })).role, "inbox");
});

test("a rule or a removal that fails half way says so, with what takes back the half that was done", async () => {
  const messageId = await office.deliver("anna", letter("three"));
  await office.ask("createMailbox", { account: anna, name: "Dinghies" });
  const filed = await office.deliver("anna", letter("four", "x@y.example"));
  await office.ask("act", { act: { kind: "move", mailbox: "Dinghies" }, on: [{ account: anna, messageId: filed }] });
  // A database that takes marks and does not move mail, then one that moves mail and takes no mailbox away.
  const database = new DatabaseSync(join(office.house.config.dataDir, "mail.db"));
  const refusing = async <N extends "applyRule" | "removeMailbox">(
    when: string,
    name: N,
    input: RouteInput<N>,
  ): Promise<string> => {
    database.exec(`CREATE TRIGGER refuse BEFORE ${when} BEGIN SELECT RAISE(ABORT, 'no'); END`);
    try {
      const { method, path, body = "" } = requestOf(ROUTES[name], input);
      const headers = { cookie: office.cookie, origin: office.origin, "content-type": "application/json" };
      const answer = await office.raw({ method, path, headers, body });
      const { error } = JSON.parse(answer.text) as { error: { message: string; undo?: string } };
      assert.match(error.message, /part of it was done before that$/);
      return error.undo ?? "";
    } finally {
      database.exec("DROP TRIGGER refuse");
    }
  };
  const confirmed = { account: anna, confirmed: true } as const;
  try {
    const starred = await refusing("UPDATE OF mailbox_id ON placement", "applyRule", { ...confirmed, rule: RULE });
    assert.equal((await office.ask("message", { account: anna, messageId })).isStarred, true);
    await office.ask("undo", { undo: starred });
    assert.equal((await office.ask("message", { account: anna, messageId })).isStarred, false);

    const trashed = await refusing("DELETE ON mailbox", "removeMailbox", { ...confirmed, mailbox: "Dinghies" });
    assert.equal((await office.ask("message", { account: anna, messageId: filed })).role, "trash");
    await office.ask("undo", { undo: trashed });
    assert.equal((await office.ask("message", { account: anna, messageId: filed })).mailbox, "Dinghies");
  } finally {
    database.close();
  }
});

test("a rule and a removal pass over what another window moved meanwhile, and so does what takes them back", async (context) => {
  const { store } = office.house.office.house;
  /** Moves a message as soon as somebody has looked where it is. */
  const movingMeanwhile = (messageId: number): void => {
    const look = store.placementsOf.bind(store);
    context.mock.method(
      store,
      "placementsOf",
      async (...of: Parameters<typeof look>) => {
        const places = await look(...of);
        await store.move(anna, [messageId], "Kept");
        return places;
      },
      { times: 1 },
    );
  };
  const about = { ...RULE, conditions: [{ field: "from" as const, test: "contains" as const, value: "oars@" }] };
  const ids = [await office.deliver("anna", letter("five", "oars@x.example"))];
  ids.push(await office.deliver("anna", letter("six", "oars@x.example")));
  const [kept = 0, other = 0] = ids;
  const placesOf = async () => (await store.placementsOf(anna, ids)).map(({ mailbox }) => mailbox);

  movingMeanwhile(kept);
  const applied = await office.ask("applyRule", { account: anna, rule: about, confirmed: true });
  assert.deepEqual([applied.changed, await placesOf()], [1, ["Kept", "Boats"]]);
  await office.ask("undo", { undo: applied.undo ?? "" });
  assert.deepEqual(await placesOf(), ["Kept", "INBOX"]);

  await store.move(anna, ids, "Oars");
  movingMeanwhile(kept);
  const removed = await office.ask("removeMailbox", { account: anna, mailbox: "Oars", confirmed: true });
  assert.deepEqual([removed.changed, await placesOf()], [1, ["Kept", "Trash"]]);
  await office.ask("undo", { undo: removed.undo ?? "" });
  assert.deepEqual(await placesOf(), ["Kept", "Oars"]);
  await store.remove(anna, [kept, other]);
});

test("a rule that looks for nothing but blanks is refused", async () => {
  const { version } = await office.ask("rules", { account: anna });
  const blank = { ...RULE, conditions: [{ field: "subject" as const, test: "contains" as const, value: " \u00a0" }] };
  assert.deepEqual(await office.refused("saveRules", { account: anna, rules: [blank], version }), [400, "bad-request"]);
});

test("a rule sorts what comes over LMTP before POP sees it", async () => {
  const { version } = await office.ask("rules", { account: anna });
  await office.ask("saveRules", { account: anna, rules: [RULE], version });
  assert.deepEqual(await office.refused("saveRules", { account: anna, rules: [], version }), [409, "conflict"]);
  const data = `${letter("by LMTP").replaceAll("\n", "\r\n")}.\r\n`;
  assert.deepEqual(await sendMessage(office.house.port("lmtp"), { to: ["anna@localhost"], data }), [
    "250 2.0.0 stored",
  ]);
  const newest = (await office.house.office.house.store.messages(anna, { after: 0, limit: 200 })).at(-1);
  const { subject, mailbox } = await office.ask("message", { account: anna, messageId: newest?.messageId ?? 0 });
  assert.deepEqual([subject, mailbox], ["by LMTP", "Boats"]);
});

test("rules, labels and mailboxes of another account are not touched", async () => {
  assert.deepEqual(await office.ask("rules", { account: ben }), { rules: [], version: 0 });
  assert.deepEqual((await office.ask("labels", { account: ben })).labels, []);
  assert.deepEqual(await office.refused("rules", { account: "999999" }), [404, "not-found"]);
});

test("an mbox that is dropped comes in with its mails, and a second time with none", async () => {
  const mbox = [
    "From a@b.example Mon Mar  2 08:15:00 2026",
    "Subject: first",
    "",
    ">From quoted",
    "",
    "From a@b.example Mon Mar  2 08:16:00 2026",
    "Subject: second",
    "",
    "text",
    "",
  ].join("\n");
  const path = `/api/import?account=${ben}&mailbox=Old&format=mbox`;
  assert.deepEqual(pick(await office.post(path, mbox)), { added: 2, alreadyThere: 0, failed: 0 });
  assert.deepEqual(pick(await office.post(path, mbox)), { added: 0, alreadyThere: 2, failed: 0 });
  const { rows } = await office.ask("list", { account: ben, mailbox: "Old", view: "messages" });
  assert.deepEqual(rows.map(({ subject }) => subject).sort(), ["first", "second"]);
});

test("what is no mail is said to be none, and what of it could not be taken has its kind of reason", async () => {
  const path = `/api/import?account=${ben}&mailbox=Photos`;
  const photo = await office.post(`${path}&format=mbox`, "\u0089PNG\r\n");
  assert.deepEqual(
    [photo.status, (JSON.parse(photo.text) as { error: { reason: string } }).error.reason],
    [422, "import-no-mail"],
  );
});

test("a label nobody can read keeps no other from being shown, and stays", async () => {
  const { documents } = office.house.office.house.store;
  const key = { kind: "labels", account: ben, id: "all" };
  const later = { label: "l.later", name: "Of a later version", colour: "striped" };
  const known = { label: "l.known", name: "Known", colour: "grey" };
  await documents.put(key, [known, later]);
  const names = async (): Promise<readonly string[]> =>
    (await office.ask("labels", { account: ben })).labels.map(({ name }) => name);
  assert.deepEqual(await names(), ["Known"]);
  await office.ask("saveLabel", { account: ben, name: "New", colour: "red" });
  assert.deepEqual(await names(), ["Known", "New"]);
  const kept = (await documents.get(key))?.value as readonly unknown[] | undefined;
  assert.deepEqual(kept?.at(-1), later);
  await documents.remove(key);
});

test("nothing is imported into the mailbox of what is on its way out", async () => {
  const { status } = await office.post(`/api/import?account=${ben}&mailbox=Outbox&format=eml`, "Subject: x\n\nx\n");
  assert.equal(status, 422);
});

test("a message of a Maildir keeps its flags, whatever else its name says", async () => {
  const path = `/api/import?account=${ben}&mailbox=Old&format=maildir&name=${encodeURIComponent("../../x:2,FS")}`;
  assert.deepEqual(pick(await office.post(path, "Subject: flagged\n\nx\n")), { added: 1, alreadyThere: 0, failed: 0 });
  const { rows } = await office.ask("list", { account: ben, mailbox: "Old", view: "messages" });
  const row = rows.find(({ subject }) => subject === "flagged");
  assert.deepEqual([row?.isStarred, row?.isUnread], [true, false]);
});

function pick({ status, text }: Answer): unknown {
  assert.equal(status, 200, text);
  const { added, alreadyThere, failed } = JSON.parse(text) as Record<string, number>;
  return { added, alreadyThere, failed };
}

test("a mailbox is saved as an mbox, quoted so that it comes back as it was", async () => {
  const saved = await office.load(`/api/export?account=${ben}&format=mbox&mailbox=Old`);
  assert.equal(saved.status, 200);
  assert.match(String(saved.headers["content-disposition"]), /^attachment; filename=/);
  assert.match(saved.text, /^From MAILER-DAEMON /);
  assert.match(saved.text, /^>From quoted$/m);
  assert.equal(saved.text.match(/^From /gm)?.length, 3);
});

test("a selection is saved as a zip of files, one a message", async () => {
  const { rows } = await office.ask("list", { account: ben, mailbox: "Old", view: "messages" });
  const ids = rows.slice(0, 2).map(({ messageId }) => messageId);
  const saved = await office.load(`/api/export?account=${ben}&format=zip&ids=${ids.join(",")}`);
  assert.equal(saved.octets.subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
  const names = saved.octets.toString("latin1").match(/\d{8}T\d{6}Z-\d+\.eml/g) ?? [];
  assert.equal(new Set(names).size, 2);
  assert.equal((await office.load(`/api/export?account=${anna}&format=zip`)).status, 400);
});

test("what is too much for a zip is refused before it begins, and no broken file is left", async () => {
  const messages = async function* (count: number, octets: number) {
    for (let n = 0; n < count; n += 1) yield await Promise.resolve({ octets });
  };
  // APPNOTE.TXT 4.4.22: the number of members has two octets.
  await refuseTooMuch(messages(65_535, 1));
  await assert.rejects(refuseTooMuch(messages(65_536, 1)), { code: "too-large", reason: "zip-too-large" });
  await assert.rejects(refuseTooMuch(messages(2, 600_000_000)), { code: "too-large" });
});
