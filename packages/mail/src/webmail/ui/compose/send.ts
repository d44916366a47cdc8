// Hands a draft to the outbox, where it is held for ten seconds, and says how to take it back.
import type { Draft, OutboxRow } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { Words } from "../words/words.ts";

/** `onBack` gets the draft that was taken back. */
export function tellSending(words: Words, entry: OutboxRow, onBack: (draft: Draft) => void): void {
  const seconds = Math.max(1, Math.round((entry.holdUntil - entry.queuedAt) / 1_000));
  showToast({
    text: words.say("compose.sending", { seconds }),
    tone: "plain",
    undo: () => takeBack(words, entry, onBack),
  });
}

export function takeBack(
  words: Words,
  { account, id }: Pick<OutboxRow, "account" | "id">,
  onBack: (draft: Draft) => void,
): void {
  call("takeBack", { account, entry: id }).then(onBack, (error: unknown) =>
    showToast({ text: refusalText(words, error), tone: "trouble" }),
  );
}
