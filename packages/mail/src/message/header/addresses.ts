// Address lists of RFC 5322 §3.4 with the obsolete forms of §4.4: names, comments, groups, routes. Read in one pass, each
// character once; encoded-words are decoded after the structure is known, so what they hold cannot become structure.
import { domainToUnicode } from "node:url";
import type { MailAddress } from "../contract.ts";
import { ADDRESS_CHARACTERS_MAX, ADDRESSES_MAX } from "../limits.ts";
import { decodeWords } from "../mime/header.ts";
import { safeHeaderText } from "./safe-header-text.ts";

/** Texts of one address as written: display name, comments, what stood between angle brackets. */
interface Written {
  words: string;
  comments: string;
  angle: string | undefined;
  isQuoted: boolean;
}

/** The addresses of one field, groups flattened; a group without members gives its name alone. */
export function readAddresses(value: string): readonly MailAddress[] {
  const addresses: MailAddress[] = [];
  let group: { readonly name: string; readonly before: number } | undefined;
  for (const { written, end } of mailboxes(value)) {
    if (addresses.length >= ADDRESSES_MAX) break;
    if (end === ":") {
      group = { name: cleanName(written.words), before: addresses.length };
      continue;
    }
    const address = toAddress(written);
    if (address !== undefined) addresses.push(address);
    if (end === ";") {
      if (group !== undefined && addresses.length === group.before && group.name !== "") {
        addresses.push({ name: group.name, address: "" });
      }
      group = undefined;
    }
  }
  return addresses;
}

/** Cuts at commas, colons and semicolons that stand outside quotes, comments and angle brackets. */
function* mailboxes(value: string): Generator<{ readonly written: Written; readonly end: string }> {
  let written = nothing();
  for (let at = 0; at < value.length;) {
    const character = value.charAt(at);
    if (character === '"') {
      const quoted = until(value, at + 1, '"');
      written.words += quoted.text;
      written.isQuoted = true;
      at = quoted.next;
    } else if (character === "(") {
      const comment = commentAt(value, at);
      written.comments += written.comments === "" ? comment.text : ` ${comment.text}`;
      at = comment.next;
    } else if (character === "<") {
      const angle = until(value, at + 1, ">");
      written.angle ??= angle.text;
      at = angle.next;
    } else if (character === "," || character === ";" || (character === ":" && written.angle === undefined)) {
      yield { written, end: character };
      written = nothing();
      at += 1;
    } else {
      // RFC 2047 §5 lets no comma stand in an encoded-word; programs put them there all the same.
      const word = character === "=" ? encodedWordAt(value, at) : character;
      written.words += word;
      at += word.length;
    }
  }
  yield { written, end: "" };
}

function encodedWordAt(value: string, at: number): string {
  return /^=\?[\w*-]{1,60}\?[bq]\?[^?\s]{0,500}\?=/i.exec(value.slice(at, at + 600))?.[0] ?? value.charAt(at);
}

function nothing(): Written {
  return { words: "", comments: "", angle: undefined, isQuoted: false };
}

/** To `end`, backslashes undone; to the end of the text when it never comes. */
function until(value: string, from: number, end: string): { readonly text: string; readonly next: number } {
  let text = "";
  let at = from;
  for (; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === end) return { text, next: at + 1 };
    if (character === "\\" && at + 1 < value.length) at += 1;
    text += value.charAt(at);
  }
  return { text, next: at };
}

function commentAt(value: string, from: number): { readonly text: string; readonly next: number } {
  let depth = 0;
  let text = "";
  for (let at = from; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "\\" && at + 1 < value.length) {
      at += 1;
      text += value.charAt(at);
    } else if (character === "(") {
      if (depth > 0) text += character;
      depth += 1;
    } else if (character === ")") {
      depth -= 1;
      if (depth === 0) return { text, next: at + 1 };
      text += character;
    } else text += character;
  }
  return { text, next: value.length };
}

// RFC 5322 §3.2.2: a comment may stand between the pieces of an address too.
function withoutComments(text: string): string {
  let kept = "";
  for (let at = 0; at < text.length;) {
    const open = text.indexOf("(", at);
    if (open === -1) return kept + text.slice(at);
    kept += text.slice(at, open);
    at = commentAt(text, open).next;
  }
  return kept;
}

function toAddress(written: Written): MailAddress | undefined {
  if (written.angle !== undefined) {
    // RFC 5322 §4.4: a route before the address, `<@relay.example:name@domain.example>`, is read over.
    const address = cleanAddress(withoutComments(written.angle).replace(/^[\s,]*@[^:]*:/, ""));
    const name = cleanName(written.words) || cleanName(written.comments);
    return address === "" && name === "" ? undefined : { name, address };
  }
  const words = written.words.trim();
  if (words === "") return undefined;
  // RFC 5322 §4.4 and older: `name@domain.example (Full Name)`.
  if (/^[^\s@]+\s*@\s*[^\s@]+$/.test(words) && !written.isQuoted) {
    return { name: cleanName(written.comments), address: cleanAddress(words) };
  }
  if (written.isQuoted && /^[^@]+@[^\s@]+$/.test(words))
    return { name: cleanName(written.comments), address: cleanAddress(withQuotes(words)) };
  const stray = /(?:^|\s)([^\s@]+@[^\s@]+)$/.exec(words.slice(-1_000))?.[1];
  if (stray !== undefined) return { name: cleanName(words.slice(0, -stray.length)), address: cleanAddress(stray) };
  return { name: cleanName(words), address: "" };
}

function cleanName(name: string): string {
  const written = safeHeaderText(decodeWords(name.trim()), 200);
  const [, quoted] = /^"(.*)"$/.exec(written) ?? [];
  return quoted === undefined ? written : safeHeaderText(quoted);
}

/** RFC 5322 §3.4.1: a local part that is no run of atoms is another address without its quotes. */
function withQuotes(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  if (/^[^\s"(),:;<>@[\\\]]+$/.test(local)) return address;
  return `"${local.replaceAll(/["\\]/g, "\\$&")}"${address.slice(at)}`;
}

/** A local part in quotes, whose blanks belong to it, and the rest. */
const QUOTED_LOCAL = /^\s*("(?:[^"\\]|\\.)*")\s*(@.*)$/;

/** Without white space; a domain in punycode is shown in its own letters. */
function cleanAddress(written: string): string {
  const line = safeHeaderText(written, ADDRESS_CHARACTERS_MAX);
  const [, local = "", rest = line] = QUOTED_LOCAL.exec(line) ?? [];
  const address = local + rest.replace(/\s+/g, "");
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (at === -1 || !/(?:^|\.)xn--/i.test(domain)) return address;
  return `${address.slice(0, at + 1)}${domainToUnicode(domain) || domain}`;
}
