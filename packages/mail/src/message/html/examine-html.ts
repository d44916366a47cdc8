import type { RoughHeight } from "../contract.ts";
import { heldImages } from "./held-images.ts";
import type { InlineImage } from "./held-images.ts";
import { parseHtml } from "./parse-html.ts";
import { rebuild } from "./rebuild.ts";
import type { PendingImage } from "./rebuild.ts";
import { roughHeight } from "./rough-height.ts";
import { serializeWithin } from "./safe-tree.ts";
import type { SafeNode } from "./safe-tree.ts";
import { textBeyond } from "./text-beyond.ts";
import { textOfHtml } from "./text-of-html.ts";

export interface ExaminedHtml {
  readonly remoteImages: number;
  readonly trackers: number;
  /** Content-IDs its images ask for. */
  readonly contentIds: ReadonlySet<string>;
  readonly isTooLarge: boolean;
  /** No word and no picture of it is seen. */
  readonly isBlank: boolean;
  /** Undefined where pictures decide. */
  height(): RoughHeight | undefined;
  /** What a person would read of it: nothing hidden, unless it is too large for a tree. Then all the text of the rest. */
  text(): string;
  /** Those of its Content-IDs whose pictures are certainly seen in it. */
  seenIds(inlineImage: InlineImage): ReadonlySet<string>;
}

/** What an HTML body holds, told without showing it. */
export function examineHtml(html: string): ExaminedHtml {
  const { document, isTooLarge: isTreeTooLarge, beyond } = parseHtml(html);
  const { body, images, trackers } = rebuild(document, { theme: "as-sent", purpose: "text" });
  const hasPictures = images.some(({ source }) => source.kind !== "remote" || !trackers.has(source.image));
  const { html: written, isWhole } = serializeWithin(body.children);
  return {
    remoteImages: images.filter(({ source }) => source.kind === "remote").length,
    trackers: trackers.size,
    contentIds: contentIdsOf(images),
    isTooLarge: isTreeTooLarge || !isWhole,
    isBlank: !hasPictures && !hasLetters(body.children),
    height: () => (hasPictures ? undefined : roughHeight(body)),
    text() {
      const text = textOfHtml(written);
      return isTreeTooLarge ? `${text}\n${textBeyond(beyond)}` : text;
    },
    seenIds: (inlineImage) => contentIdsOf([...heldImages(images, inlineImage).keys()].filter(({ isSeen }) => isSeen)),
  };
}

// As deep as the tree is, which is bounded.
function hasLetters(nodes: readonly SafeNode[]): boolean {
  return nodes.some((node) => (typeof node === "string" ? /[^\s\p{Cf}]/u.test(node) : hasLetters(node.children)));
}

function contentIdsOf(images: readonly PendingImage[]): ReadonlySet<string> {
  return new Set(images.flatMap(({ source }) => (source.kind === "inline" ? source.contentId : [])));
}
