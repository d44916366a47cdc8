// Answers and forwards of every mail of both corpora, down to the octets that are sent: what its maker wrote down is in
// them, and nothing that its maker smuggled.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test, type TestContext } from "node:test";
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import { openMailReader, type MailReader } from "../../../src/message/index.ts";
import type { AnswerKind, Draft, DraftFields, NewIdentity, OutboxRow } from "../../../src/webmail/api/schema/index.ts";
import { expectedOf, hostile, mails, onTheWire, wordsOf, type Expected, type Mail } from "../../message/corpus.ts";
import { sample } from "../../retriever/sample.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { faultsOf, letterOf } from "./letter.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const KINDS: readonly AnswerKind[] = ["reply", "reply-all", "forward", "forward-attached"];
const ROBIN = "robin@alder.example";

let office: ReaderOffice;
let robin = "";
let smtp: SmtpPeer;
const undoing: (() => void | Promise<void>)[] = [];
const mail: MailReader = openMailReader({ threads: 1 });

/** All answers are written with one: nothing of what is forwarded may be taken for it. */
const SIGNATURE = "Robin of the office\nBy the harbour";

let identity: NewIdentity = {
  account: "",
  address: ROBIN,
  name: "Robin Alder",
  signature: SIGNATURE,
  isDefault: true,
  server: null,
};
after(async () => {
  await office.stop();
  await mail.close();
  for (const undo of undoing) await undo();
});

before(async () => {
  office = await openReaderOffice();
  robin = await office.account("robin");
  smtp = await smtpPeer({ after: (undo) => void undoing.push(undo) });
  identity = { ...identity, account: robin, server: { host: "127.0.0.1", port: smtp.port, tls: "none" } };
  await office.ask("saveIdentity", identity);
});

interface Written {
  readonly draft: Draft;
  /** As they wait in the outbox, which sends them as they are. */
  readonly octets: Uint8Array;
  readonly envelope: readonly string[];
}

type Changing = (draft: Draft) => Partial<DraftFields>;

/** Begins an answer, changes nothing but what `change` says, and sends it: for ten seconds it waits. */
async function queued(
  messageId: number,
  kind: AnswerKind,
  change: Changing,
): Promise<Written & { readonly entry: string }> {
  const draft = await office.ask("beginDraft", { account: robin, kind, messageId });
  const { from, to, cc, bcc, subject, text, html, inReplyTo, references, answers, asksForReceipt } = draft;
  const fields = { from, to, cc, bcc, subject, text, html, inReplyTo, references, answers, asksForReceipt };
  const { version } = await office.ask("saveDraft", {
    account: robin,
    draft: draft.id,
    version: draft.version,
    fields: { ...fields, ...change(draft) },
  });
  const entry = await office.ask("send", { account: robin, draft: draft.id, version, confirmed: true });
  const { store } = office.house.office.house;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.octetsOf(robin, entry.messageId)) chunks.push(Buffer.from(chunk));
  return { draft, octets: Buffer.concat(chunks), envelope: entry.to, entry: entry.id };
}

/** Taken back again. */
async function answered(messageId: number, kind: AnswerKind, change: Changing = () => ({})): Promise<Written> {
  const { entry, ...written } = await queued(messageId, kind, change);
  const { id: draft, version } = await office.ask("takeBack", { account: robin, entry });
  await office.ask("removeDraft", { account: robin, draft, version });
  return written;
}

/** Entries that went on to the submission server. */
const sentOn = new Set<string>();

/** What a submission server hears of it is what was shown: who it is for, and each octet. */
async function assertSentAsIs(messageId: number, kind: AnswerKind, change: Changing): Promise<void> {
  const { entry, octets, envelope } = await queued(messageId, kind, change);
  sentOn.add(entry);
  await office.ask("retrySending", { account: robin, entry });
  let state = "queued";
  while (state !== "sent" && state !== "failed") {
    const { entries } = await office.ask("outbox", { account: robin });
    state = entries.find(({ id }) => id === entry)?.state ?? "gone";
  }
  assert.equal(state, "sent");
  const taken = smtp.taken.at(-1);
  assert.deepEqual([taken?.from, taken?.to], [ROBIN, envelope]);
  assert.ok(taken?.octets.equals(octets), "the octets are those that were stored");
}

