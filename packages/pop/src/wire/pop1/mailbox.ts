// A whole mailbox as one run of octets: measured, then sent, some messages at a time, however many there are.
import type { Effect, MaildropListing, MessageNumber } from "../server-contract.ts";
import type { Pop1Transaction } from "./server-session.ts";

/** Messages asked for at once: few enough to name one by one, enough that the store reads them in large pieces. */
const RUN_MESSAGES_MAX = 1_024;

/** The effect for the next messages, or undefined behind the last. */
export function nextRun(transaction: Pop1Transaction, kind: "measure" | "retrieve"): Effect | undefined {
  const numbers = runBehind(transaction);
  if (numbers.length === 0) return undefined;
  transaction.last += numbers.length;
  return kind === "measure"
    ? { kind, numbers, framing: "mbox" }
    : { kind, numbers, bodyLines: undefined, framing: "mbox" };
}

/** All of them: RFC 918 RDEL. Mail that came after `#` is not among them. */
export function allMessages({ mailbox }: Pop1Transaction): ReadonlySet<MessageNumber> {
  const numbers = new Set<MessageNumber>();
  for (let number = 1; number <= countOf(mailbox); number += 1) numbers.add(number);
  return numbers;
}

/** Of a mailbox that is open. */
function countOf(mailbox: MaildropListing | undefined): number {
  return (mailbox as MaildropListing).count;
}

function runBehind({ mailbox, last }: Pop1Transaction): readonly MessageNumber[] {
  const left = countOf(mailbox) - last;
  return Array.from({ length: Math.min(left, RUN_MESSAGES_MAX) }, (_, at) => last + at + 1);
}
