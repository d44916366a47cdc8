// The tables [source.NAME] and [defaults]: what is collected, from where, how, and where it goes.
import { z } from "zod";
import { compilePattern, PatternError } from "./pattern.ts";
import { secret } from "./secret.ts";
import { age, deliverTarget, host, keep, pin, proxyUrl, userName } from "./source-values.ts";
import { calling, count, domainName, duration, isNot, kindOf, listOf, octets, path, show, written } from "./values.ts";

export const SOURCE_TLS = ["implicit", "stls-required", "stls-if-offered", "none"] as const;
export type SourceTls = (typeof SOURCE_TLS)[number];

export const SOURCE_PROTOCOLS = ["pop3", "pop2", "pop1"] as const;
export type SourceProtocol = (typeof SOURCE_PROTOCOLS)[number];

const MECHANISMS = [
  "SCRAM-SHA-256-PLUS",
  "SCRAM-SHA-256",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-1",
  "PLAIN",
  "LOGIN",
  "USER",
  "CRAM-MD5",
  "APOP",
] as const;
export type SourceMechanism = (typeof MECHANISMS)[number];

function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, {
    error: (issue) => `${isNot(issue.input, "known here")}; write ${orOf(values.map((value) => `"${value}"`))}`,
  });
}

function orOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ");
}

const flag = z.boolean({ error: (issue) => `${show(issue.input)} is neither true nor false; write one of them` });

const table = (hint: string) => ({
  error: (issue: { readonly code?: string; readonly input?: unknown }) =>
    issue.code !== "invalid_type" ? undefined : `${noTable(issue.input)}; write ${hint}`,
});

/** Without what was written: a password may stand there. */
function noTable(input: unknown): string {
  if (input === undefined) return "is missing";
  return `${kindOf(input)} is not a table${Array.isArray(input) ? ", which has one bracket on each side" : ""}`;
}

/** A list of tables, each with a heading of its own in two brackets. */
function tables<T extends z.ZodType>(
  one: T,
  o: { readonly name: string; readonly max: number; readonly hint: string },
) {
  const right = `write [[source.NAME.${o.name}]], with two brackets on each side, and below it ${o.hint}`;
  return z
    .array(one, { error: (issue) => `${kindOf(issue.input)} is not a list of tables; ${right}` })
    .max(o.max, { error: `there are more than ${o.max}; leave some out` });
}

/** Refuses, in one line, what other retrievers have and this one has not yet. */
function refused(when: (value: unknown) => boolean, text: string) {
  return (value: unknown, context: z.RefinementCtx): unknown => {
    if (!when(value)) return value;
    context.addIssue({ code: "custom", message: text });
    return z.NEVER;
  };
}

function has(key: string): (value: unknown) => boolean {
  return (value) => typeof value === "object" && value !== null && key in value;
}

const auth = z.preprocess(
  refused(
    has("oauth2"),
    'oauth2 is not built yet; write password = { command = ["program"] } or another place of a password',
  ),
  z.strictObject(
    {
      mechanisms: listOf(oneOf(MECHANISMS))
        .optional()
        .describe("only these, in this order; CRAM-MD5 and APOP must be named"),
      external: flag.optional().describe("log in by the client certificate alone"),
    },
    table('auth = { mechanisms = ["PLAIN"] }'),
  ),
);

/** A secret, asked for at the terminal, or one of the places of a secret. */
const password = z.preprocess(
  refused(
    has("keyring"),
    // docs/adr/0042 says why.
    'a keyring is read by its own program; write { command = ["secret-tool", "lookup", "KEY", "VALUE"] } or the like, { file = "PATH" } or { env = "VARIABLE" }',
  ),
  z.union([z.strictObject({ prompt: z.literal(true) }).transform(() => ({ kind: "prompt" }) as const), secret], {
    error:
      'this says no place of a secret; write { file = "PATH" }, { env = "VARIABLE" }, { command = ["program"] } or { prompt = true }',
  }),
);