async function notByUs(): Promise<readonly OutboxRow[]> {
  return (await office.ask("outbox", { account: robin })).entries.filter(({ id }) => !sentOn.has(id));
}

const TO_PAT: Partial<DraftFields> = { to: [{ name: "Pat", address: "pat@studio.example" }] };
const withSomebody = (draft: Draft): Partial<DraftFields> => (draft.to.length + draft.cc.length > 0 ? {} : TO_PAT);

const addresses = (list: readonly { readonly address: string }[]): string[] =>
  list.map(({ address }) => address.toLowerCase()).toSorted();
const flat = (text: string): string => text.normalize("NFC").replaceAll(/[\s>]+/g, "");
const hashOf = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");
/** Text that is not encoded has the line ends of the wire; its maker counted those of a Maildir. */
const hashesOf = (octets: Uint8Array): readonly string[] => [
  hashOf(octets),
  hashOf(Buffer.from(Buffer.from(octets).toString("latin1").replaceAll("\r\n", "\n"), "latin1")),
];

/** Stands in the file; its maker did not write it down a second time. */
const REPLY_TO = new Map([["b65-forge-notification.eml", ["reply+abc@reply.forge.example"]]]);

/** All of them in the long run; so many in the short one. */
const ORDINARY = 8;
const HOSTILE = 8;

function sampled(t: TestContext, corpus: "benign" | "hostile", take: number): readonly Mail[] {
  const all = mails(corpus);
  return sample(t, { what: `${corpus} mails`, of: all.length, take }).flatMap((n) => all[n - 1] ?? []);
}

/** RFC 5322 §3.6.3: to Reply-To, else to From; what one wrote oneself goes on to whom it went. */
function answersTo(file: string, { from, to, replyTo = REPLY_TO.get(file) }: Expected): string[] {
  const senders = from.map(({ address }) => address);
  const asked = senders.includes(ROBIN) ? to.map(({ address }) => address) : (replyTo ?? senders);
  const others = asked.filter((address) => address !== ROBIN);
  return [...new Set((others.length > 0 ? others : asked).map((address) => address.toLowerCase()))].toSorted();
}

/** RFC 5322 §3.6.3: the other recipients, but for oneself. */
function copiesTo(file: string, expected: Expected): string[] {
  const first = new Set(answersTo(file, expected));
  const isMine = expected.from.some(({ address }) => address === ROBIN);
  const others = [...(isMine ? [] : expected.to), ...expected.cc].map(({ address }) => address.toLowerCase());
  return [...new Set(others)].filter((one) => one !== "" && one !== ROBIN && !first.has(one)).toSorted();
}

