// Every reply of the receiver, with its basic and enhanced code (RFC 5321 §4.2, RFC 2034, RFC 3463, RFC 5248).
// Codes are stable, texts are not. No text holds anything the peer sent, nor a path or a cause.
import type { ErrorCode } from "@restante/pop/wire";

interface ReplyRow {
  readonly code: number;
  /** RFC 2034 §3: in every 2xx, 4xx and 5xx but the greeting and the answer to LHLO. */
  readonly enhanced: string | undefined;
  readonly text: string;
}

export const REPLIES = {
  "start-mail": { code: 354, enhanced: undefined, text: "send the message, end with <CRLF>.<CRLF>" },
  goodbye: { code: 221, enhanced: "2.0.0", text: "goodbye" },
  "sender-ok": { code: 250, enhanced: "2.1.0", text: "sender accepted" },
  "recipient-ok": { code: 250, enhanced: "2.1.5", text: "recipient accepted" },
  ok: { code: 250, enhanced: "2.0.0", text: "done" },
  stored: { code: 250, enhanced: "2.0.0", text: "stored" },
  "stored-before": { code: 250, enhanced: "2.0.0", text: "stored before, kept once" },
  "cannot-verify": { code: 252, enhanced: "2.5.0", text: "try RCPT: names are not confirmed here" }, // RFC 5321 §3.5.3

  "shutting-down": { code: 421, enhanced: "4.3.2", text: "closing down, try again later" },
  "too-many-connections": { code: 421, enhanced: "4.3.2", text: "too many connections, try again later" },
  "waited-too-long": { code: 421, enhanced: "4.4.2", text: "waited too long, closing" },
  "too-many-bad-commands": { code: 421, enhanced: "4.7.0", text: "too many bad commands, closing" },
  unavailable: { code: 451, enhanced: "4.3.0", text: "the store is not available now, try again later" },
  "over-quota": { code: 452, enhanced: "4.2.2", text: "the mailbox is over its quota" },
  "over-quota-for-good": { code: 552, enhanced: "5.2.2", text: "the mailbox is over its quota" },
  "store-full": { code: 452, enhanced: "4.3.1", text: "no space left, try again later" },
  "too-many-recipients": {
    code: 452,
    enhanced: "4.5.3",
    text: "too many recipients, send the rest in another transaction",
  },

  "unknown-command": { code: 500, enhanced: "5.5.1", text: "unknown command" },
  "not-lmtp": { code: 500, enhanced: "5.5.1", text: "this is LMTP: say LHLO" }, // RFC 2033 §4.1
  "line-too-long": { code: 500, enhanced: "5.5.2", text: "line too long" },
  "bad-octets": { code: 500, enhanced: "5.5.2", text: "control characters or broken UTF-8 in a command" },
  "bad-argument": { code: 501, enhanced: "5.5.4", text: "bad argument" },
  "bad-sender": { code: 501, enhanced: "5.1.7", text: "bad sender address" },
  "bad-recipient": { code: 501, enhanced: "5.1.3", text: "bad recipient address" },
  "wrong-order": { code: 503, enhanced: "5.5.1", text: "not now: commands are out of order" },
  "no-recipients": { code: 503, enhanced: "5.5.1", text: "no valid recipients" }, // RFC 2033 §4.2
  "no-such-user": { code: 550, enhanced: "5.1.1", text: "no such user here" },
  "not-our-domain": { code: 550, enhanced: "5.1.2", text: "mail for this domain is not taken here" },
  "sender-needs-utf8": { code: 550, enhanced: "5.6.7", text: "this sender address needs SMTPUTF8" }, // RFC 6531 §3.5
  "recipient-needs-utf8": { code: 553, enhanced: "5.6.7", text: "this recipient address needs SMTPUTF8" },
  "domain-missing": { code: 553, enhanced: "5.1.3", text: "the recipient address needs a domain" },
  "too-big": { code: 552, enhanced: "5.3.4", text: "the message is larger than SIZE allows" },
  "unknown-parameter": { code: 555, enhanced: "5.5.4", text: "unknown parameter" },
} as const satisfies Readonly<Record<string, ReplyRow>>;

export type ReplyName = keyof typeof REPLIES;

/** What a refusal of the store becomes for one recipient. A code that is not here is our own trouble: 451, so that the message comes again. */
const STORE_REFUSALS: Readonly<Partial<Record<ErrorCode, ReplyName>>> = {
  OVER_QUOTA: "over-quota",
  STORE_FULL: "store-full",
  NO_SUCH_ACCOUNT: "no-such-user",
};

/** The reply to one recipient when the store threw `code`; undefined for anything that is not a PopError. */
export function replyToRefusal(code: ErrorCode | undefined): ReplyName {
  return (code === undefined ? undefined : STORE_REFUSALS[code]) ?? "unavailable";
}

/** The reply as its line, CRLF in it. */
export function reply(name: ReplyName): string {
  return LINES[name];
}

/** A reply of several lines (RFC 5321 §4.2.1). */
export function multilineReply(code: number, lines: readonly string[]): string {
  return lines.map((line, at) => `${code}${at === lines.length - 1 ? " " : "-"}${line}\r\n`).join("");
}

const LINES = Object.fromEntries(
  Object.entries<ReplyRow>(REPLIES).map(([name, { code, enhanced, text }]) => [
    name,
    `${code} ${enhanced === undefined ? "" : `${enhanced} `}${text}\r\n`,
  ]),
) as Readonly<Record<ReplyName, string>>;
