// Sixty ordinary mails in every charset and shape, read by the threads as the program reads them. What is expected was
// written down by those who made the mails.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { openMailReader } from "../../src/message/index.ts";
import type { MessageBody, ReadMessage } from "../../src/message/index.ts";
import { expectedOf, mails, PATIENT } from "./corpus.ts";

const reader = openMailReader({ threads: 2, taskMs: PATIENT });
after(() => reader.close());

const expected = expectedOf();

for (const { file, octets } of mails("benign")) {
  const truth = expected.get(file);
  test(`${file} is read as it was meant`, async () => {
    assert.ok(truth !== undefined);
    const read = await reader.read(octets());
    const { summary } = read;
    assert.equal(summary.isUnreadable, false);
    assert.deepEqual(read.problems, []);
    assert.equal(summary.subject, truth.subject ?? "");
    assert.equal(summary.id, truth.messageId);
    const date = truth.date ?? truth.fallbackDate;
    assert.equal(
      summary.sentAt === undefined ? undefined : new Date(summary.sentAt).toISOString(),
      date && new Date(date).toISOString(),
    );
    assert.deepEqual(summary.from, truth.from);
    if (truth.looseAddresses !== true) {
      assert.deepEqual(withoutGroups(summary.to), truth.to);
      assert.deepEqual(summary.cc, truth.cc);
    }
    const text = textOf(read.bodies);
    for (const words of truth.textContains ?? []) assert.ok(text.includes(words), `${words} in ${text}`);
    await attachmentsAreExact(octets, read, truth.attachments);
  });

  test(`${file} has a summary that agrees with its reading`, async () => {
    const { text, ...summary } = await reader.summarize(octets());
    assert.deepEqual(summary, (await reader.read(octets())).summary);
    for (const words of truth?.textContains ?? []) assert.ok(text.includes(words), words);
  });
}

async function attachmentsAreExact(
  octets: () => Uint8Array,
  read: ReadMessage,
  attachments: readonly { filename: string | null; contentType: string; size: number | null; sha256: string | null }[],
): Promise<void> {
  for (const { filename, contentType, size, sha256 } of attachments) {
    const part = read.parts.find(
      (found) => found.mediaType === contentType && (filename === null || found.fileName === filename),
    );
    assert.ok(part !== undefined, `${String(filename)} in ${read.parts.map(({ fileName }) => fileName).join(", ")}`);
    const { content } = await reader.part(octets(), part.part);
    assert.equal(content.byteLength, part.octets);
    assert.equal(part.isMismatched, false, part.fileName);
    if (size !== null) assert.equal(part.octets, size);
    if (sha256 !== null) assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
  }
}

// An empty group is shown by its name; the list of who it went to has no member for it.
function withoutGroups(addresses: ReadMessage["summary"]["to"]): ReadMessage["summary"]["to"] {
  return addresses.filter(({ address }) => address !== "");
}

function textOf(bodies: readonly MessageBody[]): string {
  return bodies
    .flatMap((body) => (body.kind === "text" ? body.blocks : body.kind === "html" ? body.text : []))
    .map(({ text }) => text)
    .join("\n");
}

/** The message in one file, read. */
async function read(file: string): Promise<ReadMessage> {
  const mail = mails("benign").find((found) => found.file.startsWith(`${file}-`));
  assert.ok(mail !== undefined);
  return reader.read(mail.octets());
}

test("threads are told by references, nearest last, and by a subject without marks", async () => {
  for (const { file, octets } of mails("benign")) {
    const truth = expected.get(file);
    if (truth?.references === undefined) continue;
    const { references, threadSubject } = await reader.summarize(octets());
    const answered = truth.inReplyTo === undefined || truth.inReplyTo === null ? [] : [truth.inReplyTo];
    assert.deepEqual(references, [...new Set([...truth.references, ...answered])], file);
    if (truth.threadId === "regatta") assert.equal(threadSubject, "regatta stall", file);
  }
});

test("a list, an automatic answer, a wish for a receipt and a way to leave are told", async () => {
  const list = await read("b40");
  assert.equal(list.summary.listId, "dinghy.lists.sail.example");
  assert.deepEqual(
    list.summary.replyTo.map(({ address }) => address),
    ["dinghy@lists.sail.example", "cleo@marsh.example"],
  );
  assert.equal((await read("b66")).summary.isAutomatic, true);
  assert.equal((await read("b01")).summary.isAutomatic, false);
  assert.deepEqual(
    (await read("b73")).receiptTo.map(({ address }) => address),
    ["clerk@court.example"],
  );
  assert.equal((await read("b28")).unsubscribe?.oneClick, "https://kettle.example/oneclick?u=abc123");
});