test("every ordinary mail is answered and forwarded with its words, its files and its thread", async (t) => {
  const truth = expectedOf();
  for (const { file, octets } of sampled(t, "benign", ORDINARY)) {
    await t.test(file, async () => {
      const expected = truth.get(file);
      assert.ok(expected !== undefined);
      const original = onTheWire(octets());
      const messageId = await office.deliver("robin", original);

      for (const kind of ["reply", "reply-all"] as const) {
        const { draft, octets: sent, envelope } = await answered(messageId, kind, withSomebody);
        assert.equal(draft.from, ROBIN);
        assert.match(draft.subject, /^Re:/);
        assert.doesNotMatch(draft.subject, /^Re:\s*(?:Re|AW|Fwd?):/i);
        assert.deepEqual(addresses(draft.to), answersTo(file, expected));
        assert.deepEqual(addresses(draft.cc), kind === "reply-all" ? copiesTo(file, expected) : []);
        if (draft.to.length > 0)
          assert.deepEqual(envelope.map((one) => one.toLowerCase()).toSorted(), addresses([...draft.to, ...draft.cc]));
        const letter = letterOf(sent);
        assert.equal(letter.field("in-reply-to"), `<${expected.messageId}>`);
        assert.ok(letter.field("references")?.endsWith(`<${expected.messageId}>`));
        for (const id of expected.references ?? []) assert.ok(letter.field("references")?.includes(`<${id}>`), id);
        assert.deepEqual(faultsOf(sent), []);
        const words = await mail.read(Uint8Array.from(sent));
        const text = words.bodies.flatMap((body) => (body.kind === "text" ? body.blocks : []));
        assert.ok(
          text.every(
            ({ quote, text: own }) => quote > 0 || !(expected.textContains ?? []).some((part) => own.includes(part)),
          ),
        );
        const shown = flat(text.map((block) => block.text).join("\n"));
        const rich = draft.richStart === null ? undefined : flat(textIn(parseFragment(draft.richStart)));
        for (const part of wordsOf(file, expected)) {
          assert.ok(shown.includes(flat(part)), part);
          assert.ok(rich?.includes(flat(part)) ?? true, `formatted: ${part}`);
        }
      }

      const forward = await answered(messageId, "forward", () => TO_PAT);
      assert.match(forward.draft.subject, /^Fwd:/);
      assert.equal(letterOf(forward.octets).field("in-reply-to"), undefined, "a forward answers nothing");
      assert.deepEqual(faultsOf(forward.octets), []);
      for (const { name, address } of expected.from) {
        assert.ok(forward.draft.text.includes(name), name);
        assert.ok(forward.draft.text.toLowerCase().includes(address.toLowerCase()), address);
      }
      const read = await mail.read(Uint8Array.from(forward.octets));
      const blocks = read.bodies.flatMap((body) => (body.kind === "text" ? body.blocks : []));
      const forwarded = flat(blocks.map(({ text }) => text).join("\n"));
      for (const part of wordsOf(file, expected)) assert.ok(forwarded.includes(flat(part)), part);
      const signed = blocks.filter(({ isSignature }) => isSignature).map(({ text }) => text);
      assert.ok(signed.join("\n").endsWith(SIGNATURE), "it is signed at its end");
      const [first = ""] = wordsOf(file, expected);
      assert.ok(
        flat(blocks.map(({ text, isSignature }) => (isSignature ? "" : text)).join("\n")).includes(flat(first)),
        "and what is forwarded is no part of it",
      );
      const carried = await Promise.all(
        read.parts.map(async ({ part }) => (await mail.part(Uint8Array.from(forward.octets), part)).content),
      );
      const hashes = new Set(carried.flatMap(hashesOf));
      for (const { filename, sha256 } of expected.attachments)
        if (filename !== null && sha256 !== null) assert.ok(hashes.has(sha256), filename);

      await assertSentAsIs(messageId, "reply", withSomebody);
      await assertSentAsIs(messageId, "forward", () => TO_PAT);
      const whole = await answered(messageId, "forward-attached", () => TO_PAT);
      const [attached] = (await mail.read(Uint8Array.from(whole.octets))).parts;
      assert.equal(attached?.mediaType, "message/rfc822");
      const { content } = await mail.part(Uint8Array.from(whole.octets), attached?.part ?? "");
      assert.equal(Buffer.from(content).toString("latin1").trimEnd(), original.toString("latin1").trimEnd());
      assert.deepEqual(faultsOf(whole.octets), []);
    });
  }
});

/** All a message written here may have, each at most once. */
const FIELDS = new Set(
  "from to cc subject message-id in-reply-to references date mime-version content-type content-transfer-encoding".split(
    " ",
  ),
);
const REQUIRED = ["from", "to", "date", "message-id", "mime-version", "content-type"];

