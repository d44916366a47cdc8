// Drafts as the store keeps them: one document each, whose version tells two windows apart.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Documents } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import {
  attachment,
  draftFields,
  draftId,
  type Draft,
  type DraftAttachment,
  type DraftFields,
  type DraftRow,
} from "../schema/writing.ts";

const KIND = "draft";
const PREVIEW = 140;

const stored = z.object({ fields: draftFields, attachments: z.array(attachment) });

export interface StoredDraft {
  readonly account: string;
  readonly id: string;
  readonly version: number;
  readonly updatedAt: number;
  readonly fields: DraftFields;
  readonly attachments: readonly DraftAttachment[];
}

export class Drafts {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async list(account: string): Promise<readonly DraftRow[]> {
    const rows = (await this.#documents.list({ kind: KIND, account })).flatMap((row) => {
      const checked = stored.safeParse(row.value);
      const { id, version, updatedAt } = row;
      return checked.success ? [{ id, version, updatedAt, fields: checked.data.fields }] : [];
    });
    return rows
      .sort((a, b) => b.updatedAt - a.updatedAt)
      .map(({ id, version, updatedAt, fields }) => ({
        id,
        account,
        subject: fields.subject,
        to: fields.to,
        preview: fields.text.replace(/\s+/g, " ").trim().slice(0, PREVIEW),
        version,
        updatedAt,
      }));
  }

  async find(account: string, id: string): Promise<StoredDraft | undefined> {
    const found = await this.#documents.get({ kind: KIND, account, id });
    if (found === undefined) return undefined;
    const { fields, attachments } = stored.parse(found.value);
    return { account, id, version: found.version, updatedAt: found.updatedAt, fields, attachments };
  }

  /** Also when it cannot be read. */
  async has(account: string, id: string): Promise<boolean> {
    return (await this.#documents.get({ kind: KIND, account, id })) !== undefined;
  }

  /** Throws ApiError `not-found`. */
  async mustFind(account: string, id: string): Promise<StoredDraft> {
    const found = await this.find(account, id);
    if (found === undefined)
      throw new ApiError("not-found", "there is no such draft; it was sent or removed meanwhile", {
        reason: "draft-gone",
      });
    return found;
  }

  /** Of the version it was read as; 0 makes it. Throws ApiError `conflict`. */
  async save(
    place: { readonly account: string; readonly id: string; readonly version: number },
    draft: { readonly fields: DraftFields; readonly attachments: readonly DraftAttachment[] },
  ): Promise<{ readonly version: number; readonly updatedAt: number }> {
    const { account, id, version } = place;
    const put = await this.#documents.put({ kind: KIND, account, id }, draft, { ifVersion: version });
    if (put === "conflict")
      throw new ApiError("conflict", "this draft was changed in another window; open it again to see it", {
        reason: "draft-changed",
      });
    const found = await this.#documents.get({ kind: KIND, account, id });
    return { version: put.version, updatedAt: found?.updatedAt ?? Date.now() };
  }

  /** Changes the list of attachments, whatever is being written meanwhile. Throws ApiError `not-found`. */
  async changeAttachments(
    account: string,
    id: string,
    change: (attachments: readonly DraftAttachment[]) => readonly DraftAttachment[],
  ): Promise<StoredDraft> {
    for (;;) {
      const found = await this.mustFind(account, id);
      const attachments = [...change(found.attachments)];
      const value = { fields: found.fields, attachments };
      const put = await this.#documents.put({ kind: KIND, account, id }, value, { ifVersion: found.version });
      if (put !== "conflict") return { ...found, attachments, version: put.version };
    }
  }

  /** What was written on since that version stays. Throws ApiError `conflict` then. */
  async remove(place: Pick<StoredDraft, "account" | "id" | "version">): Promise<void> {
    if (await this.removeSent(place)) return;
    if (await this.has(place.account, place.id))
      throw new ApiError("conflict", "this draft was changed in another window, and stays", {
        reason: "draft-changed",
      });
  }

  /** What was written on meanwhile is another draft, and stays: false. */
  removeSent({ account, id, version }: Pick<StoredDraft, "account" | "id" | "version">): Promise<boolean> {
    return this.#documents.remove({ kind: KIND, account, id }, { ifVersion: version });
  }
}

const taken = stored.extend({ id: draftId });

/** What was taken back is checked like anything else that was stored. Throws ApiError `unreadable`. */
export function takenDraft(account: string, value: unknown): StoredDraft {
  const read = taken.safeParse(value);
  if (!read.success)
    throw new ApiError("unreadable", "what it was written as cannot be read; it is kept, and can be sent as it is", {
      cause: read.error,
      reason: "draft-damaged",
    });
  return { account, version: 0, updatedAt: Date.now(), ...read.data };
}

export function newDraftId(): string {
  return randomUUID();
}

export function shownDraft(draft: StoredDraft, richStart: string | null = null): Draft {
  const { fields, attachments, ...rest } = draft;
  return { ...rest, ...fields, attachments: [...attachments], richStart };
}
