// What a row is called when it is read out: all of it, in the order a person would say it.
import type { MailboxRow, Row } from "../../api/schema/index.ts";
import { shortDate } from "../words/dates.ts";
import type { Words } from "../words/words.ts";

type Sender = Row["senders"][number];

/** A copy the rule removes within this is shown as about to go. */
const SOON_MS = 3 * 86_400_000;

export function goesSoon({ server }: Row, now: number): boolean {
  const at = server?.state === "to-be-removed" ? server.removeAt : null;
  return at !== null && at - now < SOON_MS;
}

export function senderName({ say }: Words, sender: Sender): string {
  return sender.isMe ? say("person.me") : sender.shown || say("person.nobody");
}

/** Who a row is with: its senders, or, among sent mail, who it went to. */
export function peopleOf(words: Words, row: Row): string {
  const isOurs = row.role === "sent" || row.role === "drafts";
  if (isOurs) {
    const people = row.to.map((one) => senderName(words, { ...one, isMe: false }));
    return words.say("row.to", { people: people.length === 0 ? words.say("person.nobody") : words.list(people) });
  }
  if (row.senders.length === 0) return words.say("person.nobody");
  return words.list(row.senders.map((one) => senderName(words, one)));
}

export function subjectOf({ say }: Words, { subject }: Pick<Row, "subject">): string {
  return subject === "" ? say("row.no-subject") : subject;
}

export function mailboxName({ say }: Words, { role, mailbox }: Pick<MailboxRow, "role" | "mailbox">): string {
  return role === null ? mailbox : say(`role.${role}`);
}

interface RowNameOptions {
  readonly now: number;
  readonly origin: string;
  /** Names of its labels. */
  readonly labels: readonly string[];
}

export function rowName(words: Words, row: Row, { now, origin, labels }: RowNameOptions): string {
  const { say } = words;
  return words.list([
    ...(row.isUnread ? [say("row.unread")] : []),
    ...(row.isStarred ? [say("row.starred")] : []),
    ...(row.role === "junk" ? [say("role.junk")] : []),
    peopleOf(words, row),
    ...(row.count > 1 ? [say("row.count", { count: row.count })] : []),
    subjectOf(words, row),
    shortDate(words, row.date, now),
    ...labels,
    ...(row.attachments > 0 ? [say("row.attachments", { count: row.attachments })] : []),
    ...(row.isUnreadable ? [say("row.unreadable")] : []),
    ...(row.server?.state === "headers-only" ? [say("row.headers-only")] : []),
    ...(goesSoon(row, now) ? [say("row.goes-soon")] : []),
    say(row.origin.kind === "source" ? "row.from-source" : "row.delivered", { name: origin }),
  ]);
}
