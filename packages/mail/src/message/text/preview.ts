import type { TextBlock } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { PREVIEW_CHARACTERS_MAX } from "../limits.ts";

/** The beginning of what was written: nothing quoted, no signature, no line that says whom it answers. */
export function previewOf(blocks: readonly TextBlock[]): string {
  const own = blocks
    .map((block, at) =>
      (blocks[at + 1]?.quote ?? 0) > block.quote ? block.text.replace(/(?:^|\n)[^\n]{0,300}:\s*$/, "") : block.text,
    )
    .filter((_, at) => blocks[at]?.quote === 0 && blocks[at]?.isSignature === false);
  // Rules drawn with characters, and where links lead, say nothing in a list.
  const words = own
    .join(" ")
    .slice(0, 8 * PREVIEW_CHARACTERS_MAX)
    .replace(/[-=_*~#]{4,}|<(?:https?|mailto|tel):[^<>\s]*>/g, " ");
  return safeHeaderText(words, PREVIEW_CHARACTERS_MAX);
}
