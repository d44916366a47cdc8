// Sources as the retriever reads them: [defaults] filled in, paths absolute, every choice made.
import { homedir } from "node:os";
import { join } from "node:path";
import type { RawProblem } from "./problem.ts";
import type { Settings } from "./schema.ts";
import type { Secret } from "./secret.ts";
import type { DefaultsSettings, SourceMechanism, SourceProtocol, SourceSettings, SourceTls } from "./source-schema.ts";
import { renderTarget, type DeliverTarget, type KeepPolicy } from "./source-values.ts";
import { storeDestination } from "./store-destination.ts";
import { isLoopback } from "./values.ts";

/** A secret of the configuration, or one a person types. */
export type SourceSecret = Secret | { readonly kind: "prompt" };

export interface SourceFilter {
  readonly header: string;
  readonly matches: string;
  readonly do: "skip" | "delete";
}

/** A destination with nothing left open. `to` is how people know it: in the journal, in messages. */
export type SourceDestination = { readonly to: string } & (
  | { readonly kind: "store"; readonly login: string; readonly mailbox: string }
  | { readonly kind: "maildir"; readonly path: string; readonly lineEnds: "lf" | "crlf" }
  | { readonly kind: "exec"; readonly command: string; readonly lineEnds: "lf" | "crlf" }
);

/** One remote maildrop. Times in milliseconds, sizes in octets. */
export interface SourceConfig {
  readonly name: string;
  readonly host: string;
  /** Of the address for which `host` was found; a certificate may be for the mail of this domain (RFC 7817 §3). */
  readonly mailDomain: string | undefined;
  readonly protocol: SourceProtocol;
  readonly port: number;
  /** Undefined: the one that is opened when none is named. Of POP2 and POP1 only. */
  readonly remoteMailbox: string | undefined;
  readonly user: string;
  /** The server whose Authentication-Results are believed; undefined: nobody's. */
  readonly authservId: string | undefined;
  /** Undefined: the client certificate logs in. */
  readonly password: SourceSecret | undefined;
  readonly mechanisms: readonly SourceMechanism[] | undefined;
  readonly enabled: boolean;
  readonly everyMs: number;
  readonly tls: SourceTls;
  readonly allowCleartext: boolean;
  readonly pins: readonly string[];
  readonly caFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly proxy: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly pipelining: "auto" | "off";
  readonly commitEvery: number;
  readonly fetch: {
    readonly only: "new" | "all";
    readonly octetsMax: number | undefined;
    readonly oversize: "headers" | "skip";
    readonly order: "oldest" | "newest";
    readonly messagesMax: number | undefined;
  };
  readonly server: {
    readonly keep: KeepPolicy;
    readonly deleteWhenDeletedLocally: boolean;
    readonly deleteMinAgeMs: number;
  };
  readonly dedupContent: "after-migration" | "never";
  readonly badMessageAfter: number;
  readonly filters: readonly SourceFilter[];
  readonly destinations: readonly SourceDestination[];
}

const EVERY_MS = 300_000;
const COMMIT_EVERY = 100;
const BAD_AFTER = 3;
const POP2_PORT = 109;

/** In the order of their names. `absolute` resolves a path that stands under this key. */
export function toSources(
  settings: Settings,
  absolute: (key: string, path: string) => string,
): readonly SourceConfig[] {
  return Object.entries(settings.source)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, source]) => toSource({ name, source, defaults: settings.defaults, absolute }));
}

interface Written {
  readonly name: string;
  readonly source: SourceSettings;
  readonly defaults: DefaultsSettings;
  readonly absolute: (key: string, path: string) => string;
}

