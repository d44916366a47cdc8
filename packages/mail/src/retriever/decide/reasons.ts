// Why a message is fetched, stays or goes, in words: every reason there is. Some are kept in fetch.db. Their order counts:
// the first that fits is the one that is read back, and the first two hold any of the others.
import { readerOf, say, type Values } from "../said.ts";

export const REASONS = {
  unconfirmed: "{why}; its removal was not confirmed",
  withdrawn: "stays: it was to be removed ({why}), and the rule of today keeps it",
  new: "new",
  "new-again": "new: its unique-id is known with another size",
  "not-yet": "not collected yet",
  "asked-for": "asked for",
  "failed-before": "failed {times} so far: {failure}",
  quarantined: "quarantined after it failed {times}: {failure}",
  "header-removed": "stays: its owner removed its header here",
  "header-only": "only its header was collected, {size}",
  "fits-now": "within max_size now; only its header was collected",
  "header-alone": "{size}: its header alone",
  "no-top": "{size}; the server does not give its header alone",
  "too-large": "{octets} octets, more than max_size {max}",
  "filter-stays": "a filter leaves it there",
  "filters-changed": "the filters have changed",
  filter: "filter: {header} matches {pattern}",
  seen: "marked as seen",
  lost: "the store does not have it: was it restored from a backup?",
  "all-again": 'fetch.only is "all"',
  "keep-nothing": 'server.keep is "0"',
  "owner-asked": "its owner asked for it",
  "removed-here": "its owner removed it here",
  "filter-removes": "a filter wants it removed",
  "old-enough": "collected {age} ago, server.keep is {keep}",
  "odd-listing": "stays: the server's listing was odd this time",
  "copy-missing": "stays: its copy is not in the Maildir any more, moved or removed",
  "copy-elsewhere":
    'stays: a destination was configured after it was collected, and has no copy; one run with fetch.only = "all" gives it one',
  "copy-expired": "stays: its days here were over, and it was not its owner who removed it",
  "changed-there": "stays: what is there now is not what was collected",
  "not-compared": "stays: the connection was lost while it was compared with what was collected",
  "not-alone": "stays until others that only their octets tell from it are here as well",
  "removed-later":
    "collected; the next run removes it: ending this session so might have taken with it what came and is not here",
  unanswered: "stays until a question is answered",
  "next-run": "left for the next run: max_messages",
  "header-lost": "left for the next run: the connection was lost while its header came",
  "session-ended": "left for the next run: another message ended the session",
  "destination-trouble": "left for the next run: mail cannot be stored now",
  "no-room": "left for another run: there is too little room for it on the disk of the data directory",
  stopped: "not tried: the run was stopped",
  "removed-stays-longer":
    "its owner removed it here; stays for another {left} (restante fetch state forget brings it again)",
  "removed-stays": "its owner removed it here; stays on the server (restante fetch state forget brings it again)",
  stays: "collected; stays on the server",
  "stays-longer": "collected; stays for another {left}",
} as const;

export type ReasonCode = keyof typeof REASONS;

export function because(code: ReasonCode, values: Values): string {
  return say(REASONS[code], values);
}

/** Undefined for a text of an earlier build that is not made any more. */
export const readReason = readerOf<ReasonCode>(REASONS);
