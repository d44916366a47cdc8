// Sources as the reader shows them: remote maildrops, what is on them, and what collecting is doing.
import { z } from "zod";
import { ADVICES, CLOCKS, PROVIDER_ADVICE, REASONS, SOURCE_WARNINGS, TROUBLES } from "./troubles.ts";

export const sourceName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i);

/** What is deleted here goes from there before its time: only the configuration file asks for both. */
const whenDeletedHere = z.boolean().default(false);

/** Ten years, as the configuration file has it. */
const KEEP_DAYS_MAX = 3_650;

export const keep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("forever") }),
  z.strictObject({ kind: z.literal("days"), days: z.int().min(1).max(KEEP_DAYS_MAX), whenDeletedHere }),
  /** Not of whole days, which only the configuration file asks for, too. */
  z.strictObject({ kind: z.literal("span"), ms: z.int().min(1), whenDeletedHere }),
  z.strictObject({ kind: z.literal("until-deleted-here") }),
  z.strictObject({ kind: z.literal("remove-at-once") }),
]);

const tls = z.enum(["implicit", "stls-required", "stls-if-offered", "none"]);

export const progress = z.strictObject({
  phase: z.enum(["resolve", "connect", "tls", "auth", "list", "top", "retr", "store", "delete", "quit"]),
  n: z.int(),
  of: z.int(),
  octets: z.number(),
  octetsTotal: z.number(),
  octetsPerSecond: z.number(),
});

const values = z.record(z.string(), z.union([z.string(), z.number()]));

/** As a pin is written in the configuration, and people compare it. */
export const fingerprint = z.string().regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);

/** What a server showed that is not trusted, in its own words. Nothing was said to it. */
const certificate = z.strictObject({
  /** SHA-256. */
  fingerprint,
  subject: z.string(),
  issuer: z.string(),
  /** Hosts and addresses it is for. */
  names: z.array(z.string()),
  /** Null where it has no date. */
  validFrom: z.number().nullable(),
  validTo: z.number().nullable(),
});

export const trouble = z.strictObject({
  code: z.enum(TROUBLES),
  values,
  /** The server's own words; empty when it said nothing. */
  reply: z.string(),
  /** One sentence in English. */
  words: z.string(),
  /** What a person can do. */
  advice: z.array(z.enum(ADVICES)),
  /** Null when that is not what is wrong. */
  certificate: certificate.nullable(),
});

/** `messages` stay on the server until it is answered; `words` are English. */
const asked = { messages: z.int(), words: z.string() };

const question = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("many"), going: z.int(), listed: z.int(), ...asked }),
  z.strictObject({ kind: z.literal("clock"), clock: z.enum(CLOCKS), days: z.int(), ...asked }),
  z.strictObject({ kind: z.literal("restored"), what: z.enum(["memory", "server"]), ...asked }),
  z.strictObject({ kind: z.literal("migration"), gone: z.int(), came: z.int(), adopted: z.int(), ...asked }),
]);

const warning = z.strictObject({ code: z.enum(SOURCE_WARNINGS), values, words: z.string() });
const reason = z.enum(REASONS);

export const sourceStatus = z.strictObject({
  source: sourceName,
  account: z.string(),
  host: z.string(),
  port: z.int(),
  user: z.string(),
  tls,
  /** The certificates, or keys, it is trusted by; none: by issuer and name. */
  pins: z.array(z.string()),
  /** The certificate it failed for may be trusted: it was never collected from. */
  mayTrust: z.boolean(),
  keep,
  everyMs: z.number(),
  state: z.enum(["idle", "running", "paused", "off", "needs-you"]),
  progress: progress.nullable(),
  lastRunAt: z.number().nullable(),
  lastOutcome: z.enum(["ok", "partial", "failed"]).nullable(),
  arrivedLast: z.int(),
  nextRunAt: z.number().nullable(),
  /** Of the last run, when it ended before all it set out to fetch was here. */
  got: z.strictObject({ n: z.int(), of: z.int() }).nullable(),
  trouble: trouble.nullable(),
  questions: z.array(question),
  warnings: z.array(warning),
  /** Written by hand in another file than the reader may change. */
  isReadOnly: z.boolean(),
});

