// The kinds of value a configuration is written in. Each reads a text or refuses it with what would be right.
import { z } from "zod";

/**
 * Shows a wrong value in a message: short, one line, quoted as TOML would. Of lists and tables only that they are one,
 * and of USER:PASSWORD@HOST not the password: whatever stands in the wrong place may be a secret.
 */
export function show(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return kindOf(value);
  const text = JSON.stringify(withoutPassword(value)) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function withoutPassword(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/((?:^|:\/\/)[^:/]*:)[^]*@/, "$1********@") : value;
}

const KINDS: Readonly<Record<string, string>> = {
  bigint: "a number",
  number: "a number",
  object: "a table",
  string: "a text",
};

/** What somebody wrote, without showing it. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return KINDS[typeof value] ?? show(value);
}

/** Where a key says nothing of its own about a value of another kind. */
export function otherKind(issue: { readonly code?: string; readonly input?: unknown; readonly expected?: unknown }) {
  if (issue.code !== "invalid_type") return undefined;
  if (issue.input === undefined) return "is missing";
  if (issue.expected === "boolean") return `${show(issue.input)} is neither true nor false; write one of them`;
  return issue.expected === "string" ? `${show(issue.input)} is not a text; write one in quotes` : undefined;
}

/** What is wrong with `input`, which is to be `what`: it is something else, or it is not there. */
export function isNot(input: unknown, what: string): string {
  return input === undefined ? "is missing" : `${show(input)} is not ${what}`;
}

interface Kind<T> {
  /** "a duration" */
  readonly what: string;
  /** `write a number and a unit, such as "10m"` */
  readonly right: string;
  readonly parse: (text: string) => T | undefined;
}

/** A value written as a string. */
export function written<T>(kind: Kind<T>) {
  const refusal = (input: unknown): string => `${isNot(input, kind.what)}; ${kind.right}`;
  return z.string({ error: (issue) => refusal(issue.input) }).transform((text, context): T => {
    const value = kind.parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: refusal(text), input: text });
    return z.NEVER;
  });
}

/** What people call something, up to 255 characters. */
export function calling(what: string, right: string) {
  return written({ what, right, parse: (text) => (text !== "" && text.length <= 255 ? text : undefined) });
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `10m`, `90s`, `1h 30m`; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^\d+ ?(ms|s|m|h|d)( \d+ ?(ms|s|m|h|d))*$/.test(text)) return undefined;
  let ms = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+) ?(ms|s|m|h|d)/g))
    ms += Number(digits) * (UNIT_MS[unit ?? ""] ?? 0);
  return ms;
}

/** `10m` of 600000: what explain shows. */
export function renderDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNIT_MS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** Times are kept in timers of 31 bits, so none may pass 24 days. */
export function duration(range: { readonly min: string; readonly max: string }) {
  const min = parseDuration(range.min) ?? 0;
  const max = parseDuration(range.max) ?? 0;
  return written({
    what: `a duration from ${range.min} to ${range.max}`,
    right: 'write a number and a unit (ms, s, m, h, d), such as "10m"',
    parse: (text) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= min && ms <= max ? ms : undefined;
    },
  });
}