const fetchTable = z.strictObject(
  {
    only: oneOf(["new", "all"]).optional().describe("new: what was not collected yet; all: everything, at every run"),
    max_size: octets({ min: 1_000, max: 2 ** 40 })
      .optional()
      .describe("larger messages are not fetched whole"),
    oversize: oneOf(["headers", "skip"]).optional().describe("what is done with larger ones"),
    order: oneOf(["oldest", "newest"]).optional().describe("which come first"),
    max_messages: count({ min: 1, max: 1_000_000 }).optional().describe("the most one run fetches"),
  },
  table('fetch = { max_size = "50MB" }'),
);

const serverTable = z.strictObject(
  {
    keep: keep.optional().describe("how long a message stays on the server once it is safely here"),
    delete_when_deleted_locally: flag.optional().describe("removed here, removed there; for store: alone"),
    delete_min_age: age.optional().describe("nothing is removed there before it has been here for so long"),
  },
  table('server = { keep = "14d" }'),
);

const dedupTable = z.strictObject(
  {
    uid: z
      .literal(true, {
        error: "unique-ids are always used, or every run would collect everything; write true, or leave it out",
      })
      .optional()
      .describe("a message is known by its unique-id and size"),
    content: oneOf(["after-migration", "never"]).optional().describe("when equal octets are one message"),
  },
  table('dedup = { content = "after-migration" }'),
);

const badMessageTable = z.strictObject(
  {
    after: count({ min: 1, max: 100 }).optional().describe("failures of the same message"),
    do: oneOf(["quarantine"]).optional().describe("leave it on the server, tell of it, and do not try again"),
  },
  table('on_bad_message = { after = 3, do = "quarantine" }'),
);

const filterAction = z.preprocess(
  refused(
    (value) => typeof value === "string" && value.startsWith("route:"),
    'routes are not built yet; write "skip" or "delete"',
  ),
  oneOf(["skip", "delete"]),
);

const headerName = written({
  what: "the name of a header field",
  right: 'write it without a colon, such as "X-Spam-Status"',
  parse: (text) => (/^[!-9;-~]{1,100}$/.test(text) ? text : undefined),
});

const mailbox = calling("the name of a mailbox", 'write it in quotes, such as "INBOX"');

const pattern = z
  .string({ error: (issue) => `${isNot(issue.input, "a pattern")}; write one in quotes, such as "^Yes"` })
  .min(1, { error: 'is empty; write a pattern, such as "^Yes"' })
  .max(1_000, { error: "is longer than 1000 characters" })
  .superRefine((text, context) => {
    try {
      compilePattern(text);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      context.addIssue({ code: "custom", message: `the pattern ${show(text)} ${error.message}` });
    }
  });

const filterTable = z.strictObject(
  {
    when: z.strictObject(
      {
        header: headerName.describe("the field looked at"),
        matches: pattern.describe("a regular expression, upper and lower case alike"),
      },
      table('when = { header = "X-Spam-Status", matches = "^Yes" }'),
    ),
    do: filterAction.describe("skip: leave it there; delete: collect it, then remove it there"),
  },
  table('[[source.NAME.filter]] and below it when = { header = "X-Spam-Status", matches = "^Yes" }'),
);

const deliverTable = z.strictObject(
  {
    to: deliverTarget.describe("store:LOGIN, maildir:PATH or exec:COMMAND"),
    line_ends: oneOf(["lf", "crlf"]).optional().describe("of Maildir and exec; lf unless given"),
  },
  table('[[source.NAME.deliver]] and below it to = "maildir:~/Maildir"'),
);

