// RFC 6858 §2.1: an internationalised address becomes an invalid one, whose display name says whose it was.
import { isAsciiText } from "./ascii.ts";
import { encodedPhrase } from "./encoded-words.ts";

const lineOctetsMax = 76;
/** Belongs to nobody, for ever (RFC 2606 §2). */
const NOBODY = "<invalid@internationalized-address.invalid>";

interface Mailbox {
  /** Quotes and comments taken away. */
  readonly display: string;
  readonly address: string;
}

type Item = Mailbox | { readonly group: string } | { readonly end: true };

/** The value of Return-Path, which has no display name. */
export function presentablePath(): string {
  return NOBODY;
}

/** The value of a field of addresses, with only ASCII in it. What cannot be taken apart becomes one address of nobody. */
export function presentableAddresses(value: string, taken: number): string {
  const items = parse(value) ?? [{ display: "", address: value.trim() }];
  let text = "";
  for (const [i, item] of items.entries()) {
    const follows = items[i - 1];
    const isFirst = follows === undefined || "group" in follows;
    if ("end" in item) text += ";";
    else text += `${isFirst ? (i === 0 ? "" : " ") : ",\r\n "}${shown(item, isFirst ? taken : 0)}`;
  }
  return text;
}

function shown(item: Exclude<Item, { readonly end: true }>, taken: number): string {
  if ("group" in item) return `${phrase(item.group, taken)}:`;
  const { display, address } = item;
  const isPlain = isAsciiText(address);
  const name = isPlain ? display : `${display} ${address}`.trim();
  if (name === "") return isPlain ? address : NOBODY;
  const to = isPlain ? `<${address}>` : NOBODY;
  const text = phrase(name, taken);
  const lastBreak = text.lastIndexOf("\n");
  const lastLine = lastBreak === -1 ? taken + 1 + text.length : text.length - lastBreak - 1;
  return `${text}${lastLine + 1 + to.length > lineOctetsMax ? "\r\n " : " "}${to}`;
}

function phrase(text: string, taken: number): string {
  if (!isAsciiText(text)) return encodedPhrase(text, taken);
  return /^[\w !#$%&'*+/=?^`{|}~-]*$/u.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, "\\$&")}"`;
}

/** Undefined when quotes, comments or brackets do not pair. */
function parse(value: string): readonly Item[] | undefined {
  const items: Item[] = [];
  /** What stands before a bracket: as it would be shown, and as it is written. */
  let words = "";
  let written = "";
  let comments = "";
  let address: string | undefined;
  const clear = (): void => {
    words = written = comments = "";
    address = undefined;
  };
  const endMailbox = (): void => {
    const display = tidy(address === undefined ? comments : words) || tidy(comments);
    const found = { display, address: address ?? tidy(written) };
    if (found.address !== "" || display !== "") items.push(found);
    clear();
  };
  for (let at = 0; at < value.length;) {
    const character = value[at] as string;
    const close = CLOSES[character];
    if (close !== undefined) {
      const end = endOf(value, at, close);
      if (end === undefined) return undefined;
      const inside = value.slice(at + 1, end);
      if (character === "(") comments += ` ${unescaped(inside)}`;
      else if (character === "<") address = inside.trim();
      else {
        words += unescaped(inside);
        written += value.slice(at, end + 1);
      }
      at = end + 1;
      continue;
    }
    at += 1;
    if (character === ",") endMailbox();
    else if (character === ":") {
      items.push({ group: tidy(words) });
      clear();
    } else if (character === ";") {
      endMailbox();
      items.push({ end: true });
    } else {
      words += character;
      written += character;
    }
  }
  endMailbox();
  return items;
}

const CLOSES: Readonly<Record<string, string>> = { '"': '"', "(": ")", "<": ">", "[": "]" };

/** Where what opens at `start` closes: quoted pairs are passed over, comments nest. */
function endOf(value: string, start: number, close: string): number | undefined {
  let depth = 1;
  for (let at = start + 1; at < value.length; at += 1) {
    const character = value[at];
    if (character === "\\") at += 1;
    else if (character === '"' && close === ">") at = endOf(value, at, '"') ?? value.length;
    else if (character === close) depth -= 1;
    else if (close === ")" && character === "(") depth += 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gsu, "$1");
}

function tidy(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}
