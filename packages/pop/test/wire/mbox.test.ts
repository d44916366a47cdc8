// The mbox format of POP1's data: what RFC 4155 and the mboxrd rule say, and back again.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { FromQuoter, MBOX_END, MBOX_SEPARATOR, PLAIN_KERNEL } from "../../src/wire/index.ts";
import { MboxSplitter, type MboxPart } from "../../src/wire/mbox.ts";
import { cutAt, octets, text } from "./octet-text.ts";

function mboxOf(messages: readonly string[], cuts: readonly number[] = []): string {
  return messages
    .map((message) => {
      const quoter = new FromQuoter();
      const pieces = cutAt(octets(message), cuts).flatMap((piece) => quoter.push(piece));
      return `${MBOX_SEPARATOR}${text(...pieces, quoter.end())}${MBOX_END}`;
    })
    .join("");
}

function split(mailbox: string, cuts: readonly number[] = []): readonly string[] {
  const splitter = new MboxSplitter();
  const parts = cutAt(octets(mailbox), cuts).flatMap((piece) => splitter.push(piece));
  return messagesOf([...parts, ...splitter.end()]);
}

function messagesOf(parts: readonly MboxPart[]): readonly string[] {
  const messages: string[] = [];
  let isOpen = false;
  for (const part of parts) {
    if (part.kind === "octets") {
      assert.ok(isOpen, "octets outside a message");
      messages.push(`${messages.pop() ?? ""}${text(part.octets)}`);
      continue;
    }
    assert.equal(isOpen, part.kind === "end");
    isOpen = part.kind === "begin";
    if (isOpen) messages.push("");
  }
  assert.equal(isOpen, false);
  return messages;
}

requirement(
  "P1-S-019",
  "lines that begin with From, behind any number of >, get one more; nothing else changes",
  () => {
    const message = "From a\r\n>From b\r\n>>From c\r\nFrom\r\nFrom:\r\n From d\r\nx>From e\r\n> From f\r\n";
    const quoted = ">From a\r\n>>From b\r\n>>>From c\r\nFrom\r\nFrom:\r\n From d\r\nx>From e\r\n> From f\r\n";
    assert.equal(mboxOf([message]), `${MBOX_SEPARATOR}${quoted}\r\n`);
  },
);

test("a kernel of the host's own finds the same", () => {
  const kernel = { ...PLAIN_KERNEL };
  const quoter = new FromQuoter({ kernel });
  assert.equal(text(...quoter.push(octets("x\nFrom y\n"))), "x\n>From y\n");
  assert.deepEqual(messagesOf([...new MboxSplitter({ kernel }).push(octets("x")), { kind: "end" }]), ["x"]);
});

test("a separator is RFC 4155's: From, a sender, and a date of 24 characters", () => {
  assert.match(MBOX_SEPARATOR, /^From \S+ [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\r\n$/);
});

const HARD = ["From ", ">", "F", "Fro", "\r\n", "\n", "\r", "x", ">From ", "From", " ", "\0", "\xff"];
const anyText = fc.array(fc.constantFrom(...HARD), { maxLength: 14 }).map((pieces) => pieces.join(""));
const cuts = fc.array(fc.nat(60), { maxLength: 30 });

test("messages come back octet for octet, however the octets are cut on either side", () => {
  const canonical = anyText.map((one) => (one === "" || one.endsWith("\r\n") ? one : `${one}\r\n`));
  fc.assert(
    fc.property(fc.array(canonical, { maxLength: 4 }), cuts, cuts, (messages, there, back) => {
      const byRule = messages
        .map((message) => `${MBOX_SEPARATOR}${message.replace(/(^|\n)(>*From )/g, "$1>$2")}\r\n`)
        .join("");
      assert.equal(mboxOf(messages, there), byRule);
      assert.deepEqual(split(byRule, back), messages);
    }),
    { seed: 4_155, numRuns: 5_000 },
  );
});

test("what other programs write is taken apart the same, however it is cut", () => {
  fc.assert(
    fc.property(anyText, cuts, (mailbox, places) => assert.deepEqual(split(mailbox, places), split(mailbox))),
    { seed: 4_155, numRuns: 5_000 },
  );
});

test("lines may end with LF alone, and what is no mbox file is one message as it is", () => {
  assert.deepEqual(split("From a@b Thu\nH: x\n\n>From here\n\nFrom c@d Fri\n\nlast, without an empty line\n"), [
    "H: x\n\nFrom here\n",
    "\nlast, without an empty line\n",
  ]);
  for (const one of ["H: x\r\n\r\n>From here\r\n\r\nFrom there\r\n", "\r\n", "\n\n", ">", "Fro", "\r"])
    assert.deepEqual(split(one), [one]);
  assert.deepEqual(split(""), []);
});