/** Keys that a source and [defaults] share. What is not written here is told by [defaults], then by the program. */
const shared = {
  every: duration({ min: "10s", max: "20d" })
    .optional()
    .describe("how often the daemon looks; it looks less often when the server asks for it"),
  tls: oneOf(SOURCE_TLS).optional().describe("implicit: from the first octet, port 995"),
  allow_cleartext: flag.optional().describe("let the password go out without TLS, to any host"),
  pin: listOf(pin).optional().describe("trust this key or certificate, and no other"),
  ca: path.optional().describe("PEM file of the issuers to trust in place of the usual ones"),
  certificate: path.optional().describe("PEM file of the client certificate"),
  key: path.optional().describe("PEM file of its key"),
  proxy: proxyUrl.optional().describe("an HTTP proxy that leads to the server"),
  timeout: duration({ min: "1s", max: "1h" }).optional().describe("how long the server may be silent"),
  pipelining: oneOf(["auto", "off"]).optional().describe("off for servers that lose commands"),
  auth: auth.optional().describe("how to log in"),
  mailbox: mailbox.optional().describe("the mailbox of store: the mail goes to"),
  commit_every: count({ min: 1, max: 100_000 }).optional().describe("removals after which they are made final"),
  fetch: fetchTable.optional().describe("what is fetched"),
  server: serverTable.optional().describe("what stays on the server"),
  dedup: dedupTable.optional().describe("when two messages are one"),
  on_bad_message: badMessageTable.optional().describe("what becomes of messages that fail again and again"),
};

export const defaultsTable = z.strictObject(shared, table('[defaults] and below it lines such as every = "5m"'));

const sourceTable = z.strictObject(
  {
    host: host.describe("the POP3 server"),
    mail_domain: host
      .optional()
      .describe("of the address whose SRV records named the host; a certificate may be for its mail"),
    protocol: oneOf(SOURCE_PROTOCOLS).optional().describe("what the server speaks; pop3 unless given"),
    port: count({ min: 1, max: 65_535 })
      .optional()
      .describe("995 with tls = implicit, else 110; 109 of pop2; pop1 and TLS around pop2 have no usual one"),
    remote_mailbox: mailbox.optional().describe("which of the account's mailboxes is collected; pop2 and pop1 only"),
    user: userName.describe("the name to log in with"),
    password: password.optional().describe("where the password is"),
    account: calling("the name of an account", 'write it in quotes, such as "anna"')
      .optional()
      .describe("the account here whose mail it becomes"),
    enabled: flag.optional().describe("false: left alone unless it is named"),
    authserv_id: domainName
      .optional()
      .describe(
        "how the server that receives this mail calls itself in Authentication-Results; only that one is believed",
      ),
    ...shared,
    filter: tables(filterTable, {
      name: "filter",
      max: 100,
      hint: 'when = { header = "X-Spam-Status", matches = "^Yes" } and do = "skip"',
    })
      .optional()
      .describe("messages treated differently, first match first"),
    deliver: tables(deliverTable, { name: "deliver", max: 10, hint: 'to = "maildir:~/Maildir"' })
      .optional()
      .describe("where the mail goes; all must have it before it is removed there"),
  },
  table('[source.NAME] and below it host = "pop.example.org" and user = "me"'),
);

/** Also a name of files and of a word on the command line. */
export const SOURCE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const sourceName = z.string().regex(SOURCE_NAME);

const sources = z.record(sourceName, sourceTable, {
  error: (issue) => {
    if (issue.code !== "invalid_key")
      return `${noTable(issue.input)}; write [source.NAME], with a name such as work, and below it host = "pop.example.org"`;
    return "is not a name of a source; write up to 64 letters, digits, dots, dashes or underscores";
  },
});

/** Told once, not of each key, and without their values: a password is among them. */
export const sourcesTable = z.preprocess(
  refused(
    (value) =>
      typeof value === "object" &&
      Object.entries(value ?? {}).some(([key, inner]) => key in sourceTable.shape && typeof inner !== "object"),
    "holds the keys of a source, and a source has a name; write [source.NAME] above them, such as [source.work]",
  ),
  sources,
);

export type DefaultsSettings = z.output<typeof defaultsTable>;
export type SourceSettings = z.output<typeof sourceTable>;
