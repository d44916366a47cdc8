import assert from "node:assert/strict";
import { test } from "node:test";
import type { MailAddress, ReadMessage } from "../../src/message/index.ts";
import { answeringAddress, startAnswer } from "../../src/submission/answer.ts";
import { forwardedHead, quoteText } from "../../src/submission/quoting.ts";

const at = (address: string, name = ""): MailAddress => ({ name, address });
const OWN: ReadonlySet<string> = new Set(["anna@alder.example", "anna@home.example"]);

function message(summary: Partial<ReadMessage["summary"]>): ReadMessage {
  return {
    summary: {
      subject: "Regatta stall",
      from: [at("mina@harbour.example", "Mina")],
      to: [at("anna@alder.example"), at("pat@studio.example")],
      cc: [at("club@rowing.example"), at("anna@home.example")],
      replyTo: [],
      sentAt: 0,
      id: "two@harbour.example",
      references: ["one@harbour.example"],
      threadSubject: "regatta stall",
      preview: "",
      attachments: [],
      listId: undefined,
      isAutomatic: false,
      isUnreadable: false,
      ...summary,
    },
    bcc: [],
    sender: [],
    warnings: [],
    authentication: [],
    bodies: [],
    parts: [],
    signed: undefined,
    unsubscribe: undefined,
    receiptTo: [],
    problems: [],
  };
}

const addresses = (list: readonly MailAddress[]): readonly string[] => list.map(({ address }) => address);

test("a reply goes to the sender, with what it answers", () => {
  const start = startAnswer(message({}), "reply", OWN);
  assert.deepEqual(addresses(start.to), ["mina@harbour.example"]);
  assert.deepEqual(start.cc, []);
  assert.equal(start.subject, "Re: Regatta stall");
  assert.equal(start.inReplyTo, "two@harbour.example");
  assert.deepEqual(start.references, ["one@harbour.example", "two@harbour.example"]);
});

test("a reply to all leaves oneself out and names nobody twice", () => {
  const start = startAnswer(
    message({ cc: [at("MINA@harbour.example"), at("club@rowing.example"), at("anna@home.example")] }),
    "reply-all",
    OWN,
  );
  assert.deepEqual(addresses(start.to), ["mina@harbour.example"]);
  assert.deepEqual(addresses(start.cc), ["pat@studio.example", "club@rowing.example"]);
});

test("Reply-To is where a reply goes", () => {
  const start = startAnswer(message({ replyTo: [at("list@sail.example")] }), "reply", OWN);
  assert.deepEqual(addresses(start.to), ["list@sail.example"]);
});

test("one's own message is answered to whom it went", () => {
  const start = startAnswer(
    message({ from: [at("anna@alder.example")], to: [at("mina@harbour.example")] }),
    "reply-all",
    OWN,
  );
  assert.deepEqual(addresses(start.to), ["mina@harbour.example"]);
  assert.deepEqual(addresses(start.cc), ["club@rowing.example"]);
});

test("reply and forward marks of any language stand once", () => {
  for (const subject of [
    "Re: Regatta stall",
    "AW: Re: Regatta stall",
    "RE[3]: Regatta stall",
    "Fwd: SV: Regatta stall",
    "回复：Regatta stall",
  ])
    assert.equal(startAnswer(message({ subject }), "reply", OWN).subject, "Re: Regatta stall", subject);
  assert.equal(startAnswer(message({ subject: "Re: Regatta stall" }), "forward", OWN).subject, "Fwd: Regatta stall");
  assert.equal(startAnswer(message({ subject: "" }), "reply", OWN).subject, "Re:");
  assert.equal(startAnswer(message({ subject: "Reset: done" }), "reply", OWN).subject, "Re: Reset: done");
});

test("what a sender smuggled into subject, Message-ID or References stays out", () => {
  const start = startAnswer(
    message({ subject: "x\r\nBcc: v@v.example", id: "a b>\r\nX: 1", references: ["ok@b.example", "bad one"] }),
    "reply",
    OWN,
  );
  assert.equal(start.subject, "Re: x Bcc: v@v.example");
  assert.equal(start.inReplyTo, undefined);
  assert.deepEqual(start.references, ["ok@b.example"]);
});

test("more than twenty-five recipients deserve a question", () => {
  const many = Array.from({ length: 30 }, (_, i) => at(`a${i}@b.example`));
  assert.equal(startAnswer(message({ to: many }), "reply-all", OWN).asksBeforeSending, true);
  assert.equal(startAnswer(message({}), "reply-all", OWN).asksBeforeSending, false);
});

test("the address a message came to answers it", () => {
  const addresses = ["anna@alder.example", "anna@home.example", "anna@localhost"];
  const from = (to: readonly string[], deliveredTo?: string): string | undefined =>
    answeringAddress(message({ to: to.map((one) => at(one)), cc: [] }), {
      addresses,
      isEntered: (address) => address !== "anna@localhost",
      deliveredTo,
    });
  assert.equal(from(["Anna@Home.example"]), "anna@home.example");
  assert.equal(from(["list@x.example"], "anna@home.example"), "anna@home.example");
  assert.equal(from(["list@x.example"]), "anna@alder.example", "the usual one");
  const both = ["anna@alder.example", "anna@home.example"];
  assert.equal(from(both), "anna@alder.example", "both are named: the usual one");
  assert.equal(from(both, "Anna@home.example"), "anna@home.example", "both are named, and it came to this one");
  assert.equal(from(["anna@alder.example"], "anna@home.example"), "anna@home.example", "a blind copy");
  assert.equal(from(["anna@home.example"], "anna@localhost"), "anna@home.example", "nothing but the way it came");
  assert.equal(from(["list@x.example"], "anna@localhost"), "anna@localhost");
  assert.equal(from(["list@x.example"], "alias@elsewhere.example"), "anna@alder.example");
  assert.equal(
    answeringAddress(message({}), { addresses: [], isEntered: () => true, deliveredTo: undefined }),
    undefined,
  );
});

test("quoted text is quoted once more, without the signature", () => {
  const block = (quote: number, text: string, isSignature = false) => ({ quote, text, links: [], isSignature });
  assert.equal(
    quoteText([block(0, "Hello\n\nthere\n"), block(1, "earlier\n"), block(0, "-- \nMina\n", true)]),
    "> Hello\n>\n> there\n>> earlier",
  );
});

test("a forwarded message says who wrote it to whom and when", () => {
  const labels = { title: "Forwarded message", from: "From", to: "To", cc: "Cc", date: "Date", subject: "Subject" };
  assert.equal(
    forwardedHead(
      { from: [at("m@h.example", "Mina")], to: [at("a@b.example")], cc: [], subject: "x\ny", date: "2 March 2026" },
      labels,
    ),
    "---------- Forwarded message ----------\nFrom: Mina <m@h.example>\nDate: 2 March 2026\nSubject: x y\nTo: a@b.example\n",
  );
});
