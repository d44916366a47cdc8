import assert from "node:assert/strict";
import { test } from "node:test";
import { accountNameFor } from "../../../src/webmail/ui/sources/account-name.ts";

test("a first account is called as its address begins, as far as an account can be", () => {
  const expected: readonly (readonly [string, string])[] = [
    ["anna@example.org", "anna"],
    ["Ines.Pires+pop@provider.example", "ines.pires"],
    ['"a b"@example.org', "ab"],
    ["jörg..m.@example.org", "jrg.m"],
    [".-_x@example.org", "x"],
    ["会議@example.org", "me"],
    [`${"a".repeat(70)}@example.org`, "a".repeat(64)],
    ["", "me"],
  ];
  for (const [address, name] of expected) assert.equal(accountNameFor(address), name, address);
});
