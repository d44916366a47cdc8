import type { RoughHeight } from "../contract.ts";
import { parseHtml } from "./parse-html.ts";
import { rebuild } from "./rebuild.ts";
import { roughHeight } from "./rough-height.ts";
import { serialize } from "./safe-tree.ts";
import { textOfHtml } from "./text-of-html.ts";

export interface ExaminedHtml {
  readonly remoteImages: number;
  readonly trackers: number;
  /** Content-IDs its images ask for. */
  readonly contentIds: ReadonlySet<string>;
  readonly isTooLarge: boolean;
  /** Undefined where pictures decide. */
  readonly height: RoughHeight | undefined;
  /** What a person would read of it: nothing hidden. */
  text(): string;
}

/** What an HTML body holds, told without showing it. */
export function examineHtml(html: string): ExaminedHtml {
  const { document, isTooLarge } = parseHtml(html);
  const { body, images, trackers } = rebuild(document, { theme: "as-sent", isQuote: true });
  const hasPictures = images.some(({ source }) => source.kind !== "remote" || !trackers.has(source.image));
  return {
    remoteImages: images.filter(({ source }) => source.kind === "remote").length,
    trackers: trackers.size,
    contentIds: new Set(images.flatMap(({ source }) => (source.kind === "inline" ? source.contentId : []))),
    isTooLarge,
    height: hasPictures ? undefined : roughHeight(body),
    text: () => textOfHtml(serialize(body.children)),
  };
}
