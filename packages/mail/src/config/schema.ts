// The one schema: every key of the configuration file, its kind, its default and what it is for.
import { hostname } from "node:os";
import { z } from "zod";
import { secret } from "./secret.ts";
import { defaultsTable, sourcesTable } from "./source-schema.ts";
import { count, domainName, duration, listen, listOf, octets, path, popDelete, show, written } from "./values.ts";

export const PROTOCOLS = ["pop3", "pop3s", "pop2", "pop2s", "pop1", "pop1s", "lmtp", "web"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A host name that is no host name (an unset one, say) would spoil every certificate and trace line. */
function ownHostName(): string {
  const name = hostname();
  return domainName.safeParse(name).success ? name : "localhost";
}

const tables = (message: string) => ({
  error: (issue: { readonly code?: string; readonly input?: unknown }) =>
    issue.code === "invalid_type" ? `${show(issue.input)} is not a table; ${message}` : undefined,
});

const listenTable = z.strictObject(
  {
    pop3: listen({ unix: false }).prefault("off").describe("POP3, with STLS"),
    pop3s: listen({ unix: false }).prefault("off").describe("POP3 inside TLS from the first octet"),
    pop2: listen({ unix: false }).prefault("off").describe("POP2 (RFC 937), on loopback; see family_cleartext"),
    pop2s: listen({ unix: false }).prefault("off").describe("POP2 inside TLS from the first octet"),
    pop1: listen({ unix: false }).prefault("off").describe("POP1 (RFC 918), on loopback; see family_cleartext"),
    pop1s: listen({ unix: false }).prefault("off").describe("POP1 inside TLS from the first octet"),
    lmtp: listen({ unix: true }).prefault("off").describe("LMTP, where mail comes in; never on TCP port 25"),
    web: listen({ unix: false }).prefault("off").describe("the reader in the browser; on loopback alone"),
  },
  tables('write [listen] and below it lines such as pop3 = "127.0.0.1:1110"'),
);

/** Each is compared with the name of every handshake. */
const CERTIFICATES_MAX = 100;

const pairTable = z.strictObject(
  {
    certificate: path.describe("PEM file with the certificate and its chain"),
    key: path.describe("PEM file with the certificate's private key"),
    key_passphrase: secret.optional().describe("opens an encrypted private key"),
  },
  tables('write [[tls.sni]] and below it certificate = "FILE" and key = "FILE"'),
);

const tlsTable = z.strictObject(
  {
    certificate: path
      .optional()
      .describe("PEM file with the certificate and its chain; without one a self-signed certificate is made"),
    key: path.optional().describe("PEM file with the certificate's private key"),
    key_passphrase: secret.optional().describe("opens an encrypted private key"),
    sni: z
      .array(pairTable, {
        error: (issue) =>
          `${show(issue.input)} is no list of certificates; write [[tls.sni]] and below it certificate = "FILE" and key = "FILE"`,
      })
      .max(CERTIFICATES_MAX, { error: `more than ${CERTIFICATES_MAX} certificates; put several names into one` })
      .prefault([])
      .describe("certificates for other names, shown to clients that ask for one of these"),
  },
  tables('write [tls] and below it certificate = "FILE" and key = "FILE"'),
);

const limitsTable = z.strictObject(
  {
    idle: duration({ min: "1s", max: "7d" })
      .prefault("10m")
      .describe("silence after which a session is closed; RFC 1939 section 3 asks for at least 10m"),
    login: duration({ min: "1s", max: "1d" }).prefault("10m").describe("from connecting to being logged in, in total"),
    tls_handshake: duration({ min: "1s", max: "10m" }).prefault("10s").describe("a TLS handshake"),
    sasl_exchange: duration({ min: "1s", max: "10m" }).prefault("1m").describe("an AUTH exchange, in total"),
    stall: duration({ min: "1s", max: "1d" })
      .prefault("2m")
      .describe("the window over which a peer must take slowest_octets_per_second"),
    slowest_octets_per_second: count({ min: 0, max: 1_000_000 })
      .default(256)
      .describe("a peer that takes fewer is closed"),
    // What a session listed stays readable for a day after it was removed.
    session: duration({ min: "1m", max: "23h" }).prefault("4h").describe("the longest session"),
    connections: count({ min: 1, max: 1_000_000 }).default(15_000).describe("POP connections at once"),
    connections_per_address: count({ min: 1, max: 1_000_000 })
      .default(50)
      .describe("POP connections at once from one address"),
    tls_handshakes_per_second: count({ min: 1, max: 100_000 })
      .default(20)
      .describe("TLS handshakes begun from one IPv4 /24 or IPv6 /64; three seconds' worth may come at once"),
    failed_logins: count({ min: 1, max: 100 }).default(3).describe("failed logins before the connection is closed"),
    refusal_delay: duration({ min: "0s", max: "1m" })
      .prefault("2s")
      .describe("how long a refused login waits for its answer, times the failures so far"),
    bad_commands_before_login: count({ min: 1, max: 10_000 })
      .default(3)
      .describe("bad commands in a row before the connection is closed, before login"),
    bad_commands: count({ min: 1, max: 10_000 }).default(20).describe("the same after login"),
    free_space: octets({ min: 0, max: 2 ** 50 })
      .prefault("1GB")
      .describe('of the disk the data directory is on: with less, nothing is collected; "0kB" never stops'),
    message: octets({ min: 65_536, max: 2 ** 40 })
      .prefault("50MiB")
      .describe("the largest message LMTP takes in"),
  },
  tables('write [limits] and below it lines such as idle = "10m"'),
);

/** As a browser names it in its Host field. */
const webHost = written({
  what: "the name of a host",
  right: 'write it as browsers see it, such as "mail.example.org" or "mail.example.org:8443"',
  parse: (text) =>
    /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/.test(text.toLowerCase()) ? text.toLowerCase() : undefined,
});

const webTable = z.strictObject(
  {
    hosts: listOf(webHost)
      .prefault([])
      .describe("names under which a proxy with TLS in front of the reader is asked for it, beside those of loopback"),
    authserv_id: domainName
      .optional()
      .describe("of mail that is delivered here: how the server in front calls itself in Authentication-Results"),
  },
  tables('write [web] and below it hosts = "mail.example.org"'),
);

const level = z.enum(LOG_LEVELS, {
  error: (issue) => `${show(issue.input)} is not a level; write one of ${LOG_LEVELS.join(", ")}`,
});

const logTable = z.strictObject(
  {
    level: level.default("info").describe("what is logged; one line a session is info"),
    destination: path.prefault("stderr").describe('"stderr", "stdout", or a file, which SIGHUP opens again'),
  },
  tables('write [log] and below it level = "info"'),
);

/** More is as good as never. */
export const EXPIRE_DAYS_MAX = 9_999;

const popTable = z.strictObject(
  {
    internationalised: z
      .enum(["surrogate", "as-is", "refuse"], {
        error: (issue) => `${show(issue.input)} is none of "surrogate", "as-is" and "refuse"`,
      })
      .default("surrogate")
      .describe("how a client that did not say UTF8 is shown mail with more than ASCII in its headers"),
    language: z
      .enum(["en", "de"], { error: (issue) => `${show(issue.input)} is not spoken here; write "en" or "de"` })
      .default("en")
      .describe("the language of LANG *"),
    last: z.boolean().default(false).describe("speak LAST, which RFC 1725 took out"),
    apop: z
      .boolean()
      .default(false)
      .describe("speak APOP and CRAM-MD5, for logins that have a secret for it (account apop-secret)"),
    login_delay: duration({ min: "0s", max: "1d" })
      .prefault("0s")
      .describe("from one POP3 login of an account to the next"),
    expire_days: z
      .union([z.literal("never"), z.int().min(0).max(EXPIRE_DAYS_MAX)], {
        error: (issue) => `${show(issue.input)} is neither "never" nor a number of days from 0 to ${EXPIRE_DAYS_MAX}`,
      })
      .default("never")
      .describe("days after which mail left in the POP maildrop goes by itself, for new accounts"),
  },
  tables("write [pop] and below it apop = true"),
);

const familyCleartext = z.enum(["loopback", "anywhere"], {
  error: (issue) => `${show(issue.input)} is neither "loopback" nor "anywhere"`,
});

const overQuota = z.enum(["defer", "refuse"], {
  error: (issue) => `${show(issue.input)} is neither "defer" nor "refuse"`,
});

/** Every key. Written values go in, checked ones come out; each key has a default. */
export const schema = z.strictObject({
  data: path.prefault("./data").describe("the data directory: store, keys, control socket"),
  host_name: domainName
    .prefault(ownHostName())
    .describe("the name of this host, in greetings and trace lines; its mail is ours"),
  domains: listOf(domainName).prefault([]).describe("domains whose mail is ours, beside localhost and the host name"),
  pop_delete: popDelete.prefault("remove").describe("what a POP client's deletion does, for new accounts"),
  over_quota: overQuota
    .default("defer")
    .describe("what becomes of mail for an account over its quota: it comes again later, or its sender is told"),
  family_cleartext: familyCleartext
    .default("loopback")
    .describe("where pop2 and pop1, which know no login but a password in the clear, may be spoken without TLS"),
  listen: listenTable.prefault({}).describe("where each protocol listens"),
  tls: tlsTable.prefault({}).describe("the certificate of every listener with TLS"),
  pop: popTable.prefault({}).describe("what POP3 speaks beside what every server does"),
  web: webTable.prefault({}).describe("the reader in the browser"),
  limits: limitsTable.prefault({}).describe("limits and time-outs"),
  log: logTable.prefault({}).describe("the log: one JSON object a line"),
  defaults: defaultsTable.prefault({}).describe("what sources share"),
  source: sourcesTable.prefault({}).describe("remote maildrops whose mail is collected"),
});

export type Settings = z.output<typeof schema>;

/** Tables of the file whose keys no variable mirrors. */
const IN_THE_FILE_ALONE: ReadonlySet<string> = new Set(["defaults", "source", "tls.sni"]);

/** The names a table may hold; none for what is no table. */
export function namesAt(path: readonly PropertyKey[]): readonly string[] {
  let part: unknown = schema;
  for (const step of path) part = partOf(tableIn(part), step);
  const table = tableIn(part);
  return table instanceof z.ZodObject ? Object.keys(table.shape) : [];
}

/** What a key is for. */
export function aboutOf(path: readonly PropertyKey[]): string {
  let part: unknown = schema;
  for (const step of path) part = partOf(tableIn(part), step);
  return part instanceof z.ZodType ? (part.description ?? "") : "";
}

function partOf(table: unknown, step: PropertyKey): unknown {
  if (table instanceof z.ZodObject) return table.shape[String(step)];
  if (table instanceof z.ZodRecord) return table.valueType;
  return table instanceof z.ZodArray ? table.element : undefined;
}

/** What is inside defaults, optional keys and checks before the table's own. */
function tableIn(part: unknown): unknown {
  if (part instanceof z.ZodPrefault || part instanceof z.ZodOptional) return tableIn(part.unwrap());
  return part instanceof z.ZodPipe ? tableIn(part.out) : part;
}

/** Dotted name and schema of every key that stands once in a file, in its order. */
export function keysOf(): readonly {
  readonly key: string;
  readonly path: readonly string[];
  readonly schema: z.ZodType;
}[] {
  return Object.entries(schema.shape).flatMap(([name, part]) => {
    if (IN_THE_FILE_ALONE.has(name)) return [];
    const table: unknown = part instanceof z.ZodPrefault ? part.unwrap() : part;
    if (!(table instanceof z.ZodObject)) return [{ key: name, path: [name], schema: part }];
    return Object.entries(table.shape)
      .map(([leaf, value]) => ({ key: `${name}.${leaf}`, path: [name, leaf], schema: value as z.ZodType }))
      .filter(({ key }) => !IN_THE_FILE_ALONE.has(key));
  });
}

/** JSON Schema of the file, for editors that complete and check TOML. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  const made = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema: part, path: at }) => adapt(part, at.at(-1)),
  });
  return { title: "Restante", ...made };
}

/** What the schema cannot say of itself: one value stands for a list of it, and this machine's name is nobody else's default. */
function adapt(part: Record<string, unknown>, name: string | number | undefined): void {
  if (name === "host_name") delete part["default"];
  if (part["oneOrMany"] !== true) return;
  const items = part["items"];
  for (const key of ["oneOrMany", "type", "items"]) delete part[key];
  part["anyOf"] = [items, { type: "array", items }];
}
