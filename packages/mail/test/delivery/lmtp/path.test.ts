import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { needsUtf8, readPath, writeMailbox, writePath } from "../../../src/delivery/lmtp/path.ts";

// RFC 5321 §4.1.2 and §4.1.3, RFC 6531 §3.3: path, local part, domain, what follows.
const PATHS: readonly (readonly [string, string, string | undefined, string])[] = [
  ["<a@b.example>", "a", "b.example", ""],
  ["<demo>", "demo", undefined, ""],
  ["<Postmaster>", "Postmaster", undefined, ""],
  ["<John.Doe+tag@Example.COM> SIZE=1", "John.Doe+tag", "Example.COM", " SIZE=1"],
  ["<!#$%&'*+-/=?^_`{|}~@b.example>", "!#$%&'*+-/=?^_`{|}~", "b.example", ""],
  ['<"john doe"@b.example>', "john doe", "b.example", ""],
  ['<"a\\"b\\\\c"@b.example>', 'a"b\\c', "b.example", ""],
  ['<"a@b>c"@b.example>', "a@b>c", "b.example", ""],
  ['<""@b.example>', "", "b.example", ""],
  ['<"plain"@b.example>', "plain", "b.example", ""],
  ["<@one.example,@two.example:joe@three.example>", "joe", "three.example", ""],
  ["<joe@[192.0.2.1]>", "joe", "[192.0.2.1]", ""],
  ["<joe@[IPv6:2001:db8::1]>", "joe", "[IPv6:2001:db8::1]", ""],
  ["<double..dot@docomo.example>", "double..dot", "docomo.example", ""],
  ["<dot.@docomo.example>", "dot.", "docomo.example", ""],
  ["<дарья@пример.example>", "дарья", "пример.example", ""],
  ["<under_score@under_score.example>", "under_score", "under_score.example", ""],
];

test("a path is read into local part and domain, quotes and source route removed", () => {
  for (const [text, local, domain, rest] of PATHS) {
    assert.deepEqual(readPath(text), { path: { kind: "mailbox", local, domain }, rest }, text);
  }
});

test("the null reverse-path is a path of its own", () => {
  assert.deepEqual(readPath("<> BODY=7BIT"), { path: { kind: "null" }, rest: " BODY=7BIT" });
});

test("what is no path is refused", () => {
  const wrong = [
    "",
    "a@b.example",
    "<a@b.example",
    "a@b.example>",
    "<@b.example>",
    "<a@>",
    "<a@b@c>",
    "<a b@c.example>",
    "< a@b.example>",
    "<a@b.example >",
    "<a@b..example>",
    "<a@.example>",
    "<a@b.example.>",
    "<a@-b.example>",
    "<a@b-.example>",
    '<"a@b.example>',
    '<"a"b@c.example>',
    '<a"b"@c.example>',
    "<a\\@b@c.example>",
    "<a@[300.1.1.1]>",
    "<a@[IPv6:xyz]>",
    "<a@[IPv6:fe80::1%eth0]>",
    "<a@[192.0.2.1>",
    "<a@[]>",
    "<a@[tag:content]>",
    "<@one.example:>",
    "<@one.example>",
    "<a,b@c.example>",
    "<a:b@c.example>",
    "<(comment)a@b.example>",
  ];
  for (const text of wrong) assert.equal(readPath(text), undefined, text);
});

test("a mailbox is written with quotes only where it needs them", () => {
  const written: readonly (readonly [string, string | undefined, string])[] = [
    ["a", "b.example", "a@b.example"],
    ["demo", undefined, "demo"],
    ["john doe", "b.example", '"john doe"@b.example'],
    ['a"b\\c', "b.example", '"a\\"b\\\\c"@b.example'],
    ["", "b.example", '""@b.example'],
    ["double..dot", "b.example", '"double..dot"@b.example'],
    ["дарья", "пример.example", "дарья@пример.example"],
  ];
  for (const [local, domain, text] of written) assert.equal(writeMailbox({ local, domain }), text);
  assert.equal(writePath({ kind: "null" }), "<>");
});

test("only letters beyond ASCII need SMTPUTF8", () => {
  assert.equal(needsUtf8({ kind: "null" }), false);
  assert.equal(needsUtf8({ kind: "mailbox", local: "a~", domain: "b.example" }), false);
  assert.equal(needsUtf8({ kind: "mailbox", local: "é", domain: "b.example" }), true);
  assert.equal(needsUtf8({ kind: "mailbox", local: "a", domain: "é.example" }), true);
});

test("any mailbox that can be written is read back as it was", () => {
  const local = fc.string({ unit: fc.constantFrom(...' "\\@<>.,:;()[]abcXYZ019!é字') });
  const domain = fc.option(fc.constantFrom("b.example", "a-b.c.example", "[192.0.2.1]", "пример.example"), {
    nil: undefined,
  });
  fc.assert(
    fc.property(local, domain, (name, of) => {
      const text = writePath({ kind: "mailbox", local: name, domain: of });
      assert.deepEqual(readPath(text), { path: { kind: "mailbox", local: name, domain: of }, rest: "" });
    }),
    { numRuns: 500 },
  );
});

test("any text is read or refused, in time that grows with its length only", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>@.":,\\[] aé') }), (text) => void readPath(text)),
    { numRuns: 500 },
  );
  assert.equal(readPath(`<${"a.".repeat(50_000)}`), undefined);
  assert.equal(readPath(`<a@${"b-".repeat(50_000)}>`), undefined);
  assert.equal(readPath(`<"${"\\a".repeat(50_000)}`), undefined);
});
