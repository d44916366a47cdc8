// Writing through the API: drafts, attachments, sending between accounts of the house and through a real SMTP server.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { requestOf, ROUTES } from "../../../src/webmail/api/index.ts";
import type { DraftFields, IdentityRow, OutboxRow } from "../../../src/webmail/api/schema/index.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { openReaderOffice, type Answer, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let smtp: SmtpPeer;
let anna = "";
let ben = "";
/** Recipients the submission server knows nothing of. */
const refusing = new Set<string>();
const undoing: (() => void | Promise<void>)[] = [];

before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
  ben = await office.account("ben");
  smtp = await smtpPeer(
    { after: (undo) => void undoing.push(undo) },
    {
      password: "secret",
      onRecipient: (address) => (refusing.has(address) ? "550 5.1.1 nobody here" : undefined),
    },
  );
});
after(async () => {
  await office.stop();
  for (const undo of undoing) await undo();
});

const FIELDS: DraftFields = {
  ...EMPTY_DRAFT,
  from: "anna@localhost",
  to: [{ name: "Ben", address: "ben@localhost" }],
  subject: "Boat keys",
  text: "In the blue tin.\n",
};

async function saved(id: string, fields: Partial<DraftFields> = {}, account = anna): Promise<number> {
  const { version } = await office.ask("saveDraft", {
    account,
    draft: id,
    version: 0,
    fields: { ...FIELDS, ...fields },
  });
  return version;
}

async function identityOf(address: string): Promise<IdentityRow | undefined> {
  const { identities } = await office.ask("identities", { account: anna });
  return identities.find((one) => one.address === address);
}

async function removed(address: string): Promise<void> {
  const { version = 0 } = (await identityOf(address)) ?? {};
  await office.ask("removeIdentity", { account: anna, address, version });
}

