// Surrogates of internationalised mail: RFC 6858 §2, RFC 2047. The encoded words here were made with `base64`.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { SurrogateMaker, surrogateOctets, SurrogateScanner, type SurrogateEdit } from "../../src/maildrop/index.ts";

const SEED = 6_858_001;

function editsOf(octets: Uint8Array, cut = octets.length): readonly SurrogateEdit[] {
  const scanner = new SurrogateScanner();
  scanner.push(octets.subarray(0, cut));
  scanner.push(octets.subarray(cut));
  return scanner.end();
}

function shown(octets: Uint8Array, cut = octets.length): Buffer {
  const maker = new SurrogateMaker(editsOf(octets));
  return Buffer.concat([maker.push(octets.subarray(0, cut)), maker.push(octets.subarray(cut))]);
}

/** The surrogate of lines that end with LF here. */
function surrogate(text: string): string {
  return shown(Buffer.from(text.replaceAll("\n", "\r\n")))
    .toString()
    .replaceAll("\r\n", "\n");
}

const NOBODY = "<invalid@internationalized-address.invalid>";
const FIELDS = [
  "Bcc",
  "Cc",
  "From",
  "Reply-To",
  "Resent-Bcc",
  "Resent-Cc",
  "Resent-From",
  "Resent-Sender",
  "Resent-To",
  "Sender",
  "To",
];

requirement(
  ["P3-S-247", "P3-S-248"],
  "an internationalised address becomes one of nobody in each of the 12 fields",
  () => {
    for (const field of FIELDS) {
      assert.equal(
        surrogate(`${field}: ö@x.example\n\n`),
        `${field}: =?utf-8?B?w7ZAeC5leGFtcGxl?= ${NOBODY}\n\n`.replace(
          / (?=<)/u,
          `${field}: =?utf-8?B?w7ZAeC5leGFtcGxl?= ${NOBODY}`.length > 76 ? "\n " : " ",
        ),
      );
    }
    assert.equal(surrogate("Return-Path: <ö@x.example>\n\n"), `Return-Path: ${NOBODY}\n\n`);
  },
);

requirement("P3-S-248", "addresses in other fields are no addresses: the field goes", () => {
  assert.equal(
    surrogate("Received: for ö@x.example\nErrors-To: ö@x.example\nDate: today\n\nö\n"),
    "Date: today\n\nö\n",
  );
});

requirement("P3-S-248", "display names are encoded, what is ASCII stays, groups stay groups", () => {
  const cases: readonly (readonly [value: string, expected: string])[] = [
    ["Jörg <j@x.example>", "=?utf-8?B?SsO2cmc=?= <j@x.example>"],
    ['"Doe, Jörg" <j@x.example>', "=?utf-8?B?RG9lLCBKw7ZyZw==?= <j@x.example>"],
    ["j@x.example (Jörg)", "=?utf-8?B?SsO2cmc=?= <j@x.example>"],
    ['"a b"@x.example, ö <j@x.example>', '"a b"@x.example,\n =?utf-8?B?w7Y=?= <j@x.example>'],
    ['"A. B" <a@x.example>, ö <j@x.example>', '"A. B" <a@x.example>,\n =?utf-8?B?w7Y=?= <j@x.example>'],
    ["ö: a@x.example;", "=?utf-8?B?w7Y=?=: a@x.example;"],
    ["A: ö <a@x.example>, b@x.example;", "A: =?utf-8?B?w7Y=?= <a@x.example>,\n b@x.example;"],
    ["<ö@x.example>", `=?utf-8?B?w7ZAeC5leGFtcGxl?= ${NOBODY}`],
    ["ö <a@[1.2.3.4]>, (c (d)) b@[1.2.3.4]", '=?utf-8?B?w7Y=?= <a@[1.2.3.4]>,\n "c (d)" <b@[1.2.3.4]>'],
    ['ö <"a>b"@x.example>', '=?utf-8?B?w7Y=?= <"a>b"@x.example>'],
    ['"ö\\"" <a@x.example>', "=?utf-8?B?w7Yi?= <a@x.example>"],
  ];
  for (const [value, expected] of cases) assert.equal(surrogate(`To: ${value}\n\n`), `To: ${expected}\n\n`, value);
});

test("what cannot be taken apart is one address of nobody", () => {
  for (const value of ['"ö', "ö <a@x.example", "(ö", '<"ö>']) {
    assert.match(surrogate(`To: ${value}\n\n`), /^To: =\?utf-8\?B\?[^\n]+\?=[\n ]+<invalid@[^\n]+>\n\n$/u, value);
  }
});

requirement("P3-S-249", "a Subject is encoded, folded, and cut between characters", () => {
  assert.equal(surrogate("Subject: a ö b\n\n"), "Subject: a =?utf-8?B?w7Y=?= b\n\n");
  assert.equal(surrogate("Subject: =?utf-8?Q?a?= ö\n\n"), "Subject: =?utf-8?Q?a?= =?utf-8?B?IMO2?=\n\n");
  const long = surrogate(`Subject: ${"ö".repeat(200)}\n and ${"x".repeat(60)}\n\n`);
  const lines = long.split("\n");
  assert.ok(lines.every((line) => line.length <= 76));
  const words = [...long.matchAll(/=\?utf-8\?B\?([^?]+)\?=/gu)].map(([, word = ""]) => Buffer.from(word, "base64"));
  assert.equal(words.map((word) => new TextDecoder("utf-8", { fatal: true }).decode(word)).join(""), "ö".repeat(200));
});

