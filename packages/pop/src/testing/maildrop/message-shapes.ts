// Messages whose octets have gone wrong in one mail system or another, and what a maildrop must make of them: every LF
// has its CR, a message that is not empty ends with CRLF, nothing else is touched. Latin1 text, one character an octet.

export interface MessageShape {
  readonly name: string;
  readonly given: string;
  readonly kept: string;
}

const manyOctets = "x".repeat(300_000);

export const MESSAGE_SHAPES: readonly MessageShape[] = [
  { name: "a dot line", given: "a\r\n.\r\nb\r\n", kept: "a\r\n.\r\nb\r\n" },
  { name: "lines of dots", given: "..\r\n...x\r\n", kept: "..\r\n...x\r\n" },
  { name: "a dot alone", given: ".\r\n", kept: ".\r\n" },
  { name: "LF line ends", given: "H: x\n\nb\n", kept: "H: x\r\n\r\nb\r\n" },
  { name: "LF dot LF", given: "x\n.\ny\n", kept: "x\r\n.\r\ny\r\n" },
  { name: "a bare CR", given: "a\rb\r\n", kept: "a\rb\r\n" },
  { name: "a dot after a bare CR", given: "a\r.\r\nb\r\n", kept: "a\r.\r\nb\r\n" },
  { name: "CR CR LF", given: "a\r\r\n", kept: "a\r\r\n" },
  { name: "NUL", given: "a\0b\r\n", kept: "a\0b\r\n" },
  { name: "an 8-bit body", given: "\xe9\r\n", kept: "\xe9\r\n" },
  { name: "a header that is not UTF-8", given: "Subject: \xff\r\n\r\nb\r\n", kept: "Subject: \xff\r\n\r\nb\r\n" },
  { name: "no final line end", given: "abc", kept: "abc\r\n" },
  { name: "a final CR", given: "abc\r", kept: "abc\r\r\n" },
  { name: "an empty message", given: "", kept: "" },
  { name: "a blank line alone", given: "\r\n", kept: "\r\n" },
  { name: "a header alone", given: "H: x\r\n", kept: "H: x\r\n" },
  { name: "mixed line ends", given: "H: x\r\n\na\nb\r\n\r\r\n\n", kept: "H: x\r\n\r\na\r\nb\r\n\r\r\n\r\n" },
  { name: "a line of 300,000 octets", given: manyOctets, kept: `${manyOctets}\r\n` },
  {
    name: "lines that begin with From",
    given: "H: x\r\n\r\nFrom a\r\n>From b\r\n",
    kept: "H: x\r\n\r\nFrom a\r\n>From b\r\n",
  },
  { name: "a dot as the last octet", given: "H: x\r\n\r\n.", kept: "H: x\r\n\r\n.\r\n" },
];

/** The rule in one line, for samples nobody wrote by hand. */
export function canonicalText(given: string): string {
  const lines = given.replace(/(?<!\r)\n/g, "\r\n");
  return lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
}

/** RFC 1939 §7 TOP of a canonical text. */
export function topText(kept: string, bodyLines: number): string {
  if (kept === "") return "";
  const header = /^(?:.*?\r\n)??\r\n/s.exec(kept)?.[0];
  if (header === undefined) return `${kept}\r\n`;
  const body = kept.slice(header.length).split(/(?<=\r\n)/);
  return header + body.slice(0, bodyLines).join("");
}

export function hasDotLine(kept: string): boolean {
  return kept.startsWith(".") || kept.includes("\r\n.");
}