test("a group without members is shown by its name", async () => {
  assert.deepEqual((await read("b56")).summary.to, [{ name: "undisclosed-recipients", address: "" }]);
});

test("flowed text is joined and cut as RFC 3676 says", async () => {
  const [body] = (await read("b25")).bodies;
  assert.ok(body?.kind === "text");
  assert.ok(body.blocks.some(({ quote, text }) => quote === 0 && /^Tuesday it is\..*cable mess\.$/m.test(text)));
  assert.ok(body.blocks.some(({ quote }) => quote === 2));
  assert.ok(body.blocks.some(({ quote, text }) => quote === 0 && text.includes(">and this one")));
  assert.ok(body.blocks.at(-1)?.isSignature);
  const [japanese] = (await read("b26")).bodies;
  assert.ok(japanese?.kind === "text");
  assert.match(japanese.blocks[0]?.text ?? "", /次の行とつながって/);
});

test("an invitation is shown in plain words, once, beside its text and its file", async () => {
  const { bodies, parts, summary } = await read("b34");
  assert.deepEqual(
    bodies.map(({ kind }) => kind),
    ["html", "calendar"],
  );
  const card = bodies.find((body) => body.kind === "calendar");
  assert.deepEqual(
    [card?.event.method, card?.event.title, card?.event.starts, card?.event.ends],
    [
      "REQUEST",
      "Planning, spring",
      { written: "2026-03-20T13:00", zone: "UTC", at: Date.parse("2026-03-20T13:00:00Z") },
      { written: "2026-03-20T14:00", zone: "UTC", at: Date.parse("2026-03-20T14:00:00Z") },
    ],
  );
  assert.match(card?.event.organiser ?? "", /dana@cole\.example/);
  assert.deepEqual(
    parts.map(({ shownAs }) => shownAs),
    ["calendar", "calendar"],
  );
  assert.deepEqual(summary.attachments, ["invite.ics"]);
});

test("a bounce and a read receipt are cards", async () => {
  const bounce = (await read("b36")).bodies.find((body) => body.kind === "delivery-report");
  assert.deepEqual(
    bounce?.report.recipients.map(({ address, action, status }) => [address, action, status]),
    [["nobody@gone.example", "failed", "5.1.1"]],
  );
  const receipt = (await read("b37")).bodies.find((body) => body.kind === "delivery-report");
  assert.equal(receipt?.report.kind, "read-receipt");
  assert.equal(receipt?.report.recipients[0]?.action, "displayed");
});

test("messages inside a message are parts that can be read in their turn", async () => {
  for (const { file, octets } of mails("benign")) {
    const nested = expected.get(file)?.nestedMessages;
    if (nested === undefined) continue;
    const messages = (await reader.read(octets())).parts.filter(({ shownAs }) => shownAs === "message");
    const subjects = await Promise.all(
      messages.map(
        async ({ part }) => (await reader.read((await reader.part(octets(), part)).content)).summary.subject,
      ),
    );
    assert.deepEqual(
      subjects,
      nested.map(({ subject }) => subject),
      file,
    );
  }
});

test("signed and encrypted messages are shown as such", async () => {
  assert.equal((await read("b52")).signed, "smime");
  assert.equal((await read("b53")).signed, "pgp");
  const { bodies, signed } = await read("b54");
  assert.deepEqual(bodies, [{ kind: "encrypted", part: "2", with: "pgp" }]);
  assert.equal(signed, undefined);
});

test("a file inside the text is an attachment and no longer text", async () => {
  const { parts, bodies } = await read("b68");
  assert.deepEqual(
    parts.map(({ part, fileName }) => [part, fileName]),
    [["1.1", "hello.txt"]],
  );
  assert.doesNotMatch(textOf(bodies), /begin 644|M=75E/);
  const mail = mails("benign").find(({ file }) => file.startsWith("b68-"));
  const { content } = await reader.part(mail?.octets() ?? new Uint8Array(), "1.1");
  assert.equal(
    createHash("sha256").update(content).digest("hex"),
    "949004ab2c57efd4d3bb51eaee92dd80d6a27e2d643cfde91a0ac4c0d262ac56",
  );
});

test("text and pictures in turn keep their order, and no body is joined to another", async () => {
  assert.deepEqual(
    (await read("b69")).bodies.map(({ kind }) => kind),
    ["text", "image", "text"],
  );
});

test("octets without a charset that are no UTF-8 are read as windows-1252", async () => {
  assert.match(textOf((await read("b77")).bodies), /café naïve/);
});

test("a part that is not there is refused by its name", async () => {
  const [mail] = mails("benign");
  for (const part of ["2", "1.1", "", "x", "__proto__", "1.1.1.1"]) {
    await assert.rejects(reader.part(mail?.octets() ?? new Uint8Array(), part), { failure: "no-such-part" });
  }
});
