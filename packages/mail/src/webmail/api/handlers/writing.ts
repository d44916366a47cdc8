// Drafts, and messages on their way out.
import { createHash } from "node:crypto";
import {
  buildMessage,
  SUBMISSION_LIMITS,
  type OutboxEntry,
  type UnreadableDocument,
} from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import { contentUrl } from "../content/addresses.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { AnswerKind, AnswerWords, DraftFields, OutboxRow, UnreadableRow } from "../schema/writing.ts";
import { beginAnswer, beginNew, type Begun } from "../writing/begin-draft.ts";
import { DraftFiles } from "../writing/draft-files.ts";
import { Drafts, shownDraft, takenDraft, type StoredDraft } from "../writing/drafts.ts";
import { mustBeIdentity } from "../writing/identities.ts";
import { keepTaken } from "../writing/keep-taken.ts";
import { outgoingOf } from "../writing/outgoing.ts";
import { SpentDrafts } from "../writing/spent-drafts.ts";
import type { Some } from "./handler.ts";
import { honestly, RECEIPT_SENT } from "./shown.ts";

type Writing =
  | "drafts"
  | "draft"
  | "beginDraft"
  | "saveDraft"
  | "removeDraft"
  | "removeAttachment"
  | "send"
  | "outbox"
  | "takeBack"
  | "cancelSending"
  | "fileSending"
  | "retrySending"
  | "removeUnreadable"
  | "completeAddress";

/** More recipients than people usually mean. */
const MANY_RECIPIENTS = 25;

export function writingHandlers(reading: Reading): Some<Writing> {
  const { house } = reading;
  const drafts = new Drafts(house.store.documents);
  const files = new DraftFiles(house.writing.draftFolder);
  const spent = new SpentDrafts(reading);
  const tell = (account: string): void => reading.events.tell({ kind: "drafts-changed", account });
  return {
    async drafts({ account }) {
      const lists = await Promise.all(reading.scope(account).map((one) => drafts.list(one)));
      return { drafts: lists.flat() };
    },
    async draft({ account, draft }) {
      reading.account(account);
      return shownDraft(await drafts.mustFind(account, draft));
    },
    async beginDraft(input, { signal }) {
      reading.account(input.account);
      const { draft, richStart } = await begin(reading, files, { ...input, signal });
      if (draft.attachments.length === 0) return shownDraft(draft, richStart);
      // What it carries is here already, so it is a draft from the start.
      const { version } = await drafts.save(draft, draft);
      tell(input.account);
      return shownDraft({ ...draft, version }, richStart);
    },
    async saveDraft({ account, draft, version, fields }) {
      reading.account(account);
      refuseTooLong(fields);
      const known = version === 0 ? undefined : await drafts.mustFind(account, draft);
      const attachments = known?.attachments ?? [];
      const saved = await drafts.save({ account, id: draft, version }, { fields, attachments });
      tell(account);
      return saved;
    },
    async removeDraft({ account, draft, version }) {
      reading.account(account);
      await drafts.remove({ account, id: draft, version });
      // A message that was sent of it may yet be taken back.
      await spent.removeFiles({ account, draft });
      tell(account);
      return {};
    },
    async removeAttachment({ account, draft, attachment }) {
      reading.account(account);
      const changed = await drafts.changeAttachments(account, draft, (list) =>
        list.filter(({ id }) => id !== attachment),
      );
      // A message that was sent with it may yet be taken back.
      await spent.removeFile({ account, draft, attachment });
      return { version: changed.version };
    },
    async send({ account, draft: id, version, confirmed }) {
      reading.account(account);
      const draft = await drafts.mustFind(account, id);
      if (draft.version !== version)
        throw new ApiError("conflict", "this draft was changed in another window; read it again before you send it", {
          reason: "draft-changed",
        });
      const entry = await queue(reading, files, { draft, confirmed });
      await drafts.removeSent(draft);
      tell(account);
      return shownEntry(entry);
    },
    async outbox({ account }) {
      const { outbox } = house.writing;
      const scope = reading.scope(account);
      const lists = await Promise.all(scope.map((one) => outbox.listing(one)));
      return {
        entries: lists.flatMap(({ entries }) => entries.map(shownEntry)),
        unreadable: lists.flatMap(({ unreadable }) => unreadable.map(shownUnreadable)),
      };
    },
    async takeBack({ account, entry }) {
      reading.account(account);
      let kept: StoredDraft | undefined;
      let before = "";
      await house.writing.outbox.takeBack(account, entry, async (draft, lacking) => {
        const written = takenDraft(account, draft);
        before = written.id;
        kept = await keepTaken({ drafts, files }, { written, entry, lacking });
      });
      if (kept === undefined) throw new Error("a message was taken back and its draft was not kept");
      await spent.removeFiles({ account, draft: before });
      tell(account);
      return shownDraft(kept);
    },
    async cancelSending({ account, entry }) {
      reading.account(account);
      await house.writing.outbox.cancel(account, entry, async (receiptOf) => {
        if (receiptOf === undefined) return;
        await house.store.setKeywords(account, [receiptOf], { remove: [RECEIPT_SENT] });
        await reading.caughtUp(account);
      });
      return {};
    },
    async fileSending({ account, entry }) {
      reading.account(account);
      await house.writing.outbox.file(account, entry);
      await reading.caughtUp(account);
      return {};
    },
    async retrySending({ account, entry }) {
      reading.account(account);
      return shownEntry(await house.writing.outbox.retry(account, entry));
    },
    async removeUnreadable({ account, entry }) {
      reading.account(account);
      await house.writing.outbox.discardUnreadable(account, entry);
      await reading.caughtUp(account);
      reading.events.tell({ kind: "outbox-changed", account });
      return {};
    },
    async completeAddress({ account, prefix }) {
      const scope = reading.scope(account);
      return { addresses: (await house.index.addresses(scope, prefix, { limit: 8 })).map(honestly) };
    },
  };
}

