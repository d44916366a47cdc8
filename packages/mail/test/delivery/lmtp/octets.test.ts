// Octets through LMTP on a real socket, the real store, and back: nothing but line ends changes.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { LmtpClient, sendMessage } from "../lmtp-client.ts";
import { openPostOffice } from "../post-office.ts";

const office = await openPostOffice(undefined);
const TRACE = "Return-Path: <ann@b.example>\r\nDelivered-To: demo\r\n";

/** Data can only end with a whole line: a client adds the CRLF that lacks (RFC 5321 §4.1.1.4). */
function ended(octets: string): string {
  return octets === "" || octets.endsWith("\r\n") ? octets : `${octets}\r\n`;
}

/** What a client sends for these octets: RFC 5321 §4.5.2, the final dot included. Written apart from the product. */
function asData(octets: string): string {
  return `${ended(octets).replace(/(^|\r\n)\./g, "$1..")}.\r\n`;
}

/** How what a client sent is kept: every LF has its CR. */
function canonical(octets: string): string {
  return ended(octets).replace(/\r?\n/g, "\r\n");
}

async function lastOfDemo(): Promise<string> {
  return (await office.mailOf("demo")).at(-1) ?? "";
}

// Octets as they are sent, and as they are kept; by hand.
const CORPUS: readonly (readonly [name: string, data: string, kept: string])[] = [
  ["dot line", "a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"],
  ["dots", "...\r\n....x\r\n.\r\n", "..\r\n...x\r\n"],
  ["dot only message", "..\r\n.\r\n", ".\r\n"],
  ["bare LF", "H: x\n\nb\n\r\n.\r\n", "H: x\r\n\r\nb\r\n\r\n"],
  ["LF dot LF", "x\n.\ny\r\n.\r\n", "x\r\n.\r\ny\r\n"],
  ["bare CR", "a\rb\r\n.\r\n", "a\rb\r\n"],
  ["CR dot", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n"],
  ["CR CR LF", "a\r\r\n.\r\n", "a\r\r\n"],
  ["NUL", "a\0b\r\n.\r\n", "a\0b\r\n"],
  ["8-bit", "\xe9\r\n.\r\n", "\xe9\r\n"],
  ["invalid UTF-8 in a header", "Subject: \xff\r\n.\r\n", "Subject: \xff\r\n"],
  ["empty message", ".\r\n", ""],
  ["only a blank line", "\r\n.\r\n", "\r\n"],
  ["header only", "H: x\r\n.\r\n", "H: x\r\n"],
  ["leading From", "From me\r\n.\r\n", "From me\r\n"],
  [
    "every octet",
    `${String.fromCharCode(...Array(256).keys())}\r\n.\r\n`,
    `${String.fromCharCode(...Array(256).keys()).replace("\n", "\r\n")}\r\n`,
  ],
];

test("messages of difficult octets are kept as they came", async () => {
  for (const [name, data, kept] of CORPUS) {
    assert.deepEqual(
      await sendMessage(office.port, { to: ["demo"], data: Buffer.from(data, "latin1") }),
      ["250 2.0.0 stored"],
      name,
    );
    assert.equal(await lastOfDemo(), TRACE + kept, name);
  }
});

test("a line of ten million octets and a message of many small lines come back whole", async () => {
  for (const body of ["x".repeat(10_000_000), ".\r\n".repeat(100_000), "..".repeat(70_000)]) {
    assert.deepEqual(await sendMessage(office.port, { to: ["demo"], data: asData(body) }), ["250 2.0.0 stored"]);
    assert.ok((await lastOfDemo()) === TRACE + canonical(body));
  }
});

test("every mail of the corpus comes back as it was sent", async () => {
  const folder = new URL("../../fixtures/mail/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".eml"));
  assert.ok(names.length >= 20);
  for (const name of names) {
    const mail = readFileSync(new URL(name, folder), "latin1").replace(/\n/g, "\r\n");
    assert.deepEqual(
      await sendMessage(office.port, { to: ["demo"], data: Buffer.from(asData(mail), "latin1") }),
      ["250 2.0.0 stored"],
      name,
    );
    assert.equal(await lastOfDemo(), TRACE + mail, name);
  }
});

test("any body in any chunks is kept as its canonical octets", async () => {
  const piece = fc.constantFrom(
    "\r",
    "\n",
    "\r\n",
    ".",
    "..",
    "\r\n.",
    "\0",
    "a",
    "Received: by a id b;",
    "\xff",
    "\r\n\r\n",
    "x".repeat(70_000),
  );
  const body = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
  const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(body, cuts, async (pattern, sizes) => {
      // A delivery with the trace id and the octets of an earlier one is the same delivery, and placed once.
      run += 1;
      const text = pattern.replaceAll("id b;", `id b${run};`);
      const client = await LmtpClient.ready(office.port);
      await client.ask("MAIL FROM:<ann@b.example>", "RCPT TO:<demo>", "DATA");
      const octets = Buffer.from(asData(text), "latin1");
      for (let at = 0, turn = 0; at < octets.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        client.send(octets.subarray(at, at + size));
        at += size;
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.send("QUIT\r\n");
      const replies = await client.rest();
      assert.deepEqual(
        replies.map((reply) => reply.slice(0, 3)),
        ["250", "221"],
      );
      assert.ok((await lastOfDemo()) === TRACE + canonical(text));
      await office.store.remove(
        office.account("demo"),
        (await office.store.messages(office.account("demo"), { after: 0, limit: 200 })).map(
          ({ messageId }) => messageId,
        ),
      );
    }),
    { numRuns: 60 },
  );
});
