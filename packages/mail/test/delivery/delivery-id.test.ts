import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deliveryIdOf, lastHop } from "../../src/delivery/delivery-id.ts";
import { firstField } from "../../src/delivery/header-fields.ts";

const head = (...lines: string[]): Buffer => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);

// What Postfix, Exim, Sendmail and Microsoft write, after RFC 5321 §4.4.
const RECEIVED: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    "Postfix, by SMTP",
    [
      "Received: from mail.example (mail.example [192.0.2.7])",
      "\tby mx.example (Postfix) with ESMTPS id 4ZbXq11Q2Bz3",
      "\tfor <demo@post.example>; Mon,  2 Mar 2026 08:15:00 +0000 (UTC)",
    ],
    "mx.example",
    "4ZbXq11Q2Bz3",
  ],
  [
    "Postfix, local",
    ["Received: by mx.example (Postfix, from userid 1000)", "\tid 1A2B3C; Mon, 2 Mar 2026 08:15:00 +0000"],
    "mx.example",
    "1A2B3C",
  ],
  [
    "Exim",
    [
      "Received: from [192.0.2.7] (helo=mail.example)",
      "\tby mx.example with esmtps (TLS1.3) tls TLS_AES_256 (Exim 4.98)",
      "\t(envelope-from <a@b.example>) id 1abcde-0000Xy-2Z",
      "\tfor demo@post.example; Mon, 02 Mar 2026 08:15:00 +0000",
    ],
    "mx.example",
    "1abcde-0000Xy-2Z",
  ],
  [
    "Sendmail",
    ["RECEIVED: (from root@localhost)", " by mx.example (8.17/8.17/Submit) id 422AB; Mon, 2 Mar 2026"],
    "mx.example",
    "422AB",
  ],
  [
    "a comment with a semicolon, a parenthesis and clauses in it",
    ["Received: by a (x; \\( id no (by z) ) with LMTP id B7 ; date"],
    "a",
    "B7",
  ],
];

test("the topmost Received field of common servers names its last hop", () => {
  for (const [what, lines, by, id] of RECEIVED) {
    const octets = head("Subject: first", ...lines, "Received: by older.example id OLD; date");
    assert.deepEqual(lastHop(octets), { by, id }, what);
  }
});

test("without by and id in the topmost Received field there is no hop", () => {
  assert.equal(lastHop(head("Subject: x")), undefined);
  assert.equal(lastHop(head("Received: (qmail 1234 invoked by uid 0); date", "Received: by a id b; date")), undefined);
  assert.equal(lastHop(head("Received: from x by mx.example; id notreally")), undefined);
  assert.equal(lastHop(Buffer.from("Subject: x\r\n\r\nReceived: by a id b; in the body\r\n")), undefined);
});

test("the delivery id tells hop, recipient and content apart, and nothing else", () => {
  const base = { head: head("Received: by a id b; date"), recipient: "demo", sha256: "aa" };
  const id = deliveryIdOf(base);
  assert.equal(deliveryIdOf({ ...base, head: head("received:  by a\r\n with LMTP id b; other date") }), id);
  const others = [
    deliveryIdOf({ ...base, head: head("Received: by a id c; date") }),
    deliveryIdOf({ ...base, head: head("Received: by c id b; date") }),
    deliveryIdOf({ ...base, recipient: "friend" }),
    deliveryIdOf({ ...base, sha256: "ab" }),
  ];
  assert.equal(new Set([id, ...others]).size, 5);
  assert.equal(deliveryIdOf({ ...base, head: head("Subject: x") }), undefined);
});

test("a field is found whatever its case, unfolded, in the header only", () => {
  assert.equal(firstField(Buffer.from("A: 1\nsubject: one\n two\nB: 2\n\nsubject: body\n"), "Subject"), " one two");
  assert.equal(firstField(Buffer.from("A: 1\r\nSubject:cut of"), "Subject"), undefined);
  assert.equal(firstField(Buffer.from(" Subject: folded nothing\r\n\r\n"), "Subject"), undefined);
  assert.equal(firstField(Buffer.from("Subject: at the end\r\n"), "Subject"), " at the end");
});

test("any octets are read as a header without failing", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => void lastHop(octets)),
    { numRuns: 300 },
  );
  const text = fc.string({ unit: fc.constantFrom(..."Received: by id;()\\\r\n\tx") });
  fc.assert(
    fc.property(text, (value) => void lastHop(Buffer.from(`Received: ${value}\r\n\r\n`))),
    { numRuns: 300 },
  );
  assert.deepEqual(lastHop(head(`Received: by a ${"(".repeat(100_000)} id b; date`)), undefined);
});
