// A draft as it is to be written on: with what a crash, or a server that was away, left of it in this browser alone.
import type { Draft } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { Refusal } from "../data/refusal.ts";
import { copyAnew, copyOf, type CrashCopy, dropCopy } from "./crash-copy.ts";
import { type OpenedAs, textOf } from "./draft-keeper.ts";
import { isBeingWritten, untilThisPageLetGo } from "./open-elsewhere.ts";

export interface Opened {
  readonly draft: Draft;
  readonly as: OpenedAs;
}

/** Opens a draft by its name. Throws Refusal. */
export async function openedDraft(account: string, draft: string): Promise<Opened> {
  // A window of it that was just closed may still be keeping it.
  await untilThisPageLetGo(draft);
  // What another window is writing at this moment has a copy too, and is not left.
  const copy = (await isBeingWritten(draft)) ? undefined : copyOf(draft);
  return copy === undefined ? { draft: await call("draft", { account, draft }), as: "as-it-was" } : restored(copy);
}

async function restored(left: CrashCopy): Promise<Opened> {
  const kept = await keptDraft(left);
  if (kept !== null && textOf(kept) === textOf(left.fields)) {
    dropCopy(left.draft);
    // Whoever was told that it was not kept hears that it is.
    return { draft: kept, as: "saved" };
  }
  const copy = kept === null && left.version > 0 ? copyAnew(left) : left;
  const draft: Draft = {
    ...copy.fields,
    id: copy.draft,
    account: copy.account,
    attachments: kept?.attachments ?? [],
    // Of the version it was written on: a newer one of another window is not written over unseen.
    version: copy.version,
    updatedAt: copy.at,
    richStart: null,
  };
  return { draft, as: "changed" };
}

/** What the server has of it; null when it never had it, or has it no more. */
async function keptDraft({ account, draft }: CrashCopy): Promise<Draft | null> {
  try {
    return await call("draft", { account, draft });
  } catch (error) {
    if (error instanceof Refusal && error.code === "not-found") return null;
    throw error;
  }
}
