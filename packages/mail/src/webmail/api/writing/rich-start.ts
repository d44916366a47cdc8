// What the rich editor begins with: the bodies a person saw, one below the other, and what stands below them.
import type { TextBlock } from "../../../message/index.ts";
import { escaped } from "../web/escaped.ts";
import type { Seen } from "./seen.ts";

/** Null when none of them is HTML: then the plain text says as much. */
export function richStartOf(
  seen: readonly Seen[],
  o: { readonly isForward: boolean; readonly below: string },
): string | null {
  if (seen.every(({ html }) => html === undefined)) return null;
  const bodies = seen.map(({ html, blocks }) => html ?? htmlOfBlocks(blocks, o.isForward));
  return [...bodies, paragraphs(o.below.trim())].join("");
}

/** As in plain text, an answer leaves signatures out. */
function htmlOfBlocks(blocks: readonly TextBlock[], isForward: boolean): string {
  return blocks
    .filter(({ isSignature }) => isForward || !isSignature)
    .map(({ quote, text }) => `${"<blockquote>".repeat(quote)}${paragraphs(text)}${"</blockquote>".repeat(quote)}`)
    .join("");
}

function paragraphs(text: string): string {
  return text
    .split("\n\n")
    .filter((part) => part.trim() !== "")
    .map((part) => `<p>${escaped(part).replaceAll("\n", "<br>")}</p>`)
    .join("");
}
