// One HTML body, rebuilt into a page that loads nothing by itself.
import type { HtmlOptions, SafeHtml } from "../contract.ts";
import { INLINE_IMAGE_OCTETS_MAX } from "../limits.ts";
import { writePage } from "./document.ts";
import { foldQuotes } from "./fold-quotes.ts";
import { dataUrl } from "./images.ts";
import { parseHtml } from "./parse-html.ts";
import { rebuild } from "./rebuild.ts";
import type { PendingImage, Rebuilt } from "./rebuild.ts";
import { serialize } from "./safe-tree.ts";
import type { SafeElement } from "./safe-tree.ts";

/** The octets of an image of the same message, by its Content-ID. */
export type InlineImage = (contentId: string) => Uint8Array | undefined;

export function sanitize(html: string, options: HtmlOptions, inlineImage: InlineImage): SafeHtml {
  const { document } = parseHtml(html);
  const rebuilt = rebuild(document, { theme: options.theme, isQuote: false });
  const imageUrls = fillImages(rebuilt, options, inlineImage);
  foldQuotes(rebuilt.body, rebuilt.quotes);
  return {
    html: writePage({ ...rebuilt, isDark: options.theme === "adapt-dark" }),
    remoteImages: rebuilt.images.filter(({ source }) => source.kind === "remote").length,
    trackers: rebuilt.trackers.size,
    imageUrls,
  };
}

/** The sanitized body for an answer: nothing a person did not see, no pictures, no style sheet. */
export function quotable(html: string): string {
  const { document } = parseHtml(html);
  return serialize(rebuild(document, { theme: "as-sent", isQuote: true }).body.children);
}

/** Gives each image its source, as far as it may have one; the URLs of those that may be loaded. */
function fillImages({ images, trackers }: Rebuilt, options: HtmlOptions, inlineImage: InlineImage): readonly string[] {
  let room = INLINE_IMAGE_OCTETS_MAX;
  const urls = new Set<string>();
  for (const { element, source } of images) {
    if (source.kind === "remote") {
      if (trackers.has(source.image)) {
        element.attributes = [...element.attributes, ["hidden", ""]];
        continue;
      }
      urls.add(source.image.url);
      // Only ever through us: a page that loads by itself tells the sender who reads, and when.
      if (options.images === "shown" && options.proxyPrefix !== undefined) {
        setSource(element, `${options.proxyPrefix}${encodeURIComponent(source.image.url)}`);
      }
      continue;
    }
    const octets = octetsOf(source, inlineImage);
    // Counted for each place it is shown: a page may show one picture a thousand times.
    if (octets === undefined || octets.byteLength > room) continue;
    const url = dataUrl(octets);
    if (url === undefined) continue;
    room -= octets.byteLength;
    setSource(element, url);
  }
  return [...urls];
}

function octetsOf(
  source: Exclude<PendingImage["source"], { kind: "remote" }>,
  inlineImage: InlineImage,
): Uint8Array | undefined {
  return source.kind === "data" ? source.octets : inlineImage(source.contentId);
}

function setSource(image: SafeElement, url: string): void {
  image.attributes = [...image.attributes, ["src", url]];
}
