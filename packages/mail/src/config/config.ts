// The configuration as the rest of the house reads it: paths made absolute, lists split, names in our own words.
import { resolve } from "node:path";
import type { LogLevel, Protocol, Settings } from "./schema.ts";
import { PROTOCOLS } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { toSources, type SourceConfig } from "./sources.ts";
import type { ListenAddress, PopDeletePolicy } from "./values.ts";

/** Times in milliseconds, sizes in octets. */
export interface LimitSettings {
  readonly idleMs: number;
  readonly loginMs: number;
  readonly tlsHandshakeMs: number;
  readonly saslExchangeMs: number;
  readonly stallMs: number;
  readonly slowestOctetsPerSecond: number;
  readonly sessionMs: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly handshakesPerSecond: number;
  readonly failedLoginsMax: number;
  readonly refusalDelayMs: number;
  readonly badCommandsBeforeLoginMax: number;
  readonly badCommandsMax: number;
  /** With less on the disk of the data directory nothing is collected. */
  readonly freeOctetsMin: number;
  /** The largest message LMTP takes in. */
  readonly messageOctetsMax: number;
}

/** What POP3 speaks beside what every server does. */
export interface PopSettings {
  readonly internationalised: "surrogate" | "as-is" | "refuse";
  /** Tag of the language of `LANG *`. */
  readonly language: string;
  readonly last: boolean;
  readonly apop: boolean;
  readonly loginDelayMs: number;
  /** Of accounts made from now on; undefined: their mail never goes by itself. */
  readonly expireDays: number | undefined;
}

export interface TlsFiles {
  /** What its keys stand below: `tls`, `tls.sni.0`. */
  readonly table: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly keyPassphrase: Secret | undefined;
}

/** Everything a post office is told. All paths are absolute. */
export interface Config {
  /** The file it was read from; undefined when there was none. */
  readonly file: string | undefined;
  readonly dataDir: string;
  readonly hostName: string;
  /** Domains that are ours beside localhost and the host name; lower case. */
  readonly domains: readonly string[];
  readonly popDelete: PopDeletePolicy;
  /** Mail for an account over its quota comes again later, or its sender is told. */
  readonly overQuota: "defer" | "refuse";
  /** POP2 and POP1 may be spoken without TLS beyond this machine. */
  readonly allowsFamilyCleartext: boolean;
  /** No address: the protocol is off. */
  readonly listen: Readonly<Record<Protocol, readonly ListenAddress[]>>;
  /** The first is for every name that has none of its own. None: a self-signed certificate in the data directory. */
  readonly tls: readonly TlsFiles[];
  readonly web: {
    /** Host fields beside those of loopback; lower case. */ readonly hosts: readonly string[];
    /** The server whose Authentication-Results are believed in delivered mail; undefined: nobody's. */
    readonly authservId: string | undefined;
  };
  readonly limits: LimitSettings;
  readonly pop: PopSettings;
  readonly log: {
    readonly level: LogLevel;
    /** "stderr", "stdout" or an absolute path. */ readonly destination: string;
  };
  /** Remote maildrops, in the order of their names. */
  readonly sources: readonly SourceConfig[];
}

/** Relative paths are meant from the directory of the file they stand in; `baseOf` knows it for every key. */
export function toConfig(
  settings: Settings,
  o: { readonly file: string | undefined; readonly baseOf: (key: string) => string },
): Config {
  const absolute = (key: string, path: string): string => resolve(o.baseOf(key), path);
  const destination = settings.log.destination;
  return {
    file: o.file,
    dataDir: absolute("data", settings.data),
    hostName: settings.host_name,
    domains: settings.domains,
    popDelete: settings.pop_delete,
    overQuota: settings.over_quota,
    allowsFamilyCleartext: settings.family_cleartext === "anywhere",
    listen: Object.fromEntries(
      PROTOCOLS.map((protocol) => [
        protocol,
        settings.listen[protocol].map((address) =>
          address.kind === "unix" ? { ...address, path: absolute(`listen.${protocol}`, address.path) } : address,
        ),
      ]),
    ) as Record<Protocol, ListenAddress[]>,
    tls: toTlsFiles(settings.tls, absolute),
    web: { hosts: settings.web.hosts, authservId: settings.web.authserv_id },
    limits: toLimits(settings.limits),
    pop: toPop(settings.pop),
    log: {
      level: settings.log.level,
      destination:
        destination === "stderr" || destination === "stdout" ? destination : absolute("log.destination", destination),
    },
    sources: toSources(settings, absolute),
  };
}

function toTlsFiles(
  { certificate, key, sni, ...rest }: Settings["tls"],
  absolute: (key: string, path: string) => string,
): readonly TlsFiles[] {
  if (certificate === undefined || key === undefined) return [];
  const tables = [
    { table: "tls", pair: { certificate, key, ...rest } },
    ...sni.map((pair, index) => ({ table: `tls.sni.${index}`, pair })),
  ];
  return tables.map(({ table, pair: { key_passphrase: passphrase, ...pair } }) => ({
    table,
    certificateFile: absolute(`${table}.certificate`, pair.certificate),
    keyFile: absolute(`${table}.key`, pair.key),
    keyPassphrase:
      passphrase?.kind === "file"
        ? { kind: "file", path: absolute(`${table}.key_passphrase`, passphrase.path) }
        : passphrase,
  }));
}

function toPop({ login_delay: loginDelayMs, expire_days: days, ...pop }: Settings["pop"]): PopSettings {
  return { ...pop, loginDelayMs, expireDays: days === "never" ? undefined : days };
}

function toLimits(limits: Settings["limits"]): LimitSettings {
  return {
    idleMs: limits.idle,
    loginMs: limits.login,
    tlsHandshakeMs: limits.tls_handshake,
    saslExchangeMs: limits.sasl_exchange,
    stallMs: limits.stall,
    slowestOctetsPerSecond: limits.slowest_octets_per_second,
    sessionMs: limits.session,
    connectionsMax: limits.connections,
    connectionsPerAddressMax: limits.connections_per_address,
    handshakesPerSecond: limits.tls_handshakes_per_second,
    failedLoginsMax: limits.failed_logins,
    refusalDelayMs: limits.refusal_delay,
    badCommandsBeforeLoginMax: limits.bad_commands_before_login,
    badCommandsMax: limits.bad_commands,
    freeOctetsMin: limits.free_space,
    messageOctetsMax: limits.message,
  };
}