function toSource(o: Written): SourceConfig {
  const { name, source, defaults } = o;
  const of = withDefaults(source, defaults);
  const protocol = source.protocol ?? "pop3";
  // POP2 and POP1 know no TLS of their own.
  const tls = of.tls ?? (protocol === "pop3" ? "implicit" : "none");
  const file = (key: "ca" | "certificate" | "key"): string | undefined => {
    const written = of[key];
    return written === undefined ? undefined : o.absolute(keyOf(o, key), fromHome(written));
  };
  return {
    name,
    host: source.host,
    mailDomain: source.mail_domain,
    protocol,
    port: source.port ?? (protocol === "pop2" ? POP2_PORT : tls === "implicit" ? 995 : 110),
    remoteMailbox: source.remote_mailbox,
    user: source.user,
    authservId: source.authserv_id,
    password: passwordOf(o),
    mechanisms: of.auth?.mechanisms,
    enabled: source.enabled ?? true,
    everyMs: of.every ?? EVERY_MS,
    tls,
    allowCleartext: of.allow_cleartext ?? false,
    pins: of.pin ?? [],
    caFile: file("ca"),
    certificateFile: file("certificate"),
    keyFile: file("key"),
    proxy: of.proxy,
    timeoutMs: of.timeout,
    pipelining: of.pipelining ?? "auto",
    commitEvery: of.commit_every ?? COMMIT_EVERY,
    fetch: {
      only: of.fetch.only ?? "new",
      octetsMax: of.fetch.max_size,
      oversize: of.fetch.oversize ?? "headers",
      order: of.fetch.order ?? "oldest",
      messagesMax: of.fetch.max_messages,
    },
    server: {
      keep: of.server.keep ?? "forever",
      deleteWhenDeletedLocally: of.server.delete_when_deleted_locally ?? false,
      deleteMinAgeMs: of.server.delete_min_age ?? 0,
    },
    dedupContent: of.dedup.content ?? "after-migration",
    badMessageAfter: of.on_bad_message.after ?? BAD_AFTER,
    filters: (source.filter ?? []).map(({ when, do: act }) => ({ ...when, do: act })),
    destinations: destinationsOf(o, of.mailbox ?? "INBOX"),
  };
}

/** Tables are merged key by key, all else is replaced. */
function withDefaults(source: SourceSettings, defaults: DefaultsSettings) {
  return {
    ...defaults,
    ...defined(source),
    fetch: { ...defaults.fetch, ...source.fetch },
    server: { ...defaults.server, ...source.server },
    dedup: { ...defaults.dedup, ...source.dedup },
    on_bad_message: { ...defaults.on_bad_message, ...source.on_bad_message },
  };
}

function defined<T extends object>(table: T): T {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined)) as T;
}

/** Where a shared key was written: relative paths are meant from there. */
function keyOf({ name, source }: Written, key: "ca" | "certificate" | "key"): string {
  return source[key] === undefined ? `defaults.${key}` : `source.${name}.${key}`;
}

function passwordOf({ name, source, absolute }: Written): SourceSecret | undefined {
  const { password } = source;
  return password?.kind === "file"
    ? { kind: "file", path: absolute(`source.${name}.password`, fromHome(password.path)) }
    : password;
}

/** `account` alone is a destination; beside others it is one more, unless one of them is a store already. */
function destinationsOf({ name, source, absolute }: Written, mailbox: string): readonly SourceDestination[] {
  const written = source.deliver ?? [];
  const named = written.map(({ to, line_ends: lineEnds = "lf" }): SourceDestination => {
    switch (to.kind) {
      case "store":
        return intoStore(loginOf(to, source), mailbox);
      case "maildir": {
        const path = absolute(`source.${name}.deliver`, fromHome(to.path));
        return { kind: "maildir", to: `maildir:${path}`, path, lineEnds };
      }
      case "exec":
        return { kind: "exec", to: `exec:${to.command}`, command: to.command, lineEnds };
    }
  });
  const isStored = named.some(({ kind }) => kind === "store");
  return source.account === undefined || isStored ? named : [intoStore(source.account, mailbox), ...named];
}

/** `store:` without a login is the source's own account. */
function loginOf({ login }: StoreTarget, { account }: SourceSettings): string {
  return login === "" ? (account ?? "") : login;
}

function intoStore(login: string, mailbox: string): SourceDestination {
  return { kind: "store", to: storeDestination(login), login, mailbox };
}

function fromHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/** What no single key of a source can say. */
export function sourceChecks(settings: Settings): readonly RawProblem[] {
  return Object.entries(settings.source).flatMap(([name, source]) =>
    CHECKS.flatMap((check) => check({ source, of: withDefaults(source, settings.defaults) })).map(({ key, text }) => ({
      path: ["source", name, ...key],
      text,
    })),
  );
}

interface Checked {
  readonly source: SourceSettings;
  readonly of: ReturnType<typeof withDefaults>;
}
interface Found {
  readonly key: readonly string[];
  readonly text: string;
}

