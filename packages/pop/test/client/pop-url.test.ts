// POP URLs (RFC 2384), and what other programs write for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatPopUrl, parsePopUrl, Pop3Error, type PopUrl } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";

const seed = 2_384;

function url(more: Partial<PopUrl>): PopUrl {
  return { host: "h", port: 110, implicitTls: false, user: undefined, mechanism: undefined, ...more };
}

function refused(text: string): void {
  assert.throws(
    () => parsePopUrl(text),
    (error: unknown) => Pop3Error.is(error, "CONFIG"),
    text,
  );
}

requirement("P3-C-130", "the URLs of RFC 2384 §8 say what it says", () => {
  assert.deepEqual(parsePopUrl("pop://rg@mailsrv.qualcomm.com"), url({ user: "rg", host: "mailsrv.qualcomm.com" }));
  assert.deepEqual(
    parsePopUrl("pop://rg;AUTH=+APOP@mail.eudora.com:8110"),
    url({ user: "rg", mechanism: "+APOP", host: "mail.eudora.com", port: 8_110 }),
  );
  assert.deepEqual(
    parsePopUrl("pop://baz;AUTH=SCRAM-MD5@foo.bar"),
    url({ user: "baz", mechanism: "SCRAM-MD5", host: "foo.bar" }),
  );
  assert.deepEqual(
    parsePopUrl("POP://baz;auth=PLAIN@foo.bar"),
    url({ user: "baz", mechanism: "PLAIN", host: "foo.bar" }),
  );
  assert.deepEqual(parsePopUrl("pop://foo.bar"), url({ host: "foo.bar" }));
});

requirement("P3-C-134", "a user without a mechanism, or with any, leaves the choice to the client", () => {
  for (const text of ["pop://rg@h", "pop://rg;AUTH=*@h", "pop://rg;auth=*@h"]) {
    assert.deepEqual(parsePopUrl(text), url({ user: "rg" }));
  }
});

requirement("P3-C-131", "a password in a URL is refused, and not repeated", () => {
  for (const text of ["pop://rg:secret@h", "pops://rg:@h", "pop://rg;AUTH=PLAIN:secret@h", "pop://:secret@h"]) {
    refused(text);
    assert.throws(
      () => parsePopUrl(text),
      (error: unknown) => error instanceof Error && !error.message.includes("secret"),
    );
  }
});

requirement("P3-C-132", "what a user name must not hold plainly is percent-encoded, as UTF-8", () => {
  assert.equal(parsePopUrl("pop://a%3Bb%40c@host").user, "a;b@c");
  assert.equal(formatPopUrl(url({ host: "host", user: "a;b@c" })), "pop://a%3Bb%40c@host");
  assert.equal(parsePopUrl("pop://%c3%a4nna%20b@h").user, "änna b");
  assert.equal(parsePopUrl("pop://recent%3Ame@h").user, "recent:me");
  for (const text of ["pop://%ff@h", "pop://a%0d%0ab@h", "pop://%00@h", "pop://a b@h", "pop://ä@h", "pop://a%2@h"]) {
    refused(text);
  }
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter((user) => !/[\r\n\0]/.test(user));
  fc.assert(
    fc.property(name, fc.constantFrom(undefined, "+APOP", "PLAIN"), fc.boolean(), (user, mechanism, implicitTls) => {
      const wanted = url({ user, mechanism, implicitTls, port: implicitTls ? 995 : 1_110 });
      assert.deepEqual(parsePopUrl(formatPopUrl(wanted)), wanted);
    }),
    { seed, numRuns: 500 },
  );
});

requirement("P3-C-136", "relative URLs, paths, queries and fragments are refused", () => {
  for (const text of [
    "pop:foo",
    "//h",
    "pop:/h",
    "pop://h/x",
    "pop://h?x",
    "pop://h#x",
    "pop://",
    "http://h",
    "",
    "pop://a@",
  ]) {
    refused(text);
  }
  assert.equal(parsePopUrl("pop://h/").host, "h");
});

requirement("P3-C-139", "pop3, pops and pop3s are schemes too, and a host may be an IPv6 address", () => {
  assert.deepEqual(parsePopUrl("pop3://h"), url({}));
  assert.deepEqual(parsePopUrl("pops://h"), url({ implicitTls: true, port: 995 }));
  assert.deepEqual(parsePopUrl("POP3S://h:1995"), url({ implicitTls: true, port: 1_995 }));
  assert.deepEqual(parsePopUrl("pop://[::1]:8110"), url({ host: "::1", port: 8_110 }));
  assert.equal(formatPopUrl(url({ host: "::1", port: 8_110 })), "pop://[::1]:8110");
  for (const text of [
    "pop://[::1",
    "pop://[x]",
    "pop://::1",
    "pop://h:0",
    "pop://h:65536",
    "pop://h:x",
    "pop://h_.-",
    "pop://a..b",
  ]) {
    refused(text);
  }
});

test("a URL that could not be read back is not written", () => {
  for (const wrong of [{ host: "" }, { host: "a/b" }, { port: 0 }, { user: "" }, { user: "a\r\nb" }] as const) {
    assert.throws(() => formatPopUrl(url(wrong)), Pop3Error);
  }
  assert.equal(
    formatPopUrl(url({ user: "rg", mechanism: "+APOP", implicitTls: true, port: 995 })),
    "pops://rg;AUTH=+APOP@h",
  );
});

test("pop2 and pop1 URLs name a port where there is no usual one, and may name a mailbox", () => {
  const nobody = { user: undefined, mechanism: undefined };
  assert.deepEqual(parsePopUrl("pop2://anna@h.example"), {
    host: "h.example",
    port: 109,
    implicitTls: false,
    user: "anna",
    mechanism: undefined,
    generation: "pop2",
  });
  assert.deepEqual(parsePopUrl("POP1s://[::1]:1108/My%20notes/2024"), {
    host: "::1",
    port: 1108,
    implicitTls: true,
    ...nobody,
    generation: "pop1",
    mailbox: "My notes/2024",
  });
  for (const bad of [
    "pop1://h",
    "pop2s://h",
    "pop2://h:1/x?y",
    "pop2://h:1#x",
    "pop1://a;AUTH=PLAIN@h:1",
    "pop1://a:b@h:1",
    "pop4://h",
    "pop2://h:1/a%0ab",
  ])
    assert.throws(() => parsePopUrl(bad), { code: "CONFIG" }, bad);
  assert.equal("generation" in parsePopUrl("pop3://h.example"), false);
});