const UNIT_OCTETS: Readonly<Record<string, number>> = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** Octets of `50MiB`, `2 GB`; undefined when it is not a size. */
export function parseOctets(text: string): number | undefined {
  const [, digits, unit] = /^(\d+) ?(KiB|MiB|GiB|kB|MB|GB)$/.exec(text) ?? [];
  const size = Number(digits) * (UNIT_OCTETS[unit ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(size) ? size : undefined;
}

/** Octets, written with a unit. */
export function octets(range: { readonly min: number; readonly max: number }) {
  return written({
    what: `a size from ${renderOctets(range.min)} to ${renderOctets(range.max)}`,
    right: 'write a number and a unit (kB, MB, GB, KiB, MiB, GiB), such as "50MiB"',
    parse: (text) => {
      const size = parseOctets(text);
      return size !== undefined && size >= range.min && size <= range.max ? size : undefined;
    },
  });
}

export function renderOctets(size: number): string {
  if (size === 0) return "0kB";
  for (const unit of ["GiB", "GB", "MiB", "MB", "KiB", "kB"]) {
    const scale = UNIT_OCTETS[unit] ?? 1;
    if (size >= scale && size % scale === 0) return `${size / scale}${unit}`;
  }
  return String(size);
}

/** A whole number within a range. */
export function count(range: { readonly min: number; readonly max: number }) {
  const error = (issue: { readonly input?: unknown }): string =>
    `${isNot(issue.input, `a whole number from ${range.min} to ${range.max}`)}; write one, without quotes`;
  return z.int({ error }).min(range.min, { error }).max(range.max, { error });
}

/** Where a listener listens. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const SHORT_HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** How this machine's own address is written, in lower case; other addresses of it may each have a server of their own. */
export const OWN_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

/** Whether a host, as it is written, is this very machine: nothing between can read along. */
export function isLoopback(host: string): boolean {
  // Not by the first octets alone: 127.999.1.1 is no address, but a name that somebody's DNS may answer.
  return host === "localhost" || host === "::1" || (host.startsWith("127.") && z.ipv4().safeParse(host).success);
}

/** `127.0.0.1:1110`, `[::1]:1110`, `mail.example.org:110`, a port alone (on loopback), `/path` or `unix:path`; undefined when it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text.startsWith("unix:")) return text.length > 5 ? { kind: "unix", path: text.slice(5) } : undefined;
  if (text.startsWith("/")) return { kind: "unix", path: text };
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.%a-z]+)\]:|([^:[\]]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain ?? "127.0.0.1";
  if (digits === undefined || port > 65_535) return undefined;
  if (bracketed === undefined && !SHORT_HOST.test(host)) return undefined;
  return { kind: "tcp", host, port };
}

export function renderListenAddress(address: ListenAddress): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** One address, several, or "off". An empty list is off. */
export function listen(o: { readonly unix: boolean }) {
  const one = written<ListenAddress | "off">({
    what: "an address to listen on",
    right: `write "host:port", such as "127.0.0.1:1110" or "[::1]:1110"${o.unix ? ', for a Unix socket its absolute path or "unix:lmtp.sock"' : ""}, or "off"`,
    parse: (text) => {
      if (text === "off") return "off";
      const address = parseListenAddress(text);
      return address?.kind === "unix" && !o.unix ? undefined : address;
    },
  });
  return listOf(one).transform((list) => list.filter((address) => address !== "off"));
}

/** A list, or one value that stands for a list of it. */
export function listOf<T extends z.ZodType>(one: T) {
  const list = z.preprocess(
    (input) => (Array.isArray(input) ? input : [input]),
    z.array(one).meta({ oneOrMany: true }),
  );
  return list as unknown as z.ZodType<z.output<T>[], z.input<T> | z.input<T>[]>;
}

/** What a POP client's deletion does to the reader's copy. */
export type PopDeletePolicy =
  | { readonly kind: "trash"; readonly days: number }
  | { readonly kind: "remove" }
  | { readonly kind: "hide" };

/** `trash 30d`, `remove`, `hide`; undefined when it is none. */
export function parsePopDelete(text: string): PopDeletePolicy | undefined {
  if (text === "remove" || text === "hide") return { kind: text };
  const [, digits] = /^trash (\d{1,5})d$/.exec(text) ?? [];
  const days = Number(digits);
  return days >= 1 ? { kind: "trash", days } : undefined;
}

export function renderPopDelete(policy: PopDeletePolicy): string {
  return policy.kind === "trash" ? `trash ${policy.days}d` : policy.kind;
}

export const popDelete = written({
  what: "a policy for deletions over POP",
  right: 'write "trash 30d", "remove" or "hide"',
  parse: parsePopDelete,
});

/** A name of a machine or a domain. */
export const domainName = written({
  what: "a host or domain name",
  right: 'write it in ASCII (punycode), such as "mail.example.org"',
  parse: (text) =>
    text.length <= 253 &&
    /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i.test(text)
      ? text.toLowerCase()
      : undefined,
});

export const path = written({
  what: "a path",
  right: "write the path of a file or directory in quotes",
  parse: (text) => (text === "" || text.includes("\0") ? undefined : text),
});