const CHECKS: readonly ((checked: Checked) => readonly Found[])[] = [
  familyChecks,
  ({ source }) => {
    const targets = (source.deliver ?? []).map(({ to }) =>
      renderTarget(isStore(to) ? { ...to, login: loginOf(to, source) } : to),
    );
    const double = targets.find((target, at) => targets.indexOf(target) !== at);
    if (double === undefined) return [];
    const written = (source.deliver ?? []).filter((_, at) => targets[at] === double).map(({ to }) => renderTarget(to));
    const [first, ...others] = new Set(written);
    const why =
      others.length > 0
        ? `"store:" is the same as ${JSON.stringify(double)}`
        : `${JSON.stringify(first)} stands there twice`;
    return [{ key: ["deliver"], text: `${why}; leave one out` }];
  },
  ({ source }) =>
    source.account === undefined && (source.deliver ?? []).length === 0
      ? [
          {
            key: [],
            text: 'says nowhere where the mail goes; add account = "NAME", or a table deliver with to = "maildir:PATH"',
          },
        ]
      : [],
  ({ source }) =>
    source.account === undefined && source.deliver?.some(({ to }) => isStore(to) && to.login === "") === true
      ? [
          {
            key: ["deliver"],
            text: 'store: without a login means the source\'s account; add account = "NAME", or write "store:LOGIN"',
          },
        ]
      : [],
  ({ source, of }) =>
    source.password === undefined && of.auth?.external !== true
      ? [
          {
            key: [],
            text: 'has no password; add password = { file = "PATH" }, { env = "VARIABLE" }, { command = ["program"] } or { prompt = true }',
          },
        ]
      : [],
  ({ of }) => {
    if ((of.certificate === undefined) === (of.key === undefined) || of.auth?.external === true) return [];
    return of.key === undefined
      ? [{ key: ["certificate"], text: 'a certificate without its key; add key = "FILE"' }]
      : [{ key: ["key"], text: 'a key without its certificate; add certificate = "FILE"' }];
  },
  ({ of }) =>
    of.auth?.external === true && (of.certificate === undefined || of.key === undefined)
      ? [{ key: ["auth"], text: 'external needs a client certificate; add certificate = "FILE" and key = "FILE"' }]
      : [],
  ({ source, of }) =>
    (of.tls ?? (isFamily(source) ? "none" : "implicit")) === "none" &&
    of.allow_cleartext !== true &&
    !isLoopback(source.host)
      ? [
          {
            key: ["tls"],
            text: isFamily(source)
              ? 'would send the password in clear; write "implicit" where there is TLS around it, or add allow_cleartext = true'
              : 'would send the password in clear; write "implicit" or "stls-required", or add allow_cleartext = true',
          },
        ]
      : [],
  ({ source, of }) => {
    const stores = source.account !== undefined || (source.deliver ?? []).some(({ to }) => isStore(to));
    return of.server.delete_when_deleted_locally === true && !stores
      ? [
          {
            key: ["server"],
            text: 'delete_when_deleted_locally needs a store: destination, which alone knows what its owner removed; add account = "NAME", or leave it out',
          },
        ]
      : [];
  },
];

/** POP2 and POP1 have few options, and some of POP3's mean nothing there. */
function familyChecks({ source, of }: Checked): readonly Found[] {
  if (!isFamily(source)) {
    const text = 'is for protocol = "pop2" or "pop1": a POP3 server opens one maildrop and no other';
    return source.remote_mailbox === undefined ? [] : [{ key: ["remote_mailbox"], text }];
  }
  const found: Found[] = [];
  const hasPort = source.port !== undefined || (source.protocol === "pop2" && of.tls !== "implicit");
  if (!hasPort) found.push({ key: ["port"], text: "is missing, and there is no usual one; add port = NUMBER" });
  if (of.tls === "stls-required" || of.tls === "stls-if-offered")
    found.push({
      key: ["tls"],
      text: `${source.protocol} has no STLS; write "implicit" where there is TLS around it, or "none"`,
    });
  if (of.auth !== undefined)
    found.push({
      key: ["auth"],
      text: `${source.protocol} knows a user and a password, and no mechanism; leave auth out`,
    });
  if (source.protocol === "pop1" && of.fetch.order === "newest")
    found.push({ key: ["fetch"], text: "pop1 reads a mailbox from its beginning; leave order out" });
  return found;
}

function isFamily({ protocol = "pop3" }: SourceSettings): boolean {
  return protocol !== "pop3";
}

type StoreTarget = Extract<DeliverTarget, { readonly kind: "store" }>;

function isStore(to: DeliverTarget): to is StoreTarget {
  return to.kind === "store";
}
