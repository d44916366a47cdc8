// Parts of the client that no whole session shows well: names in certificates, headers, line ends, what is remembered.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerCertificate } from "node:tls";
import * as fc from "fast-check";
import { createHostMemory, Pop3Error, POP3_ERRORS, type MessageStream } from "@restante/pop/client";
import { PLAIN_KERNEL } from "@restante/pop/wire";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { BUFFER_KERNEL } from "../../src/client/buffer-kernel.ts";
import { headerOf } from "../../src/client/header.ts";
import { lineEnds } from "../../src/client/line-ends.ts";
import { checkServerName } from "../../src/client/server-name.ts";
import { errorOf } from "./fixture.ts";

const seed = 7_817;

requirement(
  "P3-C-039",
  "names in a certificate: DNS names, whole left-most wildcards, and nothing else beside them",
  () => {
    const allows = (host: string, subjectaltname: string | undefined, CN = "other.example"): boolean => {
      const certificate = { subject: { CN }, ...(subjectaltname !== undefined && { subjectaltname }) };
      return checkServerName(host, certificate as PeerCertificate) === undefined;
    };
    assert.equal(allows("pop.example", "DNS:pop.example"), true);
    assert.equal(allows("POP.example", "DNS:pop.EXAMPLE"), true);
    assert.equal(allows("pop.example", "DNS:a.example, DNS:pop.example"), true);
    assert.equal(allows("pop.example.com", "DNS:*.example.com"), true);
    assert.equal(allows("a.pop.example.com", "DNS:*.example.com"), false);
    assert.equal(allows("example.com", "DNS:*.example.com"), false);
    assert.equal(allows("foo.example.com", "DNS:f*o.example.com"), false);
    assert.equal(allows("foo.example.com", "DNS:*o.example.com"), false);
    assert.equal(allows("foo.example.com", "DNS:foo.*.com"), false);
    assert.equal(
      allows("other.example", "DNS:pop.example"),
      false,
      "the common name counts only where there are no names",
    );
    assert.equal(allows("other.example", "DNS:f*o.example"), false);
    assert.equal(allows("other.example", undefined), true);
    assert.equal(allows("pop.example", "URI:pop3://pop.example"), false);
    assert.equal(allows("127.0.0.1", "DNS:localhost, IP Address:127.0.0.1"), true);
    assert.equal(allows("127.0.0.2", "DNS:localhost, IP Address:127.0.0.1"), false);
  },
);

requirement(
  "P3-C-147",
  "a certificate for the POP3 of the mail domain counts where the domain named the host, and only for that domain",
  () => {
    const allows = (subjectaltname: string, mailDomain?: string): boolean =>
      checkServerName("pop.provider.example", { subjectaltname } as PeerCertificate, mailDomain) === undefined;
    const srv = "DNS:provider.example, othername:SRVName:_pop3s.example.com";
    assert.equal(allows(srv, "example.com"), true);
    assert.equal(allows(srv, "EXAMPLE.com"), true);
    assert.equal(allows("othername:SRVName:_pop3.example.com", "example.com"), true);
    assert.equal(allows(srv), false, "nobody was led here by example.com");
    assert.equal(allows(srv, "example.org"), false);
    assert.equal(allows(srv, "com"), false);
    assert.equal(allows("othername:SRVName:_imaps.example.com", "example.com"), false, "for another service");
    assert.equal(allows("DNS:example.com", "example.com"), false, "a web server of the domain is not its mail");
    assert.equal(allows("othername:SRVName:_pop3s.*.com", "example.com"), false);
    assert.equal(
      allows('othername:"SRVName:_pop3s.evil.example\\u002c othername:SRVName:_pop3s.example.com"', "example.com"),
      false,
      "one name with a comma in it, as Node writes it",
    );
    assert.equal(allows("DNS:pop.provider.example", "example.com"), true, "the host's own name counts as ever");
  },
);

function streamOf(...chunks: readonly string[]): MessageStream {
  async function* give(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk, "latin1"));
  }
  return { n: 1, [Symbol.asyncIterator]: give } as unknown as MessageStream;
}

