// What the servers on the way found about the sender (RFC 8601). Anybody can write such a field, so each says whose it is,
// and whoever shows the message decides which server is believed.
import { domainToASCII } from "node:url";
import type { Authentication } from "../contract.ts";
import type { Header } from "../mime/header.ts";

/** So many fields are read from the top; those below are of nobody who is near. */
const FIELDS_MAX = 20;

/** One for each server that says something (RFC 8601 §2.2), in the order of their fields: the last on the way stands first. */
export function authenticationOf(header: Header, sender: string): readonly Authentication[] {
  const domain = domainOf(sender);
  const fields = header.rawAll("authentication-results").slice(0, FIELDS_MAX).map(readField);
  const servers = new Set(fields.map(({ server }) => server).filter((server) => server !== ""));
  return [...servers].map((server) => ({ server, verdict: verdictOf(fields, { server, domain }) }));
}

interface Field {
  /** "" where none is named. */
  readonly server: string;
  readonly results: readonly Result[];
  /** A quoted string or a comment does not end, and may hold anything. */
  readonly isTorn: boolean;
}

interface Asked {
  readonly server: string;
  readonly domain: string;
}

/**
 * Bad news is taken from every field in the server's name: nobody writes it about their own mail. Good news is taken from its
 * uppermost fields alone, for each filter of one server writes a field of its own. That a sender wrote none right below them
 * nobody can tell here: a server that is believed has to remove what came in its name (RFC 8601 §5).
 */
function verdictOf(fields: readonly Field[], { server, domain }: Asked): Authentication["verdict"] {
  const isOwn = (field: Field): boolean => field.server === server;
  const hasFailed = ({ isTorn, results }: Field): boolean =>
    isTorn || results.some(({ method, result }) => method === "dmarc" && result === "fail");
  if (fields.filter(isOwn).some(hasFailed)) return "failed";
  const from = fields.slice(fields.findIndex(isOwn));
  const end = from.findIndex((field) => !isOwn(field));
  const read = from.slice(0, end === -1 ? from.length : end).flatMap(({ results }) => results);
  const dmarc = read.filter(({ method }) => method === "dmarc");
  // RFC 7489 §6.6.3: a domain without a policy of its own has that of the organisation above it, which some name in its place.
  const isPass = (one: Result): boolean => {
    const whose = checkedOf(one) ?? domain;
    return one.result === "pass" && (whose === domain || isAligned(whose, domain));
  };
  if (dmarc.length > 0 && dmarc.every(isPass)) return "authentic";
  const isGood = ({ method, result }: Result): boolean => method !== "dmarc" && result === "pass";
  const good = read.filter(isGood);
  if (good.some((one) => one.method === "dkim" && isAligned(checkedOf(one) ?? "", domain))) return "authentic";
  if (good.some((one) => isKin(checkedOf(one) ?? "", domain))) return "unknown";
  const all = fields.filter(isOwn).flatMap(({ results }) => results);
  // Where the mail came from elsewhere a signature that nobody could check clears nothing, nor does what may be for its sake.
  const isDubious = all.some(isUncheckedSignature) && all.some((one) => isFromElsewhere(one, domain));
  if (read.some((one) => isUnfinished(one, domain) && (one.method === "spf" || !isDubious))) return "unknown";
  return all.some(isOfSender) ? "unproved" : "unknown";
}

function isOfSender({ method }: Result): boolean {
  return method === "spf" || method === "dkim" || method === "dmarc";
}

/**
 * RFC 8601 §2.7: tried again, it might have passed. Only what could have spoken for the sender: anybody can name a domain
 * whose servers do not answer, one of their own or a dead one below the sender's.
 */
function isUnfinished(one: Result, domain: string): boolean {
  if (one.result !== "temperror" || !isOfSender(one)) return false;
  return isAligned(checkedOf(one) ?? (one.method === "dmarc" ? domain : ""), domain);
}

/** It takes any selector, also one that no server answers for; and DMARC, which waits for it, may have no result for its sake. */
function isUncheckedSignature({ method, result }: Result): boolean {
  return method === "dkim" && result === "temperror";
}