test("no answer to a hostile mail has a header, a recipient or a line that its maker smuggled", async (t) => {
  for (const { file, octets } of sampled(t, "hostile", HOSTILE)) {
    await t.test(file, async () => {
      const messageId = await office.deliver("robin", onTheWire(octets()));
      for (const kind of KINDS) {
        const { draft, octets: sent, envelope } = await answered(messageId, kind, withSomebody);
        const { fields, field } = letterOf(sent);
        const names = fields.map(([name]) => name);
        assert.deepEqual(names, [...new Set(names)], "a field stands once");
        assert.deepEqual(
          names.filter((name) => !FIELDS.has(name)),
          [],
        );
        assert.deepEqual(
          REQUIRED.filter((name) => !names.includes(name) && !(name === "to" && names.includes("cc"))),
          [],
        );
        assert.deepEqual(faultsOf(sent), []);
        assert.equal(field("from"), `Robin Alder <${ROBIN}>`);
        for (const id of `${field("in-reply-to") ?? ""} ${field("references") ?? ""}`.split(" ").filter(Boolean))
          assert.match(id, /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/);
        const chosen = [...draft.to, ...draft.cc];
        if (chosen.length > 0)
          assert.deepEqual([...envelope].map((one) => one.toLowerCase()).toSorted(), addresses(chosen));
        assert.deepEqual(
          envelope.filter((address) => /victim/.test(address)),
          [],
        );
        assert.doesNotMatch(draft.subject, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        if (kind !== "forward-attached") assertClean(draft);
      }
      await assertSentAsIs(messageId, "reply", withSomebody);
      await assertSentAsIs(messageId, "forward", () => TO_PAT);
    });
  }
  assert.deepEqual(await notByUs(), [], "and nothing went by itself");
});

const ELEMENTS = new Set(
  (
    "a abbr address article aside b bdi bdo big blockquote br center cite code dd del dfn div dl dt em figcaption figure font " +
    "footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike " +
    "strong sub sup table tbody td tfoot th thead caption col colgroup time tr tt u ul var wbr acronym"
  ).split(" "),
);

/** What the editor begins with holds text and its shape: nothing that runs, loads, styles or leads astray. */
function assertClean({ richStart }: Draft): void {
  for (const element of elementsOf(parseFragment(richStart ?? ""))) {
    assert.ok(ELEMENTS.has(element.tagName), element.tagName);
    for (const { name, value } of element.attrs) {
      assert.doesNotMatch(name, /^on|^class$|^id$|^src|^background$|^ping$|^srcdoc$|^action$/, name);
      if (name === "style") assert.doesNotMatch(value, /url|expression|position|@|\\/i);
      if (name === "target") assert.equal(value, "_blank");
      if (name === "href") assert.match(value, /^(?:https?:|mailto:|tel:)/i);
    }
  }
}

function textIn(node: DefaultTreeAdapterTypes.Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textIn).join("") : "";
}

function* elementsOf(node: DefaultTreeAdapterTypes.Node): Generator<DefaultTreeAdapterTypes.Element> {
  if ("tagName" in node) yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* elementsOf(child);
}

/** A message of these bodies, one below the other, or one instead of the other. */
function letterWith(kind: "mixed" | "alternative", bodies: readonly (readonly [type: string, body: string])[]): string {
  const parts = bodies.map(([type, body]) => `--b\nContent-Type: ${type}; charset=utf-8\n\n${body}\n`);
  return `From: Pat <pat@studio.example>\nTo: ${ROBIN}\nSubject: Plans\nMIME-Version: 1.0\nContent-Type: multipart/${kind}; boundary=b\n\n${parts.join("")}--b--\n`;
}

test("what is quoted is what was shown, whatever the sender wrote beside it for those who see no HTML", async () => {
  const letter = letterWith("alternative", [
    ["text/plain", "I confess to everything."],
    ["text/html", "<p>Shall we meet at <b>noon</b>?</p>"],
  ]);
  const messageId = await office.deliver("robin", letter);
  for (const kind of ["reply", "reply-all", "forward"] as const) {
    const { text, richStart } = await office.ask("beginDraft", { account: robin, kind, messageId });
    for (const quoted of [text, richStart ?? ""]) {
      assert.match(quoted, /Shall we meet at/);
      assert.doesNotMatch(quoted, /confess/);
    }
  }
});

test("every body that was shown is quoted, as text and formatted", async () => {
  const letter = letterWith("mixed", [
    ["text/html", "<p>the first <i>part</i></p>"],
    ["text/plain", "the second part\n\n> an older <line>"],
    ["text/html", "<p>the third part</p>"],
  ]);
  const messageId = await office.deliver("robin", letter);
  for (const kind of ["reply", "forward"] as const) {
    const { text, richStart } = await office.ask("beginDraft", { account: robin, kind, messageId });
    for (const quoted of [text, richStart ?? ""])
      for (const part of ["the first", "the second part", "an older", "the third part"])
        assert.ok(quoted.includes(part), `${kind}: ${part}`);
    assert.match(richStart ?? "", /<blockquote><p>an older &lt;line&gt;<\/p><\/blockquote>/);
  }
});

