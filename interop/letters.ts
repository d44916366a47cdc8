// Mail to send through the product and get back octet for octet: letters of every kind people send, and the octet
// shapes that have broken mail programs before.
import { isAscii } from "node:buffer";
import { mail } from "../bench/mail-sets.ts";
import { mails, onTheWire } from "../packages/mail/test/message/corpus.ts";
import { random } from "../packages/mail/test/random.ts";

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

/** Without long lines: Python's poplib refuses more than 2,048 octets. */
function everyLetter(): readonly Buffer[] {
  return [...lettersIn("mail"), ...SHAPES.map((text) => Buffer.from(text, "latin1"))].filter((letter) =>
    letter
      .toString("latin1")
      .split("\r\n")
      .every((line) => line.length <= 998),
  );
}

/**
 * `everyLetter`, all benign and all hostile mail there is, and made mail of every length: for programs of ours, which take
 * all of it, and of which the first hundred have each kind in its share. No file is left out: Dovecot serves each as it is stored, also one with NUL, with a bare CR, with lines of two
 * million octets. Line ends are those of the wire, at the end of a message too: a Maildir has its own.
 */
export function everyShape(): readonly Buffer[] {
  const small = [...mail("small", { user: "interop", count: 40 })];
  const office = [...mail("office", { user: "interop", count: 4 })];
  return spread([everyLetter(), lettersIn("benign"), lettersIn("hostile"), small, office]);
}

/** However few are taken, they are of each kind in its share; with which of it each kind begins, the seed says. */
function spread(kinds: readonly (readonly Buffer[])[]): readonly Buffer[] {
  const next = random(Number(process.env["RESTANTE_SEED"] ?? 0));
  return kinds
    .flatMap((kind) => {
      const first = Math.floor(next() * kind.length);
      const turned = [...kind.slice(first), ...kind.slice(0, first)];
      return turned.map((letter, at) => ({ letter, place: (at + 0.5) / kind.length }));
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ letter }) => letter);
}

function lettersIn(corpus: Parameters<typeof mails>[0]): readonly Buffer[] {
  return mails(corpus).map(({ octets }) => onTheWire(octets()));
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