function refuseTooLong(fields: DraftFields): void {
  if (Buffer.byteLength(JSON.stringify(fields)) > LIMITS.draftOctets)
    throw new ApiError("too-large", "the text is too long for one message; send the rest as a file", {
      reason: "text-too-long",
    });
}

interface Beginning {
  readonly account: string;
  readonly kind: "new" | AnswerKind;
  readonly messageId?: number | undefined;
  readonly words?: AnswerWords | undefined;
  readonly signal: AbortSignal;
}

function begin(reading: Reading, files: DraftFiles, asked: Beginning): Promise<Begun> {
  const { account, kind, messageId } = asked;
  if (kind === "new") return beginNew(reading, account);
  if (messageId === undefined) throw new ApiError("bad-request", "say which message it answers or forwards");
  return beginAnswer(reading, files, { ...asked, kind, messageId });
}

async function queue(
  reading: Reading,
  files: DraftFiles,
  { draft, confirmed }: { readonly draft: StoredDraft; readonly confirmed: boolean },
): Promise<OutboxEntry> {
  const { account, id, fields, attachments } = draft;
  const recipients = fields.to.length + fields.cc.length + fields.bcc.length;
  if (recipients > MANY_RECIPIENTS && !confirmed)
    throw new ApiError("not-confirmed", `${recipients} people would get this message; confirm that they shall`);
  const identity = await mustBeIdentity(reading, account, fields.from);
  const built = await buildMessage(await outgoingOf(reading, files, { draft, identity }), { now: Date.now() });
  return reading.house.writing.outbox.queue({
    account,
    id: entryIdOf(draft),
    identity: identity.address,
    built,
    subject: fields.subject,
    draft: { id, fields, attachments },
  });
}

/**
 * A draft that is sent twice, by two requests at once or because a process ended before it was removed, is one message.
 * What it says is part of it: versions begin anew when a draft is removed and kept again.
 */
function entryIdOf({ id, version, fields, attachments }: StoredDraft): string {
  const same = JSON.stringify([id, version, fields, attachments]);
  return createHash("sha256").update(same).digest("hex").slice(0, 32);
}

function shownUnreadable({ id, account, messageId }: UnreadableDocument): UnreadableRow {
  return { id, account, eml: messageId === undefined ? null : contentUrl({ account, messageId }, "eml") };
}

const GIVEN_UP_AFTER = { days: SUBMISSION_LIMITS.giveUpMs / 86_400_000 };

function shownEntry({ envelope, taken, sentAt, trouble, refused, ...entry }: OutboxEntry): OutboxRow {
  return {
    ...entry,
    to: [...new Set([...taken, ...refused.map(({ address }) => address), ...envelope.to])],
    taken: [...taken],
    sentAt: sentAt ?? null,
    trouble: trouble === undefined ? null : { ...trouble, values: trouble.code === "gave-up" ? GIVEN_UP_AFTER : {} },
    refused: refused.map((row) => ({ ...row })),
  };
}
