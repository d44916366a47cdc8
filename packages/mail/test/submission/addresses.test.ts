import assert from "node:assert/strict";
import { test } from "node:test";
import { envelopeAddress, envelopeRecipients } from "../../src/submission/addresses.ts";

const person = (address: string) => ({ name: "", address });

test("addresses as RFC 5321 and RFC 6531 have them are taken", () => {
  for (const address of [
    "a@b",
    "anna.berg+news@mail.example",
    '"with space"@b.example',
    '"a\\"b"@b.example',
    "x@[192.0.2.1]",
    "дарья@пример.example",
    "o'hara@b.example",
  ])
    assert.equal(envelopeAddress(address), address);
});

test("what could end a line, name a second address or is no address is refused", () => {
  for (const address of [
    "",
    "anna",
    "@b.example",
    "anna@",
    "a b@c.example",
    "a@b.example\r\nRCPT TO:<x@y.example>",
    "a@b.example>",
    "<a@b.example",
    "a@b.example,c@d.example",
    "a@b@c.example",
    ".a@b.example",
    "a..b@c.example",
    "a@-b.example",
    "a@b..example",
    "a\0@b.example",
    `${"x".repeat(65)}@b.example`,
    `a@${"x".repeat(256)}`,
  ])
    assert.throws(() => envelopeAddress(address), { code: "bad-address" }, JSON.stringify(address));
});

test("a recipient named several times is one, in whatever list", () => {
  assert.deepEqual(
    envelopeRecipients(
      [person("a@B.example"), person("b@b.example")],
      [person("a@b.example")],
      [person("A@b.example")],
    ),
    ["a@B.example", "b@b.example", "A@b.example"],
  );
});

test("no recipient, and too many, are refused with what to do", () => {
  assert.throws(() => envelopeRecipients([], []), { code: "no-recipients", message: /add an address/ });
  const many = Array.from({ length: 501 }, (_, i) => person(`a${i}@b.example`));
  assert.throws(() => envelopeRecipients(many), { code: "too-many-recipients", message: /send it in parts/ });
});