/** No server of the sender's, or an envelope in another's name, which SPF may well have passed: theirs is what it speaks for. */
function isFromElsewhere(one: Result, domain: string): boolean {
  if (one.method !== "spf") return false;
  return one.result === "fail" || one.result === "softfail" || !isKin(checkedOf(one) ?? domain, domain);
}

/** The domain that a result is about; undefined where it names none. */
function checkedOf({ method, properties }: Result): string | undefined {
  switch (method) {
    case "dmarc":
      return valueOf(properties, "header.from");
    case "dkim":
      // Some name the signer alone, who is of that domain or one below it (RFC 6376 §3.5).
      return valueOf(properties, "header.d") ?? valueOf(properties, "header.i");
    case "spf": {
      // Where its failures go. RFC 7208 §2.4: what is returned goes nowhere, and is checked by the name of the server.
      const mailFrom = valueOf(properties, "smtp.mailfrom");
      return mailFrom === "" ? valueOf(properties, "smtp.helo") : mailFrom;
    }
    default:
      return undefined;
  }
}

function valueOf(properties: Result["properties"], name: string): string | undefined {
  const value = properties.get(name);
  return value === undefined ? undefined : domainOf(value.replace(/^<(.*)>$/, "$1"));
}

function readField(field: string): Field {
  const { text, isTorn } = plainText(field);
  const [named = "", ...results] = text.split(";");
  const server = named.trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
  return { server, results: results.map(readResult), isTorn };
}

interface Result {
  readonly method: string;
  readonly result: string;
  readonly properties: ReadonlyMap<string, string>;
}

function readResult(text: string): Result {
  const [first = "", ...rest] = text
    .trim()
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/ ?([=/]) ?/g, "$1")
    .split(" ");
  const [, method = "", result = ""] = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/.exec(first) ?? [];
  const properties = rest.flatMap((word) => {
    const [, name = "", value = ""] = /^([a-z]+\.[a-z0-9_-]+)=(.*)$/.exec(word) ?? [];
    return name === "" ? [] : [[name, value] as const];
  });
  return { method, result, properties: new Map(properties) };
}

/** The signer is the sender's domain, or one above it; no single label is anybody's own. */
function isAligned(signer: string, domain: string): boolean {
  return signer.includes(".") && (domain === signer || domain.endsWith(`.${signer}`));
}

/** What is sent for somebody is often signed, or comes back, below their domain: no proof, and nothing against them. */
function isKin(other: string, domain: string): boolean {
  return isAligned(other, domain) || (domain.includes(".") && other.endsWith(`.${domain}`));
}

/** Stands for a character that would be structure if it were not quoted. */
const QUOTED = "\u{FFFD}";

/**
 * Without its comments, which stand anywhere and may be nested (RFC 8601 §2.2, RFC 5322 §3.2.2), and without its quotes: what
 * they hold cannot become structure. The local part of a sender is copied into them, and may hold whatever they please.
 */
function plainText(text: string): { readonly text: string; readonly isTorn: boolean } {
  let depth = 0;
  let isQuoted = false;
  let kept = "";
  for (let at = 0; at < text.length; at += 1) {
    let character = text.charAt(at);
    const isEscaped = character === "\\" && (isQuoted || depth > 0);
    if (isEscaped) character = text.charAt((at += 1));
    if (!isEscaped && depth === 0 && character === '"') isQuoted = !isQuoted;
    else if (isQuoted) kept += /[\s;=/"()\\]/.test(character) ? QUOTED : character;
    else if (!isEscaped && character === "(") depth += 1;
    else if (!isEscaped && character === ")" && depth > 0) kept += --depth === 0 ? " " : "";
    else if (depth === 0) kept += character;
  }
  return { text: kept, isTorn: isQuoted || depth > 0 };
}

/** As it is compared: lower case, in A-labels (RFC 5890 §2.3.2.1), without the dot of the root. */
function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return inALabels(domain).replace(/\.$/, "");
}

/** Not what a URL would understand otherwise: it is read as the host of one. */
function inALabels(domain: string): string {
  const isKeptAsIs = !/[^\0-\x7f]/.test(domain) || /[\0-,/:-@[-^`{-\x7f]/.test(domain);
  return isKeptAsIs ? domain : domainToASCII(domain) || domain;
}
