// A mailbox other than INBOX as POP2 and POP1 see it: nothing is kept packed for it, so its entries come from the rows of
// its placements, in one read transaction of a reader thread. What a POP client removed before is not among them.
import type { SnapshotHead } from "./snapshot.ts";
import type { Statements } from "./statements.ts";

export interface MailboxEntries {
  readonly head: SnapshotHead & { readonly fence: number; readonly overrides: number; readonly surrogates: number };
  /** Message-id and octets of each message in turn. */
  readonly entries: Float64Array;
}

export interface MailboxQuestion {
  readonly account: number;
  /** As `mailboxName` keeps it. */
  readonly mailbox: string;
}

const headQuery = `SELECT b.mailbox_id AS id, b.messages, d.version, d.fence, a.uidl_epoch AS uidlEpoch, a.overrides, a.surrogates
  FROM mailbox b JOIN maildrop d USING (account_id) JOIN account a USING (account_id)
  WHERE b.account_id = ? AND b.name = ? AND a.removed_at IS NULL`;
const entriesQuery = `SELECT p.message_id AS messageId, m.octets FROM placement p INDEXED BY placement_uid
  CROSS JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id
  WHERE p.mailbox_id = ? AND p.popped = 0 ORDER BY p.uid`;

interface HeadRow {
  readonly id: number;
  readonly messages: number;
  readonly version: number;
  readonly fence: number;
  readonly uidlEpoch: number;
  readonly overrides: number;
  readonly surrogates: number;
}

/** Undefined when there is no such mailbox. */
export function readMailbox(db: Statements, { account, mailbox }: MailboxQuestion): MailboxEntries | undefined {
  const row = db.get<HeadRow>(headQuery, account, mailbox);
  if (row === undefined) return undefined;
  const all = new Float64Array(row.messages * 2);
  let at = 0;
  let octets = 0;
  for (const entry of db.iterate<{ messageId: number; octets: number }>(entriesQuery, row.id)) {
    all[at++] = entry.messageId;
    all[at++] = entry.octets;
    octets += entry.octets;
  }
  if (at > all.length) throw new Error(`mailbox ${row.id} has more messages than its count`);
  const { version, fence, uidlEpoch, overrides, surrogates } = row;
  return {
    head: { version, count: at / 2, octets, fence, uidlEpoch, overrides, surrogates },
    entries: all.slice(0, at),
  };
}
