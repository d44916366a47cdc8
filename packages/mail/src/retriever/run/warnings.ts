// What a run tells beside its counts: every warning there is.
import { sayerOf, type Saying } from "../said.ts";
import type { ClockDoubt, ClockFinding } from "../decide/clock.ts";
import { MIGRATION_TEXT } from "../decide/migration.ts";
import type { SourcePolicy } from "../decide/policy.ts";

const NO_ORDER = "no order of steps is safe against a crash there";

export const WARNINGS = {
  "expire-at-once": `the server removes messages once they were retrieved (EXPIRE 0): ${NO_ORDER}`,
  "expire-sooner": "the server itself removes messages after {days} days (EXPIRE), sooner than server.keep says",
  "removes-on-retr": `messages were gone after they had only been retrieved: the server removes on RETR; ${NO_ORDER}`,
  gmail:
    "Gmail hides a message from POP once it was retrieved, and gives about 250 a session; its own settings say what becomes of it then",
  "login-delay": "the server wants {seconds} seconds between logins: the daemon waits so long",
  "was-elsewhere": "this source was {endpoint} before; what is known of it is kept",
  "shared-unique-ids":
    "the server gives {count} unique-ids to several messages each; they are told apart by size and header",
  "listings-disagree": "the server's two listings disagree about {count} messages; nothing old is removed in this run",
  "no-unique-ids": "the server has no unique-ids; messages are known by their headers, which takes longer",
  "unique-ids-again":
    "{count} unique-ids are known with another size: what is not octet for octet what was collected is a new message",
  "odd-unique-ids": "{count} unique-ids are longer than 70 octets or not printable, against RFC 1939 section 7",
  renumbered: MIGRATION_TEXT,
  "connection-lost": "the connection was lost ({why}); a new one goes on where it ended",
  "tls-unused": 'the server offers encryption, and this source does not use it: tls = "stls-required" does',
  "removal-refused": "the server refused to remove {message}: {why}; the next run asks again",
  "removals-refused": "the server refused to remove {message}, and {others} more: {why}; the next run asks again",
  "removed-partly": "the server did not remove everything{why}; the next run looks what is left",
  "clock-behind":
    "this machine's clock is {days} days behind what it was, or behind the server: nothing grows older here until it is right, or until restante fetch run --allow clock says that it is",
  "removal-unconfirmed":
    "the connection ended before the server confirmed the removal; the next run looks what is left",
} as const;

export type WarningCode = keyof typeof WARNINGS;

export type Warning = Saying<WarningCode>;

export const warning = sayerOf<WarningCode>(WARNINGS);

const BEHIND: ReadonlySet<ClockDoubt> = new Set(["behind", "set-back", "moved-back"]);

/** Where ages count, that they stand still. A clock that went forward makes some old, and a question asks about these. */
export function clockWarnings(
  doubt: ClockFinding | undefined,
  { keepMs = 0, deleteMinAgeMs }: Pick<SourcePolicy, "keepMs" | "deleteMinAgeMs">,
): readonly Warning[] {
  if (doubt === undefined || !BEHIND.has(doubt.code) || Math.max(keepMs, deleteMinAgeMs) === 0) return [];
  return [warning("clock-behind", { days: doubt.days })];
}
