// Answers and forwards of every mail of both corpora, down to the octets that are sent: what its maker wrote down is in
// them, and nothing that its maker smuggled.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test, type TestContext } from "node:test";
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import { openMailReader, type MailReader } from "../../../src/message/index.ts";
import type { AnswerKind, Draft, DraftFields } from "../../../src/webmail/api/schema/index.ts";
import { expectedOf, hostile, mails, onTheWire, type Expected, type Mail } from "../../message/corpus.ts";
import { sample } from "../../retriever/sample.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { faultsOf, letterOf } from "./letter.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const KINDS: readonly AnswerKind[] = ["reply", "reply-all", "forward", "forward-attached"];
const ROBIN = "robin@alder.example";

let office: ReaderOffice;
let robin = "";
const mail: MailReader = openMailReader({ threads: 1 });

before(async () => {
  office = await openReaderOffice();
  robin = await office.account("robin");
  await office.ask("saveIdentity", {
    account: robin,
    address: ROBIN,
    name: "Robin Alder",
    signature: "",
    isDefault: true,
    server: null,
  });
});
after(async () => {
  await office.stop();
  await mail.close();
});

interface Written {
  readonly draft: Draft;
  /** As they wait in the outbox, which sends them as they are. */
  readonly octets: Uint8Array;
  readonly envelope: readonly string[];
}

/** Begins an answer, changes nothing but what `change` says, and sends it. */
async function answered(
  messageId: number,
  kind: AnswerKind,
  change: (draft: Draft) => Partial<DraftFields> = () => ({}),
): Promise<Written> {
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
  await office.ask("takeBack", { account: robin, entry: entry.id });
  await office.ask("removeDraft", { account: robin, draft: draft.id });
  return { draft, octets: Buffer.concat(chunks), envelope: entry.to };
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
const ORDINARY = 12;
const HOSTILE = 12;

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
        const all = [...expected.to, ...expected.cc].map(({ address }) => address.toLowerCase());
        const mayGetIt = new Set([...answersTo(file, expected), ...all]);
        for (const one of addresses(draft.cc))
          assert.ok(mayGetIt.has(one) && one !== ROBIN && kind === "reply-all", one);
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
        if (expected.htmlContains === undefined)
          for (const part of expected.textContains ?? []) assert.ok(shown.includes(flat(part)), part);
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
      const carried = await Promise.all(
        read.parts.map(async ({ part }) => (await mail.part(Uint8Array.from(forward.octets), part)).content),
      );
      const hashes = new Set(carried.flatMap(hashesOf));
      for (const { filename, sha256 } of expected.attachments)
        if (filename !== null && sha256 !== null) assert.ok(hashes.has(sha256), filename);

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
    });
  }
  assert.deepEqual((await office.ask("outbox", { account: robin })).entries, [], "and nothing went by itself");
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

function* elementsOf(node: DefaultTreeAdapterTypes.Node): Generator<DefaultTreeAdapterTypes.Element> {
  if ("tagName" in node) yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* elementsOf(child);
}

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

test("a receipt that would go to several, or to a machine, is refused", async () => {
  const messageId = await office.deliver("robin", onTheWire(hostile("h57").octets()));
  const asked = { account: robin, messageId, confirmed: true } as const;
  assert.deepEqual(await office.refused("sendReceipt", asked), [422, "refused"]);
  assert.deepEqual((await office.ask("outbox", { account: robin })).entries, []);
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
        assert.deepEqual(faultsOf(sent), []);
        assert.ok(
          entry.to.every((address) => ["pat@studio.example", "jo@desk.example"].includes(address)),
          entry.to.join(),
        );
        await office.ask("takeBack", { account: robin, entry: entry.id });
      }
    });
  }
});

test("nothing in the name or type of an attachment adds a header", async () => {
  const draft = "injected-by-a-file";
  const fields = { ...EMPTY_DRAFT, ...TO_PAT, from: ROBIN };
  await office.ask("saveDraft", { account: robin, draft, version: 0, fields });
  for (const name of PAYLOADS.map((payload) => `a${payload}.txt`)) {
    const query = new URLSearchParams({ account: robin, name, type: `text/plain${name}` });
    const { status } = await office.raw({
      method: "POST",
      path: `/api/drafts/${draft}/attachments?${query.toString()}`,
      body: "x",
      headers: {
        cookie: office.cookie,
        origin: office.origin,
        "sec-fetch-site": "same-origin",
        "content-type": "application/octet-stream",
      },
    });
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
