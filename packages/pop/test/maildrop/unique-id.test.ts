import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { formatUniqueId, isUniqueId } from "../../src/maildrop/index.ts";

requirement("P3-S-081", "our own unique-ids use 0-9, a-z and the dot, at most 40 of them", () => {
  const numbers = [0, 1, 35, 36, 999_999, 2 ** 31, 2 ** 32, 2 ** 48 - 1, Number.MAX_SAFE_INTEGER];
  for (const epoch of numbers) {
    for (const messageId of numbers) assert.match(formatUniqueId({ epoch, messageId }), /^[0-9a-z.-]{1,40}$/);
  }
});

requirement("P3-S-082", "100,000 messages of one maildrop have 100,000 unique-ids", () => {
  const ids = new Set<string>();
  for (let messageId = 1; messageId <= 100_000; messageId += 1) ids.add(formatUniqueId({ epoch: 7, messageId }));
  assert.equal(ids.size, 100_000);
});

test("a unique-id says which epoch and which message it is of", () => {
  assert.equal(formatUniqueId({ epoch: 35, messageId: 12 }), "z.12");
  assert.equal(formatUniqueId({ epoch: 0, messageId: 12 }), "0.12");
  assert.equal(formatUniqueId({ epoch: 35, messageId: 12 }), "z.12");
  assert.notEqual(formatUniqueId({ epoch: 1, messageId: 11 }), formatUniqueId({ epoch: 11, messageId: 1 }));
});

requirement("P3-S-080", "a unique-id has 1 to 70 octets from 0x21 to 0x7E", () => {
  for (const good of ["!", "~", "a/b", "<x@y>", "1".repeat(70)]) assert.ok(isUniqueId(good), good);
  for (const bad of ["", "1".repeat(71), "a b", "a\n", "\x7f", "\x20", "\xe9", "a\0", "\u{1f4ee}"]) {
    assert.ok(!isUniqueId(bad), JSON.stringify(bad));
  }
});
