// What is said once acts were taken back: of which messages they were, and of which not.
import type { Refusal } from "../data/refusal.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { Words } from "../words/words.ts";
import type { Toast } from "./toasts.ts";

/** What became of what was to be taken back. */
export interface Tried {
  /** Messages that are as they were. */
  readonly changed: number;
  /** Messages that were moved since. */
  readonly left: number;
  /** Messages that were deleted for good since. */
  readonly gone: number;
  /** Why one act cannot be taken back. */
  readonly refusal: Refusal | undefined;
}

export const NOTHING_TRIED: Tried = { changed: 0, left: 0, gone: 0, refusal: undefined };

/** `what` was done, as it was told. */
export function undoneToast(
  words: Words,
  what: string,
  { changed, left, gone, refusal }: Tried,
): Pick<Toast, "text" | "tone"> {
  const whys = [
    ...(left === 0 ? [] : [words.say("undo.left", { count: left })]),
    ...(gone === 0 ? [] : [words.say("undo.gone", { count: gone })]),
    ...(refusal === undefined ? [] : [refusalText(words, refusal)]),
  ];
  if (whys.length === 0) return { text: words.say("done.undone", { what }), tone: "plain" };
  const why = whys.join(" ");
  return { text: changed === 0 ? why : words.say("done.undone-partly", { what, why }), tone: "trouble" };
}
