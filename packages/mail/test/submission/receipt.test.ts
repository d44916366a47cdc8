// Expected fields are those of RFC 8098 §3 and its example in §9.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildReceipt } from "../../src/submission/index.ts";

const O = {
  from: { name: "Anna", address: "anna@alder.example" },
  to: { name: "Clerk", address: "clerk@court.example" },
  subject: "Please confirm receipt",
  originalId: "b73@court.example",
  now: Date.UTC(2026, 2, 25, 10),
  hostName: "post.example",
  words: { subject: "Gelesen: {subject}", text: "{subject} wurde {address} gezeigt." },
};

test("a receipt says which message was shown to whom, by hand, and has no sender to answer", async () => {
  const { octets, envelope } = await buildReceipt(O);
  const mail = Buffer.from(octets).toString("latin1");
  assert.deepEqual(envelope, { from: "", to: ["clerk@court.example"] });
  assert.match(mail, /^Content-Type: multipart\/report; report-type=disposition-notification;/m);
  assert.match(mail, /^Content-Type: message\/disposition-notification/m);
  assert.match(mail, /^Final-Recipient: rfc822;anna@alder\.example\r$/m);
  assert.match(mail, /^Original-Message-ID: <b73@court\.example>\r$/m);
  assert.match(mail, /^Disposition: manual-action\/MDN-sent-manually; displayed\r$/m);
  assert.match(mail, /^In-Reply-To: <b73@court\.example>\r$/m);
  assert.match(mail, /^Auto-Submitted: auto-replied\r$/m);
});

test("what people read of a receipt is in the language of who sends it, on one line whatever it answers", async () => {
  const { octets } = await buildReceipt({ ...O, subject: "Court\r\nBcc: x@y.example {address}" });
  const mail = Buffer.from(octets).toString("latin1");
  assert.match(mail, /^Subject: Gelesen: Court Bcc: x@y\.example \{address\}\r$/m);
  assert.doesNotMatch(mail, /^Bcc:/m);
  assert.match(mail, /wurde anna@alder\.example gezeigt/);
});

test("an address beyond ASCII is named by its own type, in ASCII (RFC 6533 §3)", async () => {
  const from = { name: "", address: "jøran@bücher.example" };
  const mail = Buffer.from((await buildReceipt({ ...O, from })).octets).toString("latin1");
  assert.match(mail, /^Final-Recipient: utf-8;j\\x\{F8\}ran@b\\x\{FC\}cher\.example\r$/m);
  assert.match(mail, /^Message-ID: <[\w-]+@xn--bcher-kva\.example>\r$/m);
});

test("nothing of the message that asked gets into the receipt's header", async () => {
  const { octets } = await buildReceipt({
    ...O,
    subject: "x\r\nBcc: v@v.example",
    originalId: "a b>\r\nX-Evil: 1",
    to: { name: "x\r\nX-Evil: 1", address: "clerk@court.example" },
  });
  const mail = Buffer.from(octets).toString("latin1");
  assert.doesNotMatch(mail, /^(?:bcc|x-evil):/im);
  assert.doesNotMatch(mail, /Original-Message-ID/);
  await assert.rejects(buildReceipt({ ...O, to: { name: "", address: "a@b.example\r\nRCPT" } }), {
    code: "bad-address",
  });
});
