import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountError } from "../../src/accounts/index.ts";
import { appPasswordLogin, newAccountName } from "../../src/accounts/names.ts";

const refused = (complaint: RegExp) => (error: unknown) =>
  error instanceof AccountError && error.code === "bad-name" && complaint.test(error.message);

test("a name may hold letters, digits and the marks of an address, and is kept in lower case", () => {
  for (const [written, kept] of [
    ["anna", "anna"],
    ["Anna", "anna"],
    ["ANNA.B-c_d+e", "anna.b-c_d+e"],
    ["2fast", "2fast"],
    ["anna@example.org", "anna@example.org"],
    ["a".repeat(64), "a".repeat(64)],
  ] as const) {
    assert.equal(newAccountName(written), kept);
  }
});

test("a refused name is told what is wrong with it", () => {
  for (const [written, complaint] of [
    ["", /is empty: give a name/],
    ["a".repeat(65), /longer than 64 characters/],
    ["anna b", /may hold only letters/],
    ["jörg", /"jörg" may hold only letters a-z/],
    ["anna\0", /may hold only letters/],
    ["../etc", /slash/],
    ["anna/phone", /slash, which stands between a name and the label/],
    [".anna", /must begin with a letter or a digit/],
    ["-anna", /must begin with a letter or a digit/],
    ["@example.org", /must begin with a letter or a digit/],
    ["an..na", /dot where a mail address cannot have one/],
    ["anna.", /dot where/],
    ["anna.@example.org", /dot where/],
    ["anna@.org", /dot where/],
    ["anna@", /one "@", with a domain after it/],
    ["a@b@c", /one "@"/],
  ] as const) {
    assert.throws(() => newAccountName(written), refused(complaint), JSON.stringify(written));
  }
});

test("the login of an app password is the name, a slash and a label", () => {
  assert.equal(appPasswordLogin("anna", "Phone-2"), "anna/phone-2");
  for (const [label, complaint] of [
    ["", /is empty: name the device/],
    ["my phone", /may hold only letters/],
    ["a/b", /may hold only letters/],
    ["a@b", /may hold only letters/],
    ["x".repeat(33), /longer than 32/],
  ] as const) {
    assert.throws(() => appPasswordLogin("anna", label), refused(complaint), JSON.stringify(label));
  }
});