test("what is shown in part is forwarded whole, as an attachment, and an answer says that it goes on", async () => {
  const blocks = "> asked\nanswered\n".repeat(1_100);
  const nodes = "<p>x</p>\n".repeat(31_000);
  for (const letter of [
    `From: Pat <pat@studio.example>\nTo: ${ROBIN}\nSubject: Long\n\n${blocks}THE END\n`,
    letterWith("mixed", [["text/html", `${nodes}<p>THE END</p>`]]),
  ]) {
    const messageId = await office.deliver("robin", letter);
    const forward = await office.ask("beginDraft", { account: robin, kind: "forward", messageId });
    assert.deepEqual(
      forward.attachments.map(({ mediaType }) => mediaType),
      ["message/rfc822"],
    );
    const reply = await office.ask("beginDraft", { account: robin, kind: "reply", messageId });
    assert.match(reply.text, /\n> \[…\]$/);
    assert.equal(reply.richStart, null);
  }
});

test("what could not all be read is forwarded whole, as an attachment", async () => {
  const nested = Array.from(
    { length: 120 },
    (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\n\n--b${at}\n`,
  );
  for (const [problem, letter] of [
    [
      "parts-cut",
      letterWith(
        "mixed",
        Array.from({ length: 1_200 }, () => ["text/plain", "x"] as const),
      ),
    ],
    ["nesting-cut", `MIME-Version: 1.0\n${nested.join("")}Content-Type: text/plain\n\nx\n`],
  ] as const) {
    const messageId = await office.deliver("robin", letter);
    assert.deepEqual((await office.ask("message", { account: robin, messageId })).problems, [problem]);
    const forward = await office.ask("beginDraft", { account: robin, kind: "forward", messageId });
    assert.deepEqual(
      forward.attachments.map(({ mediaType }) => mediaType),
      ["message/rfc822"],
    );
    assert.deepEqual([forward.text.includes("x"), forward.richStart], [false, null]);
  }
});

test("what nobody saw is not quoted, neither in plain text nor in formatted", async () => {
  const messageId = await office.deliver("robin", onTheWire(hostile("h55").octets()));
  for (const kind of ["reply", "forward"] as const) {
    const { text, richStart } = await office.ask("beginDraft", { account: robin, kind, messageId });
    for (const quoted of [text, richStart ?? ""]) {
      assert.match(quoted, /visible text/);
      assert.doesNotMatch(quoted, /CANARY|hunter2|canary\.invalid/);
    }
  }
});

/** Of the mails whose senders are a trap, by hand: who can be told from what stands there (RFC 5322 §3.4, §4.4). */
const ANSWERED_TO: Readonly<Record<string, readonly string[]>> = {
  h51: ["r@r.example"],
  h53: ["eve@evil.invalid"],
  h57: ["h@sender.example"],
};

for (const [id, people] of Object.entries(ANSWERED_TO))
  test(`an answer to ${id} goes to whom a person would write`, async () => {
    const messageId = await office.deliver("robin", onTheWire(hostile(id).octets()));
    const { to, cc } = await office.ask("beginDraft", { account: robin, kind: "reply", messageId });
    assert.deepEqual([addresses(to), cc], [people, []]);
  });

test("a receipt that would go to several, or to a machine, is refused", async () => {
  const messageId = await office.deliver("robin", onTheWire(hostile("h57").octets()));
  const asked = { account: robin, messageId, confirmed: true } as const;
  assert.deepEqual(await office.refused("sendReceipt", asked), [422, "refused"]);
  assert.deepEqual(await notByUs(), []);
});

test("a receipt is sent once, and nobody is asked for it again", async () => {
  const asking =
    "From: Pat <pat@studio.example>\nDisposition-Notification-To: pat@studio.example\nSubject: Seen?\n\nx\n";
  const messageId = await office.deliver("robin", asking);
  const asked = { account: robin, messageId, confirmed: true } as const;
  assert.equal((await office.ask("message", { account: robin, messageId })).receiptTo.length, 1);
  await office.ask("sendReceipt", asked);
  assert.deepEqual((await office.ask("message", { account: robin, messageId })).receiptTo, []);
  assert.deepEqual(await office.refused("sendReceipt", asked), [422, "refused"]);
});

const SEEN = "From: Pat <pat@studio.example>\nDisposition-Notification-To: pat@studio.example\nSubject: Seen?\n\nx\n";

/** Receipts that wait or went, of all messages. */
const receipts = async (): Promise<number> =>
  (await office.ask("outbox", { account: robin })).entries.filter(({ subject }) => subject.startsWith("Read: ")).length;

test("a receipt that is asked for in two windows at once, or again after a kill, is one receipt (RFC 8098 §2.1)", async () => {
  const { store } = office.house.office.house;
  const messageId = await office.deliver("robin", SEEN);
  const asked = { account: robin, messageId, confirmed: true } as const;
  const before = await receipts();
  await Promise.allSettled([office.ask("sendReceipt", asked), office.ask("sendReceipt", asked)]);
  assert.equal(await receipts(), before + 1);
  // As a process left it that wrote down last that it was sent.
  await store.setKeywords(robin, [messageId], { remove: ["$mdnsent"] });
  await office.ask("message", { account: robin, messageId });
  await office.ask("sendReceipt", asked);
  assert.equal(await receipts(), before + 1);
});

test("a receipt another program sent is known at once, however far the index is behind", async () => {
  const { store } = office.house.office.house;
  const messageId = await office.deliver("robin", SEEN);
  const asked = { account: robin, messageId, confirmed: true } as const;
  assert.equal((await office.ask("message", { account: robin, messageId })).receiptTo.length, 1);
  const before = await receipts();
  await store.setKeywords(robin, [messageId], { add: ["$mdnsent"] });
  assert.deepEqual(await office.refused("sendReceipt", asked), [422, "refused"]);
  assert.equal(await receipts(), before);
});

test("a receipt that cannot be put in the outbox may be asked for again", async () => {
  const { directory } = office.house.office.house.store;
  const messageId = await office.deliver("robin", SEEN);
  const asked = { account: robin, messageId, confirmed: true } as const;
  const before = await receipts();
  await directory.changeAccount(robin, { quotaMessages: 1 });
  await assert.rejects(office.ask("sendReceipt", asked));
  await directory.changeAccount(robin, { quotaMessages: null });
  assert.equal(await receipts(), before);
  await office.ask("sendReceipt", asked);
  assert.equal(await receipts(), before + 1);
});

test("a receipt that waits can be kept from being sent, and may be asked for again; nobody is given a draft of it", async () => {
  const asking =
    "From: Pat <pat@studio.example>\nDisposition-Notification-To: pat@studio.example\nSubject: Read?\n\nx\n";
  const messageId = await office.deliver("robin", asking);
  const before = (await office.ask("outbox", { account: robin })).entries.map(({ id }) => id);
  await office.ask("sendReceipt", { account: robin, messageId, confirmed: true });
  const { entries } = await office.ask("outbox", { account: robin });
  const [entry] = entries.filter(({ id }) => !before.includes(id));
  assert.ok(entry !== undefined);
  assert.deepEqual([entry.canBeTakenBack, entry.canBeCancelled], [false, true]);
  const of = { account: robin, entry: entry.id };
  assert.deepEqual(await office.refused("takeBack", of), [409, "conflict"]);
  assert.equal(
    (await office.ask("outbox", { account: robin })).entries.length,
    entries.length,
    "and it is still there",
  );
  await office.ask("cancelSending", of);
  assert.deepEqual(
    (await office.ask("outbox", { account: robin })).entries.map(({ id }) => id),
    before,
  );
  assert.equal((await office.ask("message", { account: robin, messageId })).receiptTo.length, 1);
  assert.deepEqual(await office.refused("cancelSending", of), [409, "conflict"]);
});

/** Every field a message is written with, and what somebody might paste into it. */
const INJECTIONS: Readonly<Record<string, (text: string) => Partial<DraftFields>>> = {
  subject: (text) => ({ subject: `Hi${text}` }),
  "the name of a recipient": (text) => ({ to: [{ name: `Pat${text}`, address: "pat@studio.example" }] }),
  "the address of a recipient": (text) => ({ to: [{ name: "", address: `pat@studio.example${text}` }] }),
  "the name of a copy": (text) => ({ cc: [{ name: `Jo${text}`, address: "jo@desk.example" }] }),
  "the address of a copy": (text) => ({ cc: [{ name: "", address: `jo@desk.example${text}` }] }),
  "the name of a blind copy": (text) => ({ bcc: [{ name: `Jo${text}`, address: "jo@desk.example" }] }),
  "the address it is from": (text) => ({ from: `${ROBIN}${text}` }),
  // Of the identity that writes.
  "one's own name": () => ({}),
  "the address of a blind copy": (text) => ({ bcc: [{ name: "", address: `jo@desk.example${text}` }] }),
  "In-Reply-To": (text) => ({ inReplyTo: `a@b.example${text}` }),
  References: (text) => ({ references: ["ok@b.example", `a@b.example${text}`] }),
  text: (text) => ({ text: `Hello${text}` }),
  HTML: (text) => ({ html: `<p>Hello${text}</p>`, text: "Hello" }),
};
const PAYLOADS = [
  "\r\nBcc: victim@v.example",
  "\nX-Injected: 1",
  "\rX-Injected: 1",
  "\r\n\r\nbody",
  "\r\n.\r\nMAIL FROM:<x@y.example>",
  "\0",
  "\u2028X-Injected: 1",
  ">, <victim@v.example",
];

test("nothing pasted into any field adds a header, a recipient or a command", async (t) => {
  const plain: DraftFields = {
    ...EMPTY_DRAFT,
    ...TO_PAT,
    from: ROBIN,
    subject: "Hi",
    text: "Hello",
    asksForReceipt: true,
  };
  for (const [field, change] of Object.entries(INJECTIONS)) {
    await t.test(field, async () => {
      for (const [at, payload] of PAYLOADS.entries()) {
        if (field === "one's own name") await office.ask("saveIdentity", { ...identity, name: `Robin${payload}` });
        const draft = `injected-${at}-${field.replaceAll(/\W/g, "")}`;
        const fields = { ...plain, ...change(payload) };
        const { version } = await office.ask("saveDraft", { account: robin, draft, version: 0, fields });
        const asked = { account: robin, draft, version, confirmed: true };
        if (field.startsWith("the address")) {
          assert.deepEqual(await office.refused("send", asked), [400, "bad-request"]);
          continue;
        }
        const entry = await office.ask("send", asked);
        const sent = (await office.load(`/m/${robin}/${entry.messageId}/eml`)).octets;
        const { fields: found, field: valueOf } = letterOf(sent);
        assert.deepEqual(
          found.map(([name]) => name).filter((name) => !FIELDS.has(name)),
          ["disposition-notification-to"],
        );
        assert.equal(valueOf("disposition-notification-to"), `<${ROBIN}>`);
        assert.ok(valueOf("from")?.endsWith(` <${ROBIN}>`), valueOf("from"));
        assert.deepEqual(faultsOf(sent), []);
        assert.ok(
          entry.to.every((address) => ["pat@studio.example", "jo@desk.example"].includes(address)),
          entry.to.join(),
        );
        await office.ask("takeBack", { account: robin, entry: entry.id });
      }
    });
  }
  await office.ask("saveIdentity", identity);
});

test("nothing in the name or type of an attachment adds a header", async () => {
  const draft = "injected-by-a-file";
  const fields = { ...EMPTY_DRAFT, ...TO_PAT, from: ROBIN };
  await office.ask("saveDraft", { account: robin, draft, version: 0, fields });
  for (const name of PAYLOADS.map((payload) => `a${payload}.txt`)) {
    const query = new URLSearchParams({ account: robin, name, type: `text/plain${name}` });
    const { status } = await office.post(`/api/drafts/${draft}/attachments?${query.toString()}`, "x");
    assert.equal(status, 200);
  }
  const { version } = await office.ask("draft", { account: robin, draft });
  const entry = await office.ask("send", { account: robin, draft, version });
  const { octets } = await office.load(`/m/${robin}/${entry.messageId}/eml`);
  assert.deepEqual(faultsOf(octets), []);
  const text = octets.toString("latin1").replaceAll(/\r\n[ \t]+/g, " ");
  assert.doesNotMatch(text, /^(?:X-Injected|Bcc|MAIL)\b/im);
  assert.equal(text.match(/^Content-Type: /gim)?.length, PAYLOADS.length + 2);
});