requirement(
  "P3-S-249",
  "parameters that are not ASCII are taken out, and with one piece of a value all of them",
  () => {
    const cases: readonly (readonly [field: string, expected: string])[] = [
      ["Content-Disposition: attachment;\n filename=ö", "Content-Disposition: attachment"],
      ['Content-Type: text/plain; name="ö;x"; charset=utf-8', "Content-Type: text/plain; charset=utf-8"],
      ['Content-Type: a/b; name*0="a"; x=y; name*1="ö"', "Content-Type: a/b; x=y"],
      ["Content-Type: a/b (ö; c); x=y\nSubject: s", "Subject: s"],
      ['Content-Type: a/b; x="\\"; ö"; y=z', "Content-Type: a/b; y=z"],
      ["Content-Type: a/b (; c); y=ö", "Content-Type: a/b (; c)"],
    ];
    for (const [field, expected] of cases) assert.equal(surrogate(`${field}\n\n`), `${expected}\n\n`, field);
  },
);

requirement(
  "P3-S-249",
  "the headers of parts and of messages inside are made presentable, texts are left alone",
  () => {
    const text = (s: { part: string; inner: string }): string =>
      `Content-Type: multipart/mixed; boundary="b"\n\nö\n--b\n${s.part}Content-Type: multipart/digest; boundary=c\n\n--c\n\n${s.inner}\nö\n--c--\nÖ: ö\n--b\nContent-Type: message/global\n\n${s.inner}\nö\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: ö\n--b--\nSubject: ö\n`;
    assert.equal(
      surrogate(text({ part: "X: ö\n", inner: "Subject: ö\n" })),
      text({ part: "", inner: "Subject: =?utf-8?B?w7Y=?=\n" }),
    );
  },
);

test("a header that is not UTF-8 stays as it came, and so does what is no header", () => {
  for (const text of ["Subject: \xff\r\nX: \xc3\xb6\r\n\r\n", "\r\n\xc3\xb6", "\r\nSubject: \xc3\xb6\r\n", ""]) {
    assert.deepEqual(editsOf(Buffer.from(text, "latin1")), []);
  }
  assert.equal(surrogate("ö no field\nÖ: a\nA: b\n\n"), "A: b\n\n");
  assert.equal(surrogate("Subject: ö"), "Subject: =?utf-8?B?w7Y=?=\n");
});

test("fields longer than 64 KiB go when they are not ASCII, and stay when they are", () => {
  const long = "x".repeat(70_000);
  assert.equal(
    surrogate(`Subject: ${long}ö\nA: ${long}\nB: ö\n ${long}\nTo: ö\n\n`).slice(0, 20),
    `A: ${long}`.slice(0, 20),
  );
});

test("parts nested too deep are text, and a message with too many changes stays as it came", () => {
  const deep = Array.from({ length: 40 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(
    "",
  );
  assert.deepEqual(editsOf(Buffer.from(`${deep}Subject: ö\n\n`.replaceAll("\n", "\r\n"))), []);
  const inside = "Content-Type: message/rfc822\n\n".repeat(40);
  assert.deepEqual(editsOf(Buffer.from(`${inside}Subject: ö\n\n`.replaceAll("\n", "\r\n"))), []);
  const many = "Subject: ö\n".repeat(10_001);
  assert.deepEqual(editsOf(Buffer.from(`${many}\n`.replaceAll("\n", "\r\n"))), []);
});

test(`wherever a message is cut, its surrogate is the same, as long as said, and ASCII in its header (seed ${SEED})`, () => {
  const piece = fc.constantFrom(
    "ö",
    "\xc3",
    "a",
    " ",
    "\r\n",
    "\r\n ",
    ": ",
    '"',
    "<",
    ">",
    ",",
    ";",
    "(",
    ")",
    "--b",
    "--",
  );
  const name = fc.constantFrom(
    "To: ",
    "Subject: ",
    "X: ",
    "Content-Type: multipart/mixed; boundary=b",
    "\r\n",
    "--b\r\n",
    "",
  );
  const message = fc
    .array(fc.tuple(name, fc.array(piece, { maxLength: 8 })), { maxLength: 8 })
    .map((fields) => Buffer.from(fields.map(([first, rest]) => `${first}${rest.join("")}\r\n`).join("")));
  fc.assert(
    fc.property(message, (octets) => {
      const whole = shown(octets);
      const edits = editsOf(octets);
      assert.equal(whole.length, surrogateOctets(octets.length, edits));
      for (let cut = 0; cut <= octets.length; cut += 1) {
        assert.deepEqual(editsOf(octets, cut), edits);
        assert.ok(shown(octets, cut).equals(whole));
      }
      const header = whole.toString("latin1").split("\r\n\r\n")[0] ?? "";
      assert.doesNotMatch(header.startsWith("\r\n") ? "" : header, /[\x80-\xff]/u);
    }),
    { seed: SEED, numRuns: 200 },
  );
});
