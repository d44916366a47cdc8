// What the servers on the way found about the sender (RFC 8601). Anybody can write such a field, so each says whose it is,
// and whoever shows the message decides which server is believed.
import type { Authentication } from "../contract.ts";
import type { Header } from "../mime/header.ts";

/** Of fields that stand there; more are nobody's of the last server on the way. */
const FIELDS_MAX = 20;

/** One for each server that says something, in the order of their fields: the last on the way stands first. */
export function authenticationOf(header: Header, sender: string): readonly Authentication[] {
  const domain = domainOf(sender);
  const found = new Map<string, Authentication>();
  for (const field of header.rawAll("authentication-results").slice(0, FIELDS_MAX)) {
    const [named = "", ...results] = withoutComments(field).split(";");
    const server = named.trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
    // Below the first field of a server anybody may have written more in its name.
    if (server === "" || found.has(server)) continue;
    found.set(server, { server, verdict: verdictOf(results, domain) });
  }
  return [...found.values()];
}

function verdictOf(results: readonly string[], domain: string): Authentication["verdict"] {
  const read = results.map(readResult);
  const dmarc = read.find(({ method }) => method === "dmarc");
  // Where it says whose policy was looked up, that is the sender's.
  const isOfSender = (one: Result): boolean => (one.properties.get("header.from") ?? domain) === domain;
  if (dmarc !== undefined && isOfSender(dmarc)) {
    if (dmarc.result === "pass") return "authentic";
    if (dmarc.result === "fail") return "failed";
  }
  const isSigned = read.some(
    ({ method, result, properties }) =>
      method === "dkim" && result === "pass" && isAligned(properties.get("header.d") ?? "", domain),
  );
  return isSigned ? "authentic" : "unknown";
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
    .replace(/\s*=\s*/g, "=")
    .split(/\s+/);
  const [, method = "", result = ""] = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/.exec(first) ?? [];
  const properties = rest.flatMap((word) => {
    const [, name = "", value = ""] = /^([a-z]+\.[a-z0-9_-]+)="?([^"]*)"?$/.exec(word) ?? [];
    return name === "" ? [] : [[name, value] as const];
  });
  return { method, result, properties: new Map(properties) };
}

/** The signer is the sender's domain, or one above it; no single label is anybody's own. */
function isAligned(signer: string, domain: string): boolean {
  return signer.includes(".") && (domain === signer || domain.endsWith(`.${signer}`));
}

/** RFC 8601 §2.2 allows comments between everything; they may be nested (RFC 5322 §3.2.2). */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = "";
  let isEscaped = false;
  for (const character of text) {
    const isPlain: boolean = !isEscaped;
    isEscaped = isPlain && character === "\\";
    if (isPlain && character === "(") depth += 1;
    else if (isPlain && character === ")" && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