test("the header of a message ends at its empty line, wherever the octets are cut", async () => {
  const message = "A: b\r\nC: d\r\n\r\none\r\ntwo\r\n";
  for (let at = 0; at <= message.length; at += 1) {
    const cut = (): MessageStream => streamOf(message.slice(0, at), message.slice(at));
    const octetsMax = 1_000;
    assert.equal((await headerOf(cut(), { bodyLines: 0, octetsMax })).toString(), "A: b\r\nC: d\r\n\r\n");
    assert.equal((await headerOf(cut(), { bodyLines: 1, octetsMax })).toString(), "A: b\r\nC: d\r\n\r\none\r\n");
    assert.equal((await headerOf(cut(), { bodyLines: 3, octetsMax })).toString(), message);
  }
  const empty = await headerOf(streamOf("\r\nbody\r\n"), { bodyLines: 0, octetsMax: 10 });
  assert.equal(empty.toString(), "\r\n");
  const alone = await headerOf(streamOf("A: b\r\n"), { bodyLines: 0, octetsMax: 10 });
  assert.equal(alone.toString(), "A: b\r\n");
  const endless = headerOf(streamOf("x".repeat(50), "x".repeat(60)), { bodyLines: 0, octetsMax: 100 });
  assert.equal((await errorOf(endless)).code, "MESSAGE_TOO_LARGE");
});

test("line ends are rewritten the same however the octets are cut", () => {
  const part = fc.constantFrom("a", "\r", "\n", "\r\n", "\xe9", "\0");
  const rewrite = {
    crlf: (text: string) => text.replace(/\r?\n/g, "\r\n"),
    lf: (text: string) => text.replace(/\r\n/g, "\n"),
  };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.array(fc.nat({ max: 60 })), (parts, cuts) => {
      const text = parts.join("");
      for (const kind of ["crlf", "lf"] as const) {
        const ends = lineEnds(kind);
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((to, at) => Buffer.from(text.slice(places[at], to), "latin1"));
        const out = [...pieces.map((piece) => ends.push(piece)), ends.end()];
        assert.equal(Buffer.concat(out).toString("latin1"), rewrite[kind](text));
      }
    }),
    { seed, numRuns: 500 },
  );
});

test("Buffer's way to find an octet and to read latin1 is the plain one's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 255 }), fc.nat({ max: 70 }), (octets, octet, from) => {
      for (const given of [octets, Buffer.from(octets)]) {
        assert.equal(BUFFER_KERNEL.indexOf(given, octet, from), PLAIN_KERNEL.indexOf(octets, octet, from));
        assert.equal(BUFFER_KERNEL.latin1(given), PLAIN_KERNEL.latin1(octets));
      }
    }),
    { seed, numRuns: 500 },
  );
});

test("of more than a thousand hosts the oldest are forgotten", () => {
  const memory = createHostMemory();
  for (let host = 0; host < 1_001; host += 1) memory.rememberPipeliningBroken(`h${host}`);
  memory.rememberPipeliningBroken("h1");
  memory.rememberPipeliningBroken("last");
  assert.deepEqual(
    ["h0", "h1", "h2", "h3", "last"].map((host) => memory.isPipeliningBroken(host)),
    [false, true, false, true, true],
  );
});

requirement("P3-C-114", "every code has its group, its advice and a text, and errors carry them", () => {
  const retries = ["now", "later", "after-user-action", "never"];
  for (const [code, { group, retry, text }] of Object.entries(POP3_ERRORS)) {
    assert.ok(retries.includes(retry), code);
    assert.ok(group.length > 0 && text.length > 0, code);
  }
  // By hand: what a scheduler must do differently.
  for (const [code, retry, usable] of [
    ["AUTH_REJECTED", "after-user-action", true],
    ["MAILBOX_BUSY", "later", true],
    ["LOGIN_DELAY", "later", true],
    ["SERVER_TEMPORARY", "later", true],
    ["SERVER_PERMANENT", "after-user-action", true],
    ["NEEDS_UTF8", "never", true],
    ["PROTOCOL", "later", false],
    ["NETWORK", "later", false],
    ["TLS_UNTRUSTED", "after-user-action", false],
    ["COMMIT_UNKNOWN", "now", false],
  ] as const) {
    const error = new Pop3Error(code, { phase: "auth" });
    assert.deepEqual([error.retry, error.sessionUsable, error.name], [retry, usable, "Pop3Error"], code);
  }
  assert.equal(Pop3Error.is(new Pop3Error("DNS", { phase: "connect" })), true);
  assert.equal(Pop3Error.is(new Pop3Error("DNS", { phase: "connect" }), "NETWORK"), false);
  assert.equal(Pop3Error.is(new Error("x")), false);
});
