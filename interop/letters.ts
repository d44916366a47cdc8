// Mail to send through the product and get back octet for octet: letters of every kind people send, and the octet
// shapes that have broken mail programs before.
import { isAscii } from "node:buffer";
import { readFileSync, readdirSync } from "node:fs";
import { mail } from "../bench/mail-sets.ts";

const FIXTURES = new URL("../packages/mail/test/fixtures/mail/", import.meta.url);
/** Every way programs write harmless mail: charsets, encodings, nesting, signatures, reports, invitations. */
const BENIGN = new URL("../packages/mail/test/fixtures/benign/", import.meta.url);

const HEADER = "From: shapes@test.example\r\nSubject: shape\r\n\r\n";

const SHAPES: readonly string[] = [
  `${HEADER}a\r\n.\r\nb\r\n`,
  `${HEADER}..\r\n...x\r\n`,
  `${HEADER}.hidden\r\n.profile\r\n.\r\n.\r\n`,
  `${HEADER}caf\xe9 in Latin-1, undeclared\r\n`,
  `${HEADER}\r\n\r\n\r\n`,
  `${HEADER}${"x".repeat(998)}\r\n`,
  "From: shapes@test.example\r\nSubject: header and nothing else\r\n",
];

/** Those that every client gets octet for octet; mail with UTF-8 in its header only one that says UTF8 (RFC 6856) does. */
export function letters(): readonly Buffer[] {
  return everyLetter().filter((letter) => isAscii(letter.subarray(0, letter.indexOf("\r\n\r\n"))));
}

/** CRLF messages as LMTP will carry them. Long lines are left out: Python's poplib refuses more than 2,048 octets. */
function everyLetter(): readonly Buffer[] {
  return [...lettersIn(FIXTURES), ...SHAPES].map((text) => Buffer.from(text, "latin1"));
}

/** `everyLetter`, all benign mail there is, and made mail of every length: for programs of ours, which take all of it. */
export function everyShape(): readonly Buffer[] {
  const made = [...mail("small", { user: "interop", count: 40 }), ...mail("office", { user: "interop", count: 4 })];
  return [...everyLetter(), ...lettersIn(BENIGN).map((text) => Buffer.from(text, "latin1")), ...made];
}

function lettersIn(folder: URL): readonly string[] {
  return (
    readdirSync(folder)
      .filter((name) => name.endsWith(".eml"))
      .map((name) => readFileSync(new URL(name, folder), "latin1").replaceAll(/\r?\n/g, "\r\n"))
      // A last line without an end gets one from the first server it passes.
      .map((text) => (text.endsWith("\r\n") ? text : `${text}\r\n`))
      .filter((text) => text.split("\r\n").every((line) => line.length <= 998))
  );
}

/** `count` distinct letters: each gets a field of its own in front. */
export function manyLetters(count: number, kinds = letters()): readonly Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const kind = kinds[n % kinds.length] ?? Buffer.alloc(0);
    return Buffer.concat([Buffer.from(`X-Letter: ${n}\r\n`), kind]);
  });
}

/** What a failure should say of many letters: which differ, not every octet of all of them. */
export function differing(got: readonly string[], expected: readonly string[]): readonly string[] {
  const missing = new Map<string, number>();
  for (const letter of expected) missing.set(letter, (missing.get(letter) ?? 0) + 1);
  const strange = got.filter((letter) => {
    const left = missing.get(letter) ?? 0;
    missing.set(letter, Math.max(0, left - 1));
    return left === 0;
  });
  return [
    ...strange.map((letter) => `not sent: ${letter.slice(0, 300)}`),
    ...[...missing].filter(([, left]) => left > 0).map(([letter]) => `not collected: ${letter.slice(0, 300)}`),
  ].slice(0, 4);
}
