// Reads the paths of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3) and writes them back for trace fields.
import { isIPv4, isIPv6 } from "node:net";

/** A mailbox taken apart: quotes and source route removed, case untouched. domain is undefined for a bare name. */
export interface Mailbox {
  readonly local: string;
  readonly domain: string | undefined;
}

/** `null` is `<>`, the reverse-path of a bounce. */
export type Path = { readonly kind: "null" } | ({ readonly kind: "mailbox" } & Mailbox);

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]/u;
const DOT_ATOM = new RegExp(`^${ATEXT.source}+(?:\\.${ATEXT.source}+)*$`, "u");
// Dots anywhere: some providers gave out `a..b` and `a.`, and their mail comes in like any other.
const LOCAL = new RegExp(`(?:${ATEXT.source}|\\.)+`, "uy");
const QUOTED = /"((?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*)"/uy;
const ROUTE = /@[^\s:<>"]+:/y;
const LABEL = "[A-Za-z0-9_\\u0080-\\u{10ffff}](?:[A-Za-z0-9_\\-\\u0080-\\u{10ffff}]*[A-Za-z0-9_\\u0080-\\u{10ffff}])?";
const DOMAIN = new RegExp(`${LABEL}(?:\\.${LABEL})*`, "uy");
const LITERAL = /\[([^\s[\]\\]+)\]/y;

/** Reads the path at the start of `text`; what follows it comes back as `rest`. Undefined when it is not one. */
export function readPath(text: string): { readonly path: Path; readonly rest: string } | undefined {
  if (text.startsWith("<>")) return { path: { kind: "null" }, rest: text.slice(2) };
  const scan = new Scanner(text);
  if (!scan.take("<")) return undefined;
  scan.match(ROUTE); // RFC 5321 appendix C: a source route is accepted and ignored.
  const local = readLocal(scan);
  if (local === undefined) return undefined;
  const domain = scan.take("@") ? readDomain(scan) : null;
  if (domain === undefined || !scan.take(">")) return undefined;
  return { path: { kind: "mailbox", local, domain: domain ?? undefined }, rest: scan.rest() };
}

/** The mailbox as RFC 5321 writes it, quoted only where it must be. */
export function writeMailbox(mailbox: Mailbox): string {
  const local = DOT_ATOM.test(mailbox.local) ? mailbox.local : `"${mailbox.local.replace(/["\\]/g, "\\$&")}"`;
  return mailbox.domain === undefined ? local : `${local}@${mailbox.domain}`;
}

/** The path with its brackets. */
export function writePath(path: Path): string {
  return path.kind === "null" ? "<>" : `<${writeMailbox(path)}>`;
}

/** True when the path cannot be said without SMTPUTF8. */
export function needsUtf8(path: Path): boolean {
  return path.kind === "mailbox" && /[^\u0000-\u007f]/u.test(path.local + (path.domain ?? ""));
}

function readLocal(scan: Scanner): string | undefined {
  const quoted = scan.match(QUOTED);
  if (quoted !== undefined) return quoted[1]?.replace(/\\(.)/gu, "$1");
  return scan.match(LOCAL)?.[0];
}

function readDomain(scan: Scanner): string | undefined {
  const literal = scan.match(LITERAL);
  if (literal !== undefined) return isAddressLiteral(literal[1] ?? "") ? literal[0] : undefined;
  return scan.match(DOMAIN)?.[0];
}

// RFC 5321 §4.1.3; no other tag than IPv6 was ever registered.
function isAddressLiteral(text: string): boolean {
  return isIPv4(text) || (/^IPv6:/i.test(text) && isIPv6(text.slice(5)) && !text.includes("%"));
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Matches a sticky pattern here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }
}
