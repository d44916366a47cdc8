// A message gets its place: body, message, placement, counters, change log, delivery id and packed maildrop at once.
import { formatUniqueId, PopError } from "@restante/pop/maildrop";
import { isSeen } from "../folding.ts";
import type { BodyOrigin, PlaceInput, PlaceOutput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import type { AccountEdit, MailboxRow } from "./account-edit.ts";
import { expire } from "./edit-messages.ts";
import { findStub, giveWay, type Stub } from "./fetched-stub.ts";
import { fetchedBefore, rememberFetched } from "./fetched.ts";
import type { GroupEdits } from "./group-edits.ts";

export function place(db: Statements, input: PlaceInput, edits: GroupEdits): PlaceOutput {
  const stub = findStub(db, input);
  const known = fetchedBefore(db, input, stub) ?? knownDelivery(db, input);
  if (known !== undefined) return { messageId: known, ...ownPart(db, input.body) };
  const edit = edits.of(input.account);
  const instead = stub?.place;
  if (stub !== undefined && instead !== undefined) giveWay(db, edit, { messageId: stub.messageId, now: input.now });
  refuseOverQuota(edit, input.octets);
  const mailbox = mailboxFor(edit, input, stub);
  const keywords = instead?.keywords ?? input.keywords;
  const bodyId = keepBody(db, input.body, input.now);
  const messageId = edit.takeMessageId();
  insertMessage(db, input, { messageId, bodyId, uniqueId: freeUniqueId(db, edit, input.uniqueId) });
  if (input.surrogate !== undefined) keepSurrogate(db, edit, { messageId, ...input.surrogate });
  db.run(
    "INSERT INTO placement (account_id, message_id, mailbox_id, uid, modseq, keywords) VALUES (?, ?, ?, ?, ?, ?)",
    input.account,
    messageId,
    mailbox.mailbox_id,
    edit.takeUid(mailbox),
    edit.recordChange({ messageId, mailboxId: mailbox.mailbox_id }),
    keywords,
  );
  mailbox.messages += 1;
  if (!isSeen(keywords)) mailbox.unread += 1;
  edit.row.messages += 1;
  edit.row.octets += input.octets;
  if (mailbox.role === "inbox") edit.enterMaildrop({ messageId, octets: input.octets });
  // A rule of its owner may throw a message away as it comes.
  if (mailbox.role === "trash") expire(db, edit, { messageId, inTrash: true, now: input.now });
  rememberDelivery(db, input, messageId);
  // Elsewhere than its header it is as new.
  const expired = instead?.mailboxId === mailbox.mailbox_id ? instead.expired : 0;
  rememberFetched(db, input, { messageId, expired });
  return { messageId, added: true, bodyId };
}

/**
 * Where its header is. Whoever removed the header does not want the message as new: it is in Trash, unless it was asked for.
 * A POP client that put the header there had what there was, and has not seen the message: it comes as any other.
 */
function mailboxFor(edit: AccountEdit, { mailbox, fetched }: PlaceInput, stub: Stub | undefined): MailboxRow {
  if (stub?.place !== undefined) {
    const there = edit.mailbox(stub.place.mailboxId);
    return there.role === "trash" && stub.place.isPopped ? edit.mailboxNamed(mailbox) : there;
  }
  if (stub !== undefined && fetched?.again !== true) return edit.mailboxWithRole("trash");
  return edit.mailboxNamed(mailbox);
}

/** A known delivery may be this very one, whose answer was lost: then the message has this body's file. */
function ownPart(db: Statements, body: BodyOrigin): Pick<PlaceOutput, "added" | "bodyId"> {
  const find = "SELECT body_id FROM body WHERE file = ?";
  const own = body.kind === "file" ? db.get<{ body_id: number }>(find, body.file)?.body_id : undefined;
  return { added: own !== undefined, bodyId: own };
}

function refuseOverQuota({ account, row }: AccountEdit, octets: number): void {
  if (row.messages + 1 > (row.quota_messages ?? Infinity) || row.octets + octets > (row.quota_octets ?? Infinity)) {
    throw new PopError("OVER_QUOTA", `account ${account} holds ${row.messages} messages of ${row.octets} octets`);
  }
}

function keepBody(db: Statements, body: BodyOrigin, now: number): number {
  switch (body.kind) {
    case "octets":
      return db.insert(
        "INSERT INTO body (octets, sha256, created_at, content) VALUES (?, ?, ?, ?)",
        body.octets.length,
        body.sha256,
        now,
        body.octets,
      );
    case "file":
      return db.insert(
        "INSERT INTO body (octets, sha256, created_at, file) VALUES (?, ?, ?, ?)",
        body.octets,
        body.sha256,
        now,
        body.file,
      );
    case "stored":
      return shareBody(db, body.bodyId);
  }
}

function shareBody(db: Statements, bodyId: number): number {
  if (db.get("SELECT 1 FROM body WHERE body_id = ?", bodyId) === undefined) {
    throw new PopError("STORE_UNAVAILABLE", `body ${bodyId} is gone`);
  }
  db.run(
    "INSERT INTO shared_body (body_id, messages) VALUES (?, 2) ON CONFLICT (body_id) DO UPDATE SET messages = messages + 1",
    bodyId,
  );
  return bodyId;
}

function insertMessage(
  db: Statements,
  input: PlaceInput,
  o: { readonly messageId: number; readonly bodyId: number; readonly uniqueId: string | null },
): void {
  db.run(
    `INSERT INTO message (account_id, message_id, body_id, octets, stuffed_lines, header_octets, received_at, unique_id, prefix)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    input.account,
    o.messageId,
    o.bodyId,
    input.octets,
    input.stuffedLines,
    input.headerOctets,
    input.receivedAt,
    o.uniqueId,
    input.prefix ?? null,
  );
}

function keepSurrogate(
  db: Statements,
  edit: AccountEdit,
  o: { readonly messageId: number; readonly octets: number; readonly edits: string },
): void {
  const insert = "INSERT INTO surrogate (account_id, message_id, octets, edits) VALUES (?, ?, ?, ?)";
  db.run(insert, edit.account, o.messageId, o.octets, o.edits);
  edit.row.surrogates += 1;
}

/** A unique-id is given once in a maildrop (RFC 1939 §7): one that is taken, or that we could make ourselves, is not kept. */
function freeUniqueId(db: Statements, edit: AccountEdit, wanted: string | undefined): string | null {
  if (
    wanted === undefined ||
    wanted.startsWith(formatUniqueId({ epoch: edit.row.uidl_epoch, messageId: 0 }).slice(0, -1))
  )
    return null;
  const taken = db.get("SELECT 1 FROM message WHERE account_id = ? AND unique_id = ?", edit.account, wanted);
  if (taken !== undefined) return null;
  edit.row.overrides += 1;
  return wanted;
}

function knownDelivery(db: Statements, { account, deliveryKey }: PlaceInput): number | undefined {
  if (deliveryKey === undefined) return undefined;
  const find = "SELECT message_id FROM delivered WHERE account_id = ? AND key = ?";
  return db.get<{ message_id: number }>(find, account, deliveryKey)?.message_id;
}

function rememberDelivery(db: Statements, { account, deliveryKey, now }: PlaceInput, messageId: number): void {
  if (deliveryKey === undefined) return;
  db.run(
    "INSERT INTO delivered (account_id, key, message_id, at) VALUES (?, ?, ?, ?)",
    account,
    deliveryKey,
    messageId,
    now,
  );
}
