// What a list is made of: ranges of an index, one a mailbox or account. Here alone stands which messages are in a list.
import type { Statements } from "../statements.ts";

/** What is in a list. */
export interface ListedMail {
  readonly accounts: readonly number[];
  readonly mailbox: string | undefined;
  readonly role: string | undefined;
  readonly starred: boolean;
  readonly unread: boolean;
  readonly source: string | undefined;
  readonly view: "conversations" | "messages";
}

/** One range of an index: every row of it is in the list. */
export interface Range {
  readonly account: number;
  /** The one mailbox it is of; undefined when it is of an account's. */
  readonly mailbox: number | undefined;
  readonly index: string;
  /** What rows of `e` are in the range; the first names the index's first column. */
  readonly conditions: readonly string[];
  readonly values: readonly (number | string)[];
  /** The mailboxes of it, beside others, in which is what its owner wrote: Sent and Drafts. */
  readonly written: readonly number[];
  /** The index holds one row a conversation already. */
  readonly leads: boolean;
}

const onlyLeads = "e.leads = 1";

interface MailboxRow {
  readonly mailbox: number;
  readonly name: string;
  readonly role: string | null;
}

/** The ranges a list is made of. */
export function rangesOf(db: Statements, input: ListedMail): readonly Range[] {
  return input.accounts.flatMap((account) => {
    const mailboxes = db.all<MailboxRow>(
      "SELECT mailbox, name, role FROM mailbox INDEXED BY mailbox_account WHERE account = ?",
      account,
    );
    if (input.mailbox === undefined && input.role === undefined) return [accountRange(input, account, mailboxes)];
    return mailboxes
      .filter(({ name, role }) => (input.mailbox === undefined ? role === input.role : name === input.mailbox))
      .map(({ mailbox }) => mailboxRange(input, account, mailbox));
  });
}

function mailboxRange(input: ListedMail, account: number, mailbox: number): Range {
  const { unread, starred, source, view } = input;
  const isPlain = !unread && !starred && source === undefined;
  const leads = isPlain && view === "conversations";
  const index = leads ? "entry_leads" : unread ? "entry_unread" : "entry_mailbox";
  return {
    account,
    mailbox,
    index,
    conditions: [
      "e.mailbox = ?",
      ...(leads ? [onlyLeads] : []),
      ...(unread ? ["e.unread = 1"] : []),
      ...(starred ? ["e.starred = 1"] : []),
      ...(source === undefined ? [] : ["e.source = ?"]),
    ],
    values: [mailbox, ...(source === undefined ? [] : [source])],
    written: [],
    leads,
  };
}

/** All mail of an account but what was thrown away. */
function accountRange(input: ListedMail, account: number, mailboxes: readonly MailboxRow[]): Range {
  const { unread, starred, source } = input;
  const thrownAway = mailboxes.filter(({ role }) => role === "trash" || role === "junk").map(({ mailbox }) => mailbox);
  const index = starred ? "entry_starred" : source === undefined ? "entry_account" : "entry_source";
  return {
    account,
    mailbox: undefined,
    index,
    conditions: [
      "e.account = ?",
      ...(starred ? ["e.starred = 1"] : []),
      ...(source === undefined ? [] : ["e.source = ?"]),
      ...(unread ? ["e.unread = 1"] : []),
      // By number: a list that is asked for is made anew for every row that is looked at.
      ...(thrownAway.length === 0 ? [] : [`e.mailbox NOT IN (${thrownAway.map(() => "?").join(", ")})`]),
    ],
    values: [account, ...(source === undefined ? [] : [source]), ...thrownAway],
    written: mailboxes.filter(({ role }) => role === "sent" || role === "drafts").map(({ mailbox }) => mailbox),
    leads: false,
  };
}

/** The statement that walks a range from a position down. */
export function rangeStatement(range: Range, grouped: boolean): string {
  const conditions = [...range.conditions, "e.position < ?"];
  if (grouped && !range.leads) conditions.push(`NOT EXISTS (${newerOfConversation(range)})`);
  return `SELECT e.position, e.account, e.conversation FROM entry e INDEXED BY ${range.index}
    WHERE ${conditions.join(" AND ")} ORDER BY e.position DESC LIMIT ?`;
}

/** A newer message of the same conversation that is in the list, too. */
function newerOfConversation(range: Range): string {
  const same = range.conditions.map((condition) => condition.replaceAll("e.", "n."));
  return `SELECT 1 FROM entry n INDEXED BY entry_conversation
    WHERE n.account = e.account AND n.conversation = e.conversation AND n.position > e.position AND ${same.join(" AND ")}`;
}

/** What of a conversation is in the range; its account and its number are bound after the range's own values. */
export function membersOf(range: Range): string {
  const conditions = range.conditions.filter((condition) => condition !== onlyLeads);
  return `FROM entry e INDEXED BY entry_conversation
    WHERE ${[...conditions, "e.account = ?", "e.conversation = ?"].join(" AND ")}`;
}
