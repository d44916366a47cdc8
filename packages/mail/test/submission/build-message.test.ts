import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { OutgoingMessage } from "../../src/submission/contract.ts";
import { buildMessage } from "../../src/submission/build-message.ts";

const anna = { name: "Anna Berg", address: "anna@alder.example" };
const plain: OutgoingMessage = {
  from: anna,
  to: [{ name: "Ben", address: "ben@oak.example" }],
  cc: [],
  bcc: [],
  subject: "Boat keys",
  text: "They are in the blue tin.\n",
  references: [],
  attachments: [],
  asksForReceipt: false,
};
const NOW = Date.UTC(2026, 2, 2, 8, 15);

async function built(change: Partial<OutgoingMessage>): Promise<string> {
  return Buffer.from(
    (await buildMessage({ ...plain, ...change }, { now: NOW, id: "one@alder.example" })).octets,
  ).toString("latin1");
}

/** Header fields by name, unfolded (RFC 5322 §2.2.3). */
function fields(mail: string): ReadonlyMap<string, readonly string[]> {
  const head = mail.slice(0, mail.indexOf("\r\n\r\n")).replace(/\r\n(?=[ \t])/g, "");
  const found = new Map<string, string[]>();
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    found.set(name, [...(found.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return found;
}

test("a plain message has exactly these fields and flowed text", async () => {
  const mail = await built({});
  assert.deepEqual(Object.fromEntries(fields(mail)), {
    from: ["Anna Berg <anna@alder.example>"],
    to: ["Ben <ben@oak.example>"],
    subject: ["Boat keys"],
    "message-id": ["<one@alder.example>"],
    date: ["Mon, 02 Mar 2026 08:15:00 +0000"],
    "mime-version": ["1.0"],
    "content-type": ["text/plain; charset=utf-8; format=flowed"],
    "content-transfer-encoding": ["quoted-printable"],
  });
  assert.ok(mail.endsWith("\r\n\r\nThey are in the blue tin.\r\n"));
});

test("whoever gets a blind copy is in the envelope and nowhere in the octets", async () => {
  const message = await buildMessage(
    { ...plain, bcc: [{ name: "Cleo", address: "cleo@secret.example" }] },
    { now: NOW },
  );
  assert.deepEqual(message.envelope, { from: "anna@alder.example", to: ["ben@oak.example", "cleo@secret.example"] });
  assert.doesNotMatch(Buffer.from(message.octets).toString("latin1"), /cleo|secret|^bcc/im);
});

test("a reply names what it answers and what came before", async () => {
  const found = fields(await built({ inReplyTo: "b@x.example", references: ["a@x.example", "b@x.example"] }));
  assert.deepEqual(found.get("in-reply-to"), ["<b@x.example>"]);
  assert.deepEqual(found.get("references"), ["<a@x.example> <b@x.example>"]);
});

test("a message that asks for a receipt says where to (RFC 8098 §2.1)", async () => {
  const found = fields(await built({ asksForReceipt: true }));
  assert.deepEqual(found.get("disposition-notification-to"), ["<anna@alder.example>"]);
});

test("nothing a field is made of can add a field or a recipient", async () => {
  const evil = "x\r\nBcc: victim@v.example\r\nX-Evil: 1\r\n\r\nbody";
  const mail = await built({
    from: { name: evil, address: "anna@alder.example" },
    to: [{ name: evil, address: "ben@oak.example" }],
    subject: evil,
    inReplyTo: `a@b>${evil}`,
    references: [`a@b> ${evil}`, "ok@b.example"],
    attachments: [{ fileName: evil, mediaType: `text/plain${evil}`, content: Buffer.from("hi"), contentId: evil }],
  });
  const known = ["from", "to", "subject", "message-id", "references", "date", "mime-version", "content-type"];
  assert.deepEqual([...fields(mail).keys()].sort(), [...known].sort());
  assert.deepEqual(fields(mail).get("references"), ["<ok@b.example>"]);
  assert.doesNotMatch(mail, /^(?:bcc|x-evil)/im);
  await assert.rejects(built({ to: [{ name: "", address: "ben@oak.example\r\nBcc: v@v.example" }] }), {
    code: "bad-address",
  });
});

test("text beyond ASCII goes as quoted-printable UTF-8, and comes back", async () => {
  const mail = await built({ subject: "Grüße ☕", text: "Größe: 5 €\n" });
  assert.match(mail, /charset=utf-8; format=flowed/);
  assert.match(mail, /Gr=C3=B6=C3=9Fe: 5 =E2=82=AC/);
  assert.match(fields(mail).get("subject")?.[0] ?? "", /^=\?UTF-8\?[QB]\?/);
});

test("HTML always has its text beside it, the text first", async () => {
  const mail = await built({ html: "<p>Blue <b>tin</b></p>" });
  assert.match(fields(mail).get("content-type")?.[0] ?? "", /^multipart\/alternative/);
  assert.ok(mail.indexOf("text/plain") < mail.indexOf("text/html"));
});

test("a mail forwarded whole is there octet for octet", async () => {
  const inner = "Subject: x\r\nX-Odd:  two  blanks \r\n\r\n.dot\r\nbody \r\n";
  const mail = await built({
    attachments: [{ fileName: "x.eml", mediaType: "message/rfc822", content: Buffer.from(inner) }],
  });
  assert.ok(mail.includes(`\r\n\r\n${inner}`));
});

test("a path or a URL in the text is text", async () => {
  const mail = await built({ text: "/etc/passwd", html: "<p>file:///etc/passwd</p>" });
  assert.match(mail, /\/etc\/passwd/);
  assert.doesNotMatch(mail, /root:/);
});

test("every line ends with CRLF and has at most 998 octets, whatever was typed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 3_000, unit: "binary" }),
      fc.string({ unit: "binary" }),
      async (text, subject) => {
        const mail = await built({ text, subject, html: `<p>${text.replaceAll("<", "&lt;")}</p>` });
        assert.doesNotMatch(mail, /[^\r]\n|\r[^\n]/);
        for (const line of mail.split("\r\n")) assert.ok(line.length <= 998);
      },
    ),
    { seed: 5_322, numRuns: 60 },
  );
});
