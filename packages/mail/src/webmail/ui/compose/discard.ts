// Drafts that are thrown away. The server forgets one only when its undo is gone, so nothing of it is lost before;
// a reader that is closed meanwhile leaves the draft where it was.
import { useSyncExternalStore } from "react";
import { call } from "../data/call.ts";
import { showToast } from "../acts/toasts.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { Words } from "../words/words.ts";

let discarded: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Drafts that are shown nowhere any more. */
export function useDiscarded(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => discarded,
  );
}

/** Whether it was thrown away and has not come back. */
export function isDiscarded(id: string): boolean {
  return discarded.has(id);
}

export interface Discarded {
  readonly account: string;
  readonly id: string;
  /** The one that was thrown away; what another window writes meanwhile stays. */
  readonly version: number;
}

/** `onRemoved`: when the server has it no more; until then nothing of it that is elsewhere may go. */
export function discardDraft(
  words: Words,
  { account, id, version }: Discarded,
  { onUndo, onRemoved }: { readonly onUndo?: () => void; readonly onRemoved?: () => void } = {},
): void {
  set(new Set([...discarded, id]));
  showToast({
    text: words.say("compose.discarded"),
    tone: "plain",
    undo: () => {
      bringBack(id);
      onUndo?.();
    },
    onGone: () => {
      call("removeDraft", { account, draft: id, version }).then(
        () => onRemoved?.(),
        (error: unknown) => {
          bringBack(id);
          showToast({
            text: refusalText(words, error),
            tone: "trouble",
            ...(onUndo === undefined ? {} : { does: { text: words.say("compose.left-open"), run: onUndo } }),
            // What stands in this browser alone is not to be passed over.
            stays: onRemoved !== undefined,
          });
        },
      );
    },
  });
}

function bringBack(id: string): void {
  set(new Set([...discarded].filter((one) => one !== id)));
}

function set(next: ReadonlySet<string>): void {
  discarded = next;
  for (const listener of listeners) listener();
}
