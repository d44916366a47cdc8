// One HTML body, rebuilt into a page that loads nothing by itself.
import type { HtmlOptions, SafeHtml } from "../contract.ts";
import { writePage } from "./document.ts";
import { foldQuotes } from "./fold-quotes.ts";
import { heldImages } from "./held-images.ts";
import type { InlineImage } from "./held-images.ts";
import { dataUrl } from "./images.ts";
import { parseHtml } from "./parse-html.ts";
import { rebuild } from "./rebuild.ts";
import type { Rebuilt } from "./rebuild.ts";
import { serialize } from "./safe-tree.ts";
import type { SafeElement } from "./safe-tree.ts";

/** Throws ReadingError `too-large` where the page would be longer than one may be. */
export function sanitize(html: string, options: HtmlOptions, inlineImage: InlineImage): SafeHtml {
  const { document } = parseHtml(html);
  const rebuilt = rebuild(document, { theme: options.theme, purpose: "page" });
  const imageUrls = fillImages(rebuilt, options, inlineImage);
  foldQuotes(rebuilt.body, rebuilt.quotes);
  return {
    html: writePage({ ...rebuilt, isDark: options.theme === "adapt-dark" }),
    remoteImages: rebuilt.images.filter(({ source }) => source.kind === "remote").length,
    trackers: rebuilt.trackers.size,
    imageUrls,
  };
}

/** The sanitized body for an answer: nothing a person did not see, no pictures, no style sheet. Throws ReadingError `too-large`. */
export function quotable(html: string): string {
  const { document } = parseHtml(html);
  return serialize(rebuild(document, { theme: "as-sent", purpose: "quote" }).body.children);
}

/** Gives each image its source, as far as it may have one; the URLs of those that may be loaded. */
function fillImages({ images, trackers }: Rebuilt, options: HtmlOptions, inlineImage: InlineImage): readonly string[] {
  for (const [{ element }, octets] of heldImages(images, inlineImage)) setSource(element, dataUrl(octets));
  const urls = new Set<string>();
  for (const { element, source } of images) {
    if (source.kind !== "remote") continue;
    if (trackers.has(source.image)) {
      element.attributes = [...element.attributes, ["hidden", ""]];
      continue;
    }
    urls.add(source.image.url);
    // Only ever through us: a page that loads by itself tells the sender who reads, and when.
    if (options.images === "shown" && options.proxyPrefix !== undefined) {
      setSource(element, `${options.proxyPrefix}${encodeURIComponent(source.image.url)}`);
    }
  }
  return [...urls];
}

function setSource(image: SafeElement, url: string): void {
  image.attributes = [...image.attributes, ["src", url]];
}