/** The outbox tells each state by its document; a state that is not reached ends the test by its time. */
async function reached(id: string, ...states: readonly OutboxRow["state"][]): Promise<OutboxRow> {
  for (;;) {
    const { entries } = await office.ask("outbox", { account: anna });
    const entry = entries.find((row) => row.id === id);
    if (entry !== undefined && states.includes(entry.state)) return entry;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lists follow the store a moment later; a role that is not reached ends the test by its time. */
async function filedAs(role: string, messageId: number): Promise<void> {
  while ((await office.ask("message", { account: anna, messageId })).role !== role)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Not held any more: what waits ten seconds for second thoughts is told to go now. */
async function sendNow(draft: string, version: number): Promise<OutboxRow> {
  const { id } = await office.ask("send", { account: anna, draft, version });
  await office.ask("retrySending", { account: anna, entry: id });
  return reached(id, "sent", "failed");
}

const upload = (draft: string, name: string, body: string): Promise<Answer> =>
  office.post(
    `/api/drafts/${draft}/attachments?account=${anna}&type=text/plain&name=${encodeURIComponent(name)}`,
    body,
  );

test("a draft is kept as it was typed, listed, and gone when it is discarded", async () => {
  const version = await saved("draft-kept");
  const draft = await office.ask("draft", { account: anna, draft: "draft-kept" });
  assert.equal(draft.text, FIELDS.text);
  assert.equal(draft.version, version);
  const { drafts } = await office.ask("drafts", { account: anna });
  assert.deepEqual(
    drafts.map(({ id, subject, preview }) => [id, subject, preview]),
    [["draft-kept", "Boat keys", "In the blue tin."]],
  );
  await office.ask("removeDraft", { account: anna, draft: "draft-kept", version });
  assert.deepEqual(await office.refused("draft", { account: anna, draft: "draft-kept" }), [404, "not-found"]);
});

test("of two windows that write one draft the second is told", async () => {
  const version = await saved("draft-twice");
  const change = { account: anna, draft: "draft-twice", version, fields: { ...FIELDS, text: "first" } };
  await office.ask("saveDraft", change);
  assert.deepEqual(await office.refused("saveDraft", { ...change, fields: FIELDS }), [409, "conflict"]);
  assert.equal((await office.ask("draft", { account: anna, draft: "draft-twice" })).text, "first");
  assert.deepEqual(await office.refused("send", { account: anna, draft: "draft-twice", version }), [409, "conflict"]);
});

test("what another window was told is saved is there, also while the draft is being sent", async () => {
  const version = await saved("draft-raced");
  const asked = { account: anna, draft: "draft-raced", version };
  // Sending builds the message before the draft goes, so that this is nearly always saved between the two.
  const [sending, saving] = await Promise.allSettled([
    office.ask("send", asked),
    office.ask("saveDraft", { ...asked, fields: { ...FIELDS, text: "In the red tin." } }),
  ]);
  if (saving.status === "fulfilled")
    assert.equal((await office.ask("draft", { account: anna, draft: "draft-raced" })).text, "In the red tin.");
  if (sending.status === "fulfilled") {
    const back = await office.ask("takeBack", { account: anna, entry: sending.value.id });
    assert.equal(back.text, FIELDS.text);
  }
  for (const { id, version: kept } of (await office.ask("drafts", { account: anna })).drafts)
    await office.ask("removeDraft", { account: anna, draft: id, version: kept });
});

test("the longest draft that is taken is sent; a longer one is refused in words, and never half kept", async () => {
  const html = `<p>${"é&amp;".repeat(40_000)}</p>`;
  const most = { ...FIELDS, html, text: "x".repeat(300_000) };
  const version = await saved("draft-longest", most);
  const entry = await office.ask("send", { account: anna, draft: "draft-longest", version });
  const back = await office.ask("takeBack", { account: anna, entry: entry.id });
  assert.equal(back.text.length, 300_000);
  await office.ask("removeDraft", { account: anna, draft: "draft-longest", version: back.version });
  // Each is refused by what it comes to as it is kept: letters of three octets, line ends of two signs.
  for (const text of ["会".repeat(270_000), "\n".repeat(410_000), "x".repeat(1_200_000)]) {
    const { method, path, body } = requestOf(ROUTES.saveDraft, {
      account: anna,
      draft: "draft-too-long",
      version: 0,
      fields: { ...FIELDS, text },
    });
    const headers = { cookie: office.cookie, origin: office.origin, "sec-fetch-site": "same-origin" };
    const answer = await office.raw({
      method,
      path,
      headers: { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body }),
    });
    assert.equal(answer.status, 413, answer.text);
    assert.match(answer.text, /"reason":"text-too-long"/);
  }
  assert.deepEqual(await office.refused("draft", { account: anna, draft: "draft-too-long" }), [404, "not-found"]);
});

test("drafts of another account are not there", async () => {
  await saved("draft-of-anna");
  assert.deepEqual(await office.refused("draft", { account: ben, draft: "draft-of-anna" }), [404, "not-found"]);
  assert.deepEqual((await office.ask("drafts", { account: ben })).drafts, []);
});

test("between accounts of the house mail needs no server, arrives, and is filed in Sent", async () => {
  const sent = await sendNow(
    "draft-local",
    await saved("draft-local", { bcc: [{ name: "", address: "anna@localhost" }] }),
  );
  assert.equal(sent.state, "sent");
  const [newest] = await office.house.office.house.store.messages(ben, { after: 0, limit: 1 });
  const message = await office.ask("message", { account: ben, messageId: newest?.messageId ?? 0 });
  assert.deepEqual([message.subject, message.role], ["Boat keys", "inbox"]);
  assert.deepEqual(message.bcc, [], "who gets a blind copy is nobody's to read");
  await filedAs("sent", sent.messageId);
});

test("to anybody else it says that no submission server is set, and keeps the message", async () => {
  const version = await saved("draft-away", { to: [{ name: "", address: "cleo@elm.example" }] });
  const entry = await sendNow("draft-away", version);
  assert.equal(entry.state, "failed");
  assert.equal(entry.trouble?.code, "no-server");
  const draft = await office.ask("takeBack", { account: anna, entry: entry.id });
  assert.equal(draft.text, FIELDS.text);
  assert.equal((await office.ask("draft", { account: anna, draft: draft.id })).subject, "Boat keys");
});

test("what is held can be taken back as it was, with its attachments", async () => {
  await saved("draft-held-1");
  assert.equal((await upload("draft-held-1", "../../etc/plan\u202e.txt", "the plan")).status, 200);
  const { version } = await office.ask("draft", { account: anna, draft: "draft-held-1" });
  const entry = await office.ask("send", { account: anna, draft: "draft-held-1", version });
  assert.equal(entry.state, "held");
  assert.ok(entry.holdUntil - entry.queuedAt === 10_000, "ten seconds by the server's clock");
  assert.deepEqual(
    (await office.ask("drafts", { account: anna })).drafts.filter(({ id }) => id === "draft-held-1"),
    [],
  );
  const draft = await office.ask("takeBack", { account: anna, entry: entry.id });
  assert.deepEqual(
    draft.attachments.map(({ fileName, octets }) => [/[/\\\u202e]/.test(fileName), octets]),
    [[false, 8]],
  );
  assert.deepEqual(await office.refused("takeBack", { account: anna, entry: entry.id }), [409, "conflict"]);
});

/** Anna's address goes through the submission server of these tests, which refuses `refused` for good. */
async function throughServerRefusing(refused: string): Promise<void> {
  refusing.add(refused);
  await office.ask("saveIdentity", {
    account: anna,
    address: "anna@alder.example",
    name: "Anna",
    signature: "",
    isDefault: false,
    server: { host: "127.0.0.1", port: smtp.port, tls: "none", user: "anna" },
    password: "secret",
  });
}

test("what some have is written on to the others alone, and is another message", async () => {
  await throughServerRefusing("nobody@oak.example");
  const people = ["ben@oak.example", "nobody@oak.example"].map((address) => ({ name: "", address }));
  const fields = { from: "anna@alder.example", to: people, cc: [{ name: "", address: "cleo@oak.example" }] };
  const sent = await sendNow("draft-partly", await saved("draft-partly", fields));
  assert.deepEqual([sent.state, sent.taken], ["sent", ["ben@oak.example", "cleo@oak.example"]]);
  assert.deepEqual(sent.to.toSorted(), ["ben@oak.example", "cleo@oak.example", "nobody@oak.example"]);
  const draft = await office.ask("takeBack", { account: anna, entry: sent.id });
  assert.deepEqual([draft.to, draft.cc], [[{ name: "", address: "nobody@oak.example" }], []]);
  assert.deepEqual(await office.refused("takeBack", { account: anna, entry: sent.id }), [409, "conflict"]);
  refusing.clear();
  const before = smtp.taken.length;
  const again = await sendNow(draft.id, draft.version);
  assert.deepEqual([again.state, again.id === sent.id], ["sent", false]);
  assert.deepEqual(
    smtp.taken.slice(before).map(({ to }) => to),
    [["nobody@oak.example"]],
  );
  await filedAs("sent", sent.messageId);
  await removed("anna@alder.example");
});

test("taken back beside a draft that was written on, a message goes to nobody who has it, and that draft is left alone", async () => {
  await throughServerRefusing("nobody@oak.example");
  const people = ["ben@oak.example", "nobody@oak.example"].map((address) => ({ name: "", address }));
  const fields = { from: "anna@alder.example", to: people };
  const sent = await sendNow("draft-changed", await saved("draft-changed", fields));
  assert.deepEqual([sent.state, sent.taken], ["sent", ["ben@oak.example"]]);
  // As when the draft outlived its sending, and was written on in another window.
  const added = { name: "", address: "dan@fir.example" };
  await saved("draft-changed", { ...fields, to: [...people, added], text: "In the red tin.\n" });
  const draft = await office.ask("takeBack", { account: anna, entry: sent.id });
  assert.deepEqual([draft.to, draft.text], [[people[1]], FIELDS.text]);
  const other = await office.ask("draft", { account: anna, draft: "draft-changed" });
  assert.deepEqual([other.to, other.text, other.version], [[...people, added], "In the red tin.\n", 1]);
  for (const { id, version } of [draft, other]) await office.ask("removeDraft", { account: anna, draft: id, version });
  refusing.clear();
  await removed("anna@alder.example");
});

test("a window that has an earlier version of what was sent saves nothing over what was taken back", async () => {
  const place = { account: anna, draft: "draft-stale" };
  const version = await saved("draft-stale");
  const fields = { ...FIELDS, text: "In the red tin.\n" };
  const later = await office.ask("saveDraft", { ...place, version, fields });
  const { id: entry } = await office.ask("send", { ...place, version: later.version });
  const back = await office.ask("takeBack", { account: anna, entry });
  assert.deepEqual(await office.refused("saveDraft", { ...place, version, fields: FIELDS }), [404, "not-found"]);
  assert.deepEqual(await office.ask("draft", { account: anna, draft: back.id }), back);
  assert.equal(back.text, fields.text);
  await office.ask("removeDraft", { account: anna, draft: back.id, version: back.version });
});

test("a draft that is still there after it was sent is sent once; written on, it is another message", async () => {
  const send = async (version: number): Promise<string> =>
    (await office.ask("send", { account: anna, draft: "draft-again", version })).id;
  const entry = await send(await saved("draft-again"));
  // As a process leaves it that ends before it removes the draft.
  assert.equal(await send(await saved("draft-again")), entry);
  const other = await send(await saved("draft-again", { text: "In the red tin." }));
  assert.notEqual(other, entry);
  // As it was sent, and not removed: taken back it is one draft.
  await saved("draft-again");
  for (const id of [entry, other]) await office.ask("takeBack", { account: anna, entry: id });
  assert.deepEqual(await office.refused("draft", { account: anna, draft: "draft-again" }), [404, "not-found"]);
});

test("an address that is entered again in another window stays, with its new password, when the removal comes", async () => {
  const address = "anna@fir.example";
  const server = { host: "127.0.0.1", port: smtp.port, tls: "none", user: "anna", mechanism: "plain" } as const;
  const entered = { account: anna, address, name: "Anna", signature: "", isDefault: false, server };
  const { version } = await office.ask("saveIdentity", { ...entered, password: "old" });
  // The removal waits in one window while another enters it.
  await office.ask("saveIdentity", { ...entered, password: "secret" });
  assert.deepEqual(await office.refused("removeIdentity", { account: anna, address, version }), [409, "conflict"]);
  assert.equal((await identityOf(address))?.hasPassword, true);
  assert.equal((await office.ask("testIdentity", { account: anna, address, server })).trouble, null);
  const latest = await identityOf(address);
  // A removal and a second entry at once: it is there with its password, or not at all.
  const both = await Promise.allSettled([
    office.ask("removeIdentity", { account: anna, address, version: latest?.version ?? 0 }),
    office.ask("saveIdentity", { ...entered, password: "secret" }),
  ]);
  assert.equal(both[1].status, "fulfilled");
  assert.equal((await identityOf(address))?.hasPassword, true);
  await removed(address);
  await removed(address);
  assert.equal(await identityOf(address), undefined);
  const names = await office.house.office.house.store.documents.list({ kind: "identity", account: anna });
  assert.ok(!names.some(({ id }) => id.includes("fir")));
  const secrets = join(office.house.config.dataDir, "secrets");
  assert.deepEqual(
    readdirSync(secrets).filter((name) => name.includes("fir")),
    [],
  );
});

test("through a submission server: the octets it took have exactly these fields, the file and the cleaned HTML", async () => {
  await office.ask("saveIdentity", {
    account: anna,
    address: "anna@alder.example",
    name: "Anna Berg",
    signature: "Anna",
    isDefault: true,
    server: { host: "127.0.0.1", port: smtp.port, tls: "none", user: "anna", mechanism: "plain" },
    password: "secret",
  });
  const html = '<p>Blue <b>tin</b><script>alert(1)</script><img src="http://tracker.example/x.png" onerror="x()"></p>';
  await saved("draft-away-2", {
    from: "anna@alder.example",
    to: [{ name: "Cleo", address: "cleo@elm.example" }],
    bcc: [{ name: "", address: "dan@fir.example" }],
    html,
    inReplyTo: "one@elm.example",
    references: ["zero@elm.example", "one@elm.example"],
  });
  await upload("draft-away-2", "plan.txt", "the plan");
  const { version } = await office.ask("draft", { account: anna, draft: "draft-away-2" });
  assert.equal((await sendNow("draft-away-2", version)).state, "sent");
  const taken = smtp.taken.at(-1);
  assert.deepEqual(taken?.to, ["cleo@elm.example", "dan@fir.example"]);
  const mail = taken?.octets.toString("latin1") ?? "";
  const names = (mail.slice(0, mail.indexOf("\r\n\r\n")).match(/^[\w-]+(?=:)/gm) ?? []).map((name) =>
    name.toLowerCase(),
  );
  assert.deepEqual(
    names.sort(),
    [
      "cc",
      "content-type",
      "date",
      "from",
      "in-reply-to",
      "message-id",
      "mime-version",
      "references",
      "subject",
      "to",
    ].filter((name) => name !== "cc"),
  );
  assert.match(mail, /^From: Anna Berg <anna@alder\.example>\r$/m);
  assert.match(mail, /^In-Reply-To: <one@elm\.example>\r$/m);
  assert.match(mail, /filename=plan\.txt/);
  assert.match(mail, /<b>tin<\/b>/);
  assert.doesNotMatch(mail, /script|onerror|tracker|dan@/);
});

test("with XOAUTH2 the token is read anew before every attempt, from the file a program may renew", async () => {
  let token = "ya29.first";
  const provider = await smtpPeer({ after: (undo) => void undoing.push(undo) }, { token: () => token });
  const address = "anna@cloud.example";
  const place = { host: "127.0.0.1", port: provider.port, tls: "none", user: address, mechanism: "xoauth2" } as const;
  const asked = { account: anna, address, server: place };
  const { trouble, reply } = await office.ask("testIdentity", { ...asked, password: "ya29.wrong" });
  assert.equal(trouble, "login-refused");
  assert.match(reply, /^535 /);
  assert.equal((await office.ask("testIdentity", { ...asked, password: token })).trouble, null);
  const identity = { name: "Anna", signature: "", isDefault: false, password: token };
  const shown = await office.ask("saveIdentity", { ...asked, ...identity });
  assert.doesNotMatch(JSON.stringify(shown), /ya29/);
  const first = await saved("draft-cloud-1", { from: address, to: [{ name: "", address: "cleo@elm.example" }] });
  assert.equal((await sendNow("draft-cloud-1", first)).state, "sent");
  assert.equal(provider.taken.at(-1)?.user, address);

  token = "ya29.second";
  const next = await saved("draft-cloud-2", { from: address, to: [{ name: "", address: "cleo@elm.example" }] });
  const stale = await sendNow("draft-cloud-2", next);
  assert.deepEqual([stale.state, stale.trouble?.code], ["failed", "login-refused"]);
  // As docs/reader/answering-from-the-right-address.md names it.
  const file = join(office.house.config.dataDir, "secrets", `identity-${anna}-anna_40cloud.example`);
  await writeFile(file, `${token}\n`);
  await office.ask("retrySending", { account: anna, entry: stale.id });
  assert.equal((await reached(stale.id, "sent")).state, "sent");
  assert.equal(provider.taken.length, 2);
});

test("a password that is kept goes to the server it was entered for, and to no other that is typed in", async () => {
  const own = await smtpPeer({ after: (undo) => void undoing.push(undo) }, { token: () => "ya29.kept" });
  const other = await smtpPeer({ after: (undo) => void undoing.push(undo) }, { token: () => "ya29.kept" });
  const address = "anna@kept.example";
  const identity = { account: anna, address, name: "Anna", signature: "", isDefault: false };
  const place = { host: "127.0.0.1", port: own.port, tls: "none", user: address, mechanism: "xoauth2" } as const;
  await office.ask("saveIdentity", { ...identity, server: place, password: "ya29.kept" });
  for (const elsewhere of [{ port: other.port }, { host: "localhost" }, { user: "somebody" }]) {
    const server = { ...place, ...elsewhere };
    const asked = { account: anna, address, server };
    assert.deepEqual(await office.refused("testIdentity", asked), [400, "bad-request"], JSON.stringify(elsewhere));
    assert.deepEqual(await office.refused("saveIdentity", { ...identity, server }), [400, "bad-request"]);
  }
  assert.equal((await office.ask("testIdentity", { account: anna, address, server: place })).trouble, null);
  await office.ask("saveIdentity", { ...identity, name: "Anna B.", server: place });
  // With its password it may be any.
  const moved = { ...place, port: other.port };
  await office.ask("saveIdentity", { ...identity, server: moved, password: "ya29.kept" });
  assert.equal((await office.ask("testIdentity", { account: anna, address, server: moved })).trouble, null);
});

test("nobody writes as somebody else, and more than twenty-five recipients are asked about", async () => {
  const as = await saved("draft-as-other", { from: "ben@localhost" });
  assert.deepEqual(await office.refused("send", { account: anna, draft: "draft-as-other", version: as }), [
    400,
    "bad-request",
  ]);
  const to = Array.from({ length: 26 }, (_, i) => ({ name: "", address: `a${i}@localhost` }));
  const many = await saved("draft-to-many", { to });
  assert.deepEqual(await office.refused("send", { account: anna, draft: "draft-to-many", version: many }), [
    400,
    "not-confirmed",
  ]);
  const bad = await saved("draft-bad-one", { to: [{ name: "", address: "x@y.example\r\nBcc: v@v.example" }] });
  const [status] = await office.refused("send", { account: anna, draft: "draft-bad-one", version: bad });
  assert.equal(status, 400);
});

test("a reply names what it answers, quotes it, and comes from the address it came to", async () => {
  const messageId = await office.deliver(
    "anna",
    "From: Mina <mina@harbour.example>\nTo: anna@localhost, pat@studio.example\nSubject: Regatta\nMessage-ID: <r1@harbour.example>\n\nShall we?\n",
  );
  const reply = await office.ask("beginDraft", { account: anna, kind: "reply-all", messageId });
  assert.equal(reply.from, "anna@localhost");
  assert.deepEqual(
    reply.to.map(({ address }) => address),
    ["mina@harbour.example"],
  );
  assert.deepEqual(
    reply.cc.map(({ address }) => address),
    ["pat@studio.example"],
  );
  assert.equal(reply.subject, "Re: Regatta");
  assert.equal(reply.inReplyTo, "r1@harbour.example");
  assert.match(reply.text, /^> Shall we\?$/m);
});

test("a reply to a message without a sender quotes it, under no line about who wrote", async () => {
  const messageId = await office.deliver("anna", "Subject: hello\n\nFrom nobody.\n");
  const bare = await office.ask("beginDraft", { account: anna, kind: "reply", messageId });
  assert.deepEqual(bare.to, []);
  assert.match(bare.text, /\n\n> From nobody\.$/);
});

test("a forward brings the message: quoted with its attachments, or whole, octet for octet", async () => {
  const original = [
    "From: Mina <mina@harbour.example>",
    "To: anna@localhost",
    "Subject: Plans",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "See the file.",
    "--b",
    'Content-Type: text/plain; name="plan.txt"',
    'Content-Disposition: attachment; filename="plan.txt"',
    "",
    "the plan",
    "--b--",
    "",
  ].join("\n");
  const messageId = await office.deliver("anna", original);
  const inline = await office.ask("beginDraft", { account: anna, kind: "forward", messageId });
  assert.deepEqual(
    inline.attachments.map(({ fileName, octets }) => [fileName, octets]),
    [["plan.txt", 8]],
  );
  assert.match(inline.text, /From: Mina <mina@harbour\.example>/);
  const whole = await office.ask("beginDraft", { account: anna, kind: "forward-attached", messageId });
  assert.deepEqual(
    whole.attachments.map(({ fileName, mediaType, octets }) => [fileName, mediaType, octets]),
    [["Plans.eml", "message/rfc822", original.replaceAll("\n", "\r\n").length]],
  );
});

test("a read receipt goes when it is asked for, and only then", async () => {
  const messageId = await office.deliver(
    "anna",
    "From: Ben <ben@localhost>\nTo: anna@localhost\nSubject: Confirm\nMessage-ID: <c1@x.example>\nDisposition-Notification-To: ben@localhost\n\nPlease.\n",
  );
  const before = (await office.ask("outbox", { account: anna })).entries.length;
  await office.ask("message", { account: anna, messageId });
  assert.equal((await office.ask("outbox", { account: anna })).entries.length, before);
  const words = { subject: "Gelesen: {subject}", text: "„{subject}“ wurde {address} gezeigt." };
  await office.ask("sendReceipt", { account: anna, messageId, confirmed: true, words });
  const [receipt] = (await office.ask("outbox", { account: anna })).entries.filter(
    ({ subject }) => subject === "Gelesen: Confirm",
  );
  assert.deepEqual(receipt?.to, ["ben@localhost"]);
});

test("an upload needs its draft, its origin and its size", async () => {
  assert.equal((await upload("draft-not-there", "a.txt", "x")).status, 404);
  const foreign = await office.raw({
    method: "POST",
    path: `/api/drafts/draft-as-other/attachments?account=${anna}&name=a`,
    body: "x",
    headers: { cookie: office.cookie, origin: "http://evil.example", "content-type": "application/octet-stream" },
  });
  assert.equal(foreign.status, 403);
  const simple = await office.raw({
    method: "POST",
    path: `/api/drafts/draft-as-other/attachments?account=${anna}&name=a`,
    body: "x",
    headers: { cookie: office.cookie, origin: office.origin, "content-type": "text/plain" },
  });
  assert.equal(simple.status, 415);
});

test("drafts and what is on its way out are one list over all accounts, each with whose it is", async () => {
  await saved("draft-of-hers");
  await saved("draft-of-his", { from: "ben@localhost" }, ben);
  await saved("sent-by-him", { from: "ben@localhost", to: [{ name: "", address: "anna@localhost" }] }, ben);
  const { id } = await office.ask("send", { account: ben, draft: "sent-by-him", version: 1 });
  const { drafts } = await office.ask("drafts", { account: "all" });
  const owners = Object.fromEntries(drafts.map((row) => [row.id, row.account]));
  assert.deepEqual([owners["draft-of-hers"], owners["draft-of-his"]], [anna, ben]);
  const { entries } = await office.ask("outbox", { account: "all" });
  assert.equal(entries.find((row) => row.id === id)?.account, ben);
  assert.ok(!(await office.ask("outbox", { account: anna })).entries.some((row) => row.id === id));
});
