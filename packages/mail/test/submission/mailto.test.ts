import assert from "node:assert/strict";
import { test } from "node:test";
import { readMailto } from "../../src/submission/index.ts";

test("a link names one recipient, a subject and a text (RFC 6068 §2)", () => {
  assert.deepEqual(readMailto("mailto:leave%2Bme@lists.example?subject=un%20subscribe&body=please%0D%0Ago"), {
    to: "leave+me@lists.example",
    subject: "un subscribe",
    body: "please\ngo",
  });
  assert.deepEqual(readMailto("mailto:leave@lists.example"), {
    to: "leave@lists.example",
    subject: "unsubscribe",
    body: "",
  });
});

test("a plus sign is one, and names of fields have no case (RFC 6068 §2, §5)", () => {
  const { subject, body } = readMailto("mailto:leave@lists.example?Subject=leave+token%2B1&BODY=a+b");
  assert.deepEqual([subject, body], ["leave+token+1", "a+b"]);
});

test("further recipients, blind copies and headers of a link are left out", () => {
  const link =
    "mailto:leave@lists.example,other@x.example?cc=a@x.example&bcc=b@x.example&from=c@x.example&subject=x%0D%0ABcc:%20d@x.example";
  assert.deepEqual(readMailto(link), { to: "leave@lists.example", subject: "x Bcc: d@x.example", body: "" });
});

test("what is no mail address, or no such link, is refused", () => {
  for (const link of ["mailto:", "mailto:%0D%0ARCPT@x", "javascript:alert(1)", "https://x.example", "mailto:%zz@", ""])
    assert.throws(() => readMailto(link), { code: "bad-address" }, link);
});
