// Kinds of value that only sources have: ages without an upper end of days, destinations, patterns, addresses of servers.
import { z } from "zod";
import { storeDestination } from "./store-destination.ts";
import { isNot, show, parseDuration, renderDuration, written } from "./values.ts";

const DAY_MS = 86_400_000;
const AGE_MS_MAX = 3_650 * DAY_MS;

/** How long a message stays on its server once it is safely here. */
export type KeepPolicy = "forever" | { readonly ms: number };

/** `forever`, `0`, `14d`; undefined when it is none. */
function parseKeep(text: string): KeepPolicy | undefined {
  if (text === "forever") return "forever";
  const ms = parseAge(text);
  return ms === undefined ? undefined : { ms };
}

export function renderKeep(keep: KeepPolicy): string {
  if (keep === "forever") return "forever";
  return keep.ms === 0 ? "0" : renderDuration(keep.ms);
}

function parseAge(text: string): number | undefined {
  const ms = text === "0" ? 0 : parseDuration(text);
  return ms !== undefined && ms <= AGE_MS_MAX ? ms : undefined;
}

const KEEP = {
  what: "a time to keep messages",
  right: 'write "forever", "0" (remove once safely delivered) or a duration up to ten years, such as "14d"',
  parse: parseKeep,
};

export const keep = written(KEEP);

/** Why a text is no time to keep messages, and what to write; undefined when it is one. */
export function keepProblem(text: string): string | undefined {
  return parseKeep(text) === undefined ? `is not ${KEEP.what}; ${KEEP.right}` : undefined;
}

export const age = written({
  what: "an age up to ten years",
  right: 'write "0" or a number and a unit (ms, s, m, h, d), such as "1h"',
  parse: parseAge,
});

/** Where a collected message goes. */
export type DeliverTarget =
  /** An account of ours; an empty login means the source's own `account`. */
  | { readonly kind: "store"; readonly login: string }
  /** As written; `~` is the home directory of whoever runs this. */
  | { readonly kind: "maildir"; readonly path: string }
  /** A shell command that takes the message on its standard input. */
  | { readonly kind: "exec"; readonly command: string };

const NOT_BUILT: ReadonlySet<string> = new Set(["gmail", "imap", "imaps", "lmtp", "smtp"]);
const TARGETS: Readonly<Record<string, (rest: string) => DeliverTarget | undefined>> = {
  store: (login) => ({ kind: "store", login }),
  maildir: (path) => (path === "" ? undefined : { kind: "maildir", path }),
  exec: (command) => (command.trim() === "" ? undefined : { kind: "exec", command }),
};
/** docs/adr/0042 says why. */
const NO_MBOX =
  'mbox: is no destination, because an mbox cannot say whether it has a message whole; write "maildir:PATH" or "store:LOGIN", and restante export --format mbox writes one from that';
const RIGHT_TARGET = 'write "store:LOGIN", "maildir:PATH" or "exec:COMMAND"';

export const deliverTarget = z
  .string({ error: (issue) => `${isNot(issue.input, "a destination")}; ${RIGHT_TARGET}` })
  .transform((text, context): DeliverTarget => {
    const [, written = "", rest = ""] = /^([a-z0-9-]+):(.*)$/is.exec(text) ?? [];
    const scheme = written.toLowerCase();
    const refuse = (message: string): never => {
      context.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    };
    if (scheme === "mbox") return refuse(NO_MBOX);
    if (NOT_BUILT.has(scheme)) return refuse(`${scheme}: is not built yet; ${RIGHT_TARGET}`);
    if (text.includes("\0")) return refuse(`a destination holds no NUL; ${RIGHT_TARGET}`);
    return TARGETS[scheme]?.(rest) ?? refuse(`${show(text)} is not a destination; ${RIGHT_TARGET}`);
  });

export function renderTarget(target: DeliverTarget): string {
  switch (target.kind) {
    case "store":
      return storeDestination(target.login);
    case "maildir":
      return `maildir:${target.path}`;
    case "exec":
      return `exec:${target.command}`;
  }
}

export const pin = written({
  what: "a pin",
  right: 'write "sha256/BASE64" of the server\'s public key, or the SHA-256 fingerprint of its certificate',
  parse: (text) => (isPin(text) ? text : undefined),
});

/** `sha256/BASE64` of a public key, or the SHA-256 fingerprint of a certificate. */
export function isPin(text: string): boolean {
  return /^sha256\/[A-Za-z0-9+/]{43}=$/.test(text) || /^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/.test(text);
}

/** Whether a PEM file can vouch for anything. */
export function holdsCertificate(pem: string): boolean {
  return /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(pem);
}

export const proxyUrl = written({
  what: "a proxy",
  right: 'write "http://host:port"; SOCKS is not built yet',
  parse: (text) => (/^https?:\/\/[^\s/]+\/?$/.test(text) ? text : undefined),
});

/** A host to connect to: a name, an IPv4 address or an IPv6 address. */
export const host = written({
  what: "a host",
  right: 'write its name or address without a port, such as "pop.example.org"',
  parse: (text) =>
    /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?\.?$/.test(text) ||
    /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%a-z]*$/.test(text)
      ? text
      : undefined,
});

/** Goes out on the wire in a line of its own, so it holds no control octet (RFC 1939 §3). */
export const userName = written({
  what: "a user name",
  right: "write the name the server knows, without control characters",
  parse: (text) => (text !== "" && text.length <= 1_024 && !/\p{Cc}/u.test(text) ? text : undefined),
});
