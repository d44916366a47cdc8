// Addresses as people write them, in the one form they are kept and compared in.
import { domainToASCII } from "node:url";
import type { Address } from "../mailstore/index.ts";
import type { MailAddress } from "./contract.ts";

const LOCAL_OCTETS_MAX = 64; // RFC 5321 §4.5.3.1.1
const DOMAIN_OCTETS_MAX = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What a local part may hold without quotes, and letters of every script (RFC 5322 §3.2.3, RFC 6531 §3.3). */
const DOT_ATOM = /^[^\s\p{C}()<>[\]:;@\\,."]+(?:\.[^\s\p{C}()<>[\]:;@\\,."]+)*$/u;
const QUOTED = /^"((?:[^"\\\p{C}]|\\[^\p{C}])*)"$/u;

/** Takes `local@domain` or a bare local part apart; quotes are removed. Undefined for what is neither. */
export function parseMailAddress(text: string): MailAddress | undefined {
  const at = text.lastIndexOf("@");
  // An "@" inside the quotes of a bare local part does not begin a domain.
  if (at === -1 || text.endsWith('"')) return withLocal(text, undefined);
  return at === text.length - 1 ? undefined : withLocal(text.slice(0, at), text.slice(at + 1));
}

/** The address as people read and write it: `local@domain`, `local@*` or `*@domain`. */
export function formatAddress(address: Pick<Address, "kind" | "local" | "domain">): string {
  const local = address.kind === "catch-all" ? "*" : quoteLocal(address.local);
  return `${local}@${address.kind === "alias" ? "*" : address.domain}`;
}

/** A local part as it is compared: without case, composed (RFC 6532 §3.1). */
export function foldLocal(local: string): string {
  return local.normalize("NFC").toLowerCase().normalize("NFC");
}

/** A domain as it is compared: lower case, in A-labels (RFC 5890 §2.3.2.1). Undefined for what is no domain name. */
export function canonicalDomain(text: string): string | undefined {
  // domainToASCII reads its input as a URL's host, so what a URL would understand otherwise is kept from it.
  if (/[\0-,/:-@[-^`{-\x7f]/.test(text)) return undefined;
  const domain = /[^\0-\x7f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
  if (domain === "" || domain.length > DOMAIN_OCTETS_MAX) return undefined;
  return domain.split(".").every((label) => LABEL.test(label)) ? domain : undefined;
}

function withLocal(text: string, domain: string | undefined): MailAddress | undefined {
  const local = DOT_ATOM.test(text) ? text : QUOTED.exec(text)?.[1]?.replace(/\\(.)/gu, "$1");
  if (local === undefined || local === "" || Buffer.byteLength(local) > LOCAL_OCTETS_MAX) return undefined;
  return { local, domain };
}

function quoteLocal(local: string): string {
  return DOT_ATOM.test(local) ? local : `"${local.replace(/["\\]/g, "\\$&")}"`;
}