export const discovery = z.strictObject({
  candidates: z.array(
    z.strictObject({
      host: z.string(),
      port: z.int(),
      tls,
      user: z.string(),
      from: z.enum(["provider", "srv", "guess"]),
      /** What its provider wants first. */
      note: z.enum(PROVIDER_ADVICE).nullable(),
      /** Whose SRV records named the host: a certificate for its mail counts too (RFC 7817 §3). */
      mailDomain: z.string().nullable(),
      /** Of another domain, and only the DNS says so: a person has to agree before the password goes there (RFC 6186 §6). */
      isForeign: z.boolean(),
    }),
  ),
});

export const newSource = z.strictObject({
  name: sourceName.optional(),
  /** Login of the account the mail is put into; made, where there is no account at all. */
  account: z.string().min(1).max(64),
  address: z.string().max(320).optional(),
  host: z.string().min(1).max(253),
  /** As the discovery gave it. */
  mailDomain: z.string().min(1).max(253).nullable().default(null),
  port: z.int().min(1).max(65_535),
  tls,
  user: z.string().min(1).max(255),
  password: z.string().min(1).max(65_536),
  keep,
  first: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("everything") }),
    z.strictObject({ kind: z.literal("headers-first") }),
    z.strictObject({ kind: z.literal("newest"), messages: z.int().min(1).max(1_000_000) }),
  ]),
  octetsMax: z.int().min(1_024).nullable(),
  /** Removing at once is asked twice. */
  confirmed: z.boolean().default(false),
});

export const tested = z.strictObject({
  steps: z.array(
    z.strictObject({
      step: z.enum(["connect", "tls", "login", "list"]),
      state: z.enum(["ok", "warned", "failed", "skipped"]),
      /** What was found out by it: the protocol of TLS, messages. */
      values,
    }),
  ),
  reached: z
    .strictObject({
      tls: z.string().nullable(),
      messages: z.int(),
      octets: z.number(),
      /** Milliseconds since the epoch; null when the server does not tell. */
      oldest: z.number().nullable(),
      implementation: z.string().nullable(),
    })
    .nullable(),
  trouble: trouble.nullable(),
});

/** One message that is on the server now. */
export const serverMessage = z.strictObject({
  uniqueId: z.string(),
  /** What to ask for it by: its unique-id, and more where others have that too. */
  name: z.string(),
  octets: z.number(),
  subject: z.string().nullable(),
  from: z.string().nullable(),
  date: z.number().nullable(),
  state: z.enum(["stored", "headers-only", "not-downloaded", "to-be-removed", "quarantined", "filtered"]),
  /** When the rule will remove it; null when it stays. */
  removeAt: z.number().nullable(),
  why: reason,
  /** The message here. */
  messageId: z.int().nullable(),
});

export const serverMailbox = z.strictObject({
  source: sourceName,
  at: z.number(),
  messages: z.int(),
  octets: z.number(),
  stored: z.int(),
  /** Of all messages, as `stored` is: what the rule removes at the next check. */
  toBeRemoved: z.int(),
  rows: z.array(serverMessage),
  next: z.string().nullable(),
  questions: z.array(question),
});

/** The dry run of a rule. */
export const keepPreview = z.strictObject({
  /** Of those that are stored here: what would go at the next check. */
  messages: z.int(),
  octets: z.number(),
  /** When the next ones would go; null when none would. */
  nextAt: z.number().nullable(),
});

/** The dry run of a removal: said back with its token within five minutes, it is done. */
export const removalPlan = z.strictObject({
  token: z.string(),
  messages: z.int(),
  octets: z.number(),
  /** Asked for but not safely here, so left alone. */
  refused: z.array(z.strictObject({ uniqueId: z.string(), why: reason })),
});

export const auditRow = z.strictObject({
  auditId: z.int(),
  uniqueId: z.string(),
  /** Of the message here; null when it is not here any more. */
  subject: z.string().nullable(),
  from: z.string().nullable(),
  octets: z.number(),
  storedAt: z.number(),
  removedAt: z.number().nullable(),
  removedWhy: reason.nullable(),
});

export type Keep = z.output<typeof keep>;
export type SourceStatus = z.output<typeof sourceStatus>;
export type SourceProgress = z.output<typeof progress>;
export type Discovery = z.output<typeof discovery>;
export type NewSource = z.input<typeof newSource>;
export type Tested = z.output<typeof tested>;
export type ServerMessage = z.output<typeof serverMessage>;
export type Certificate = z.output<typeof certificate>;
export type Trouble = z.output<typeof trouble>;
export type SourceQuestion = z.output<typeof question>;
export type SourceWarning = z.output<typeof warning>;
export type Reason = z.output<typeof reason>;
