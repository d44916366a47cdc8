import type { HtmlOptions, QuotedBody, SafeHtml } from "../contract.ts";
import { quotable, sanitize } from "../html/sanitize.ts";
import { textOfHtml } from "../html/text-of-html.ts";
import { HTML_OCTETS_MAX } from "../limits.ts";
import { decodeHtml, firstOf } from "../mime/charset.ts";
import type { MimePart } from "../mime/mime-part.ts";
import { cleanText } from "../text/clean-text.ts";
import { textBlocks } from "../text/text-blocks.ts";
import { InlineImages } from "./inline-images.ts";
import { openWhole, plainText } from "./open-message.ts";
import { partAt } from "./part-content.ts";

/** The HTML body at `place`, rebuilt; undefined when there is none. */
export async function safeHtmlOf(
  octets: Uint8Array,
  place: string,
  options: HtmlOptions,
): Promise<SafeHtml | undefined> {
  const { root } = await openWhole(octets);
  const part = partAt(root, place);
  if (part?.mediaType !== "text/html") return undefined;
  const images = await new InlineImages(root).named();
  return sanitize(await htmlOf(part), options, (contentId) => images.get(contentId)?.content);
}

/** What an answer quotes of the body at `place`; undefined when there is none. */
export async function quotedBodyOf(octets: Uint8Array, place: string): Promise<QuotedBody | undefined> {
  const { root } = await openWhole(octets);
  const part = partAt(root, place);
  if (part === undefined || !part.mediaType.startsWith("text/")) return undefined;
  if (part.mediaType !== "text/html") {
    const { text, files: _, ...flow } = await plainText(part);
    return { html: undefined, text: cleanText(text), ...textBlocks(text, flow) };
  }
  const html = quotable(await htmlOf(part));
  const text = cleanText(textOfHtml(html));
  return { html, text, ...textBlocks(text, { isFlowed: false, deletesSpace: false }) };
}

/** What is beyond the limit is left out: the body said that it is too large. */
async function htmlOf(part: MimePart): Promise<string> {
  return decodeHtml(firstOf(await part.content(), HTML_OCTETS_MAX), part.parameters.get("charset"));
}
