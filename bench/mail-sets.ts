// Deterministic mail for the benches: the same seed gives the same octets on every machine.
// Sets: small (4 kB), office (44 kB mean), attach (10 MB), giant (60 MB), huge (2 kB each, very many), user (4 kB, ten a person).
import { crc32 } from "node:zlib";

export type MailSet = "small" | "office" | "attach" | "giant" | "huge" | "user";

const WORDS = (
  "the of and to in for is on that by this with you it not or be are from at as your all have new more an was we will home " +
  "can us about if page my has search free but our one other do no information time they site up may what which their news out " +
  "use any there see only so his when contact here business who also now help get view online first been would how were services " +
  "some these click its like service than find price date back top people had list name just over state year day into two health " +
  "world next used go work last most products music buy data make them should product system post her city add policy number such " +
  "please available copyright support message after best software then good video well where info rights public books high school " +
  "through each links review years order privacy book items company read group need many user said does set under general research " +
  "mail full map program life know games way days management part could great united real item international center must store travel"
).split(" ");

/** mulberry32: small, fast, good enough to vary sizes and words. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Source {
  readonly next: () => number;
  between(low: number, high: number): number;
  word(): string;
}

function source(seedText: string): Source {
  const next = random(crc32(seedText));
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { next, between, word: () => WORDS[between(0, WORDS.length - 1)] ?? "mail" };
}

/** Lines of words up to about `octets`; one line in about forty begins with a dot. */
function prose(from: Source, octets: number): string {
  const lines: string[] = [];
  let size = 0;
  while (size < octets) {
    let line = from.next() < 0.025 ? "." : "";
    while (line.length < 66) line += `${from.word()} `;
    lines.push(line.trimEnd());
    size += line.length + 2;
  }
  return `${lines.join("\r\n")}\r\n`;
}

function base64(from: Source, octets: number): string {
  const raw = Buffer.alloc(octets);
  for (let at = 0; at + 4 <= octets; at += 4) raw.writeUInt32LE(Math.floor(from.next() * 4_294_967_295), at);
  return `${(raw.toString("base64").match(/.{1,76}/g) ?? []).join("\r\n")}\r\n`;
}

function header(from: Source, o: { number: number; user: string; type: string }): string {
  const sender = `${from.word()}.${from.word()}@${from.word()}.example`;
  const stamp = new Date(Date.UTC(2026, 0, 1) + o.number * 977_000).toUTCString().replace("GMT", "+0000");
  return [
    `Received: from mx.${from.word()}.example ([192.0.2.${from.between(1, 254)}])`,
    `\tby mail.test.example with ESMTPS id ${from.between(1, 1e9).toString(36)};\t${stamp}`,
    `Message-ID: <${from.between(1, 1e9)}.${o.number}@${from.word()}.example>`,
    `Date: ${stamp}`,
    `From: ${from.word()} <${sender}>`,
    `To: ${o.user} <${o.user}@test.example>`,
    `Subject: ${from.word()} ${from.word()} ${from.word()} ${o.number}`,
    "MIME-Version: 1.0",
    `Content-Type: ${o.type}`,
    "",
    "",
  ].join("\r\n");
}

interface Letter {
  readonly number: number;
  readonly user: string;
}

function plain(from: Source, letter: Letter, octets: number): string {
  const head = header(from, { ...letter, type: "text/plain; charset=utf-8" });
  return head + prose(from, Math.max(64, octets - head.length));
}

function withAttachment(from: Source, letter: Letter, o: { text: number; attachment: number }): string {
  const boundary = `=_b${from.between(1, 1e9)}`;
  const parts = [
    header(from, { ...letter, type: `multipart/mixed; boundary="${boundary}"` }),
    `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${prose(from, o.text)}`,
  ];
  if (o.attachment > 0) {
    parts.push(
      `--${boundary}\r\nContent-Type: application/pdf; name="doc.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
      base64(from, o.attachment),
    );
  }
  return `${parts.join("")}--${boundary}--\r\n`;
}

const MAKE: Readonly<Record<MailSet, (from: Source, letter: Letter) => string>> = {
  small: (from, letter) => plain(from, letter, from.between(2_000, 6_400)),
  office: (from, letter) => {
    const kind = from.next();
    if (kind < 0.45) return plain(from, letter, from.between(3_000, 12_000));
    if (kind < 0.8) return withAttachment(from, letter, { text: from.between(20_000, 60_000), attachment: 0 });
    return withAttachment(from, letter, { text: 15_000, attachment: from.between(60_000, 160_000) });
  },
  attach: (from, letter) => withAttachment(from, letter, { text: 20_000, attachment: 7_340_032 }),
  giant: (from, letter) => withAttachment(from, letter, { text: 20_000, attachment: 43_500_000 }),
  huge: (from, letter) => plain(from, letter, from.between(1_500, 2_500)),
  user: (from, letter) => plain(from, letter, from.between(2_000, 6_000)),
};

/** Canonical CRLF messages of a set, in delivery order. */
export function* mail(set: MailSet, o: { readonly user: string; readonly count: number }): Generator<Buffer> {
  const from = source(`${set}/${o.user}`);
  for (let number = 0; number < o.count; number += 1)
    yield Buffer.from(MAKE[set](from, { number, user: o.user }), "latin1");
}
