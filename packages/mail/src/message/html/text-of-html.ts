// The text of a rebuilt body, for search, for lists, and for those who do not want HTML.
import { compile } from "html-to-text";
import { HTML_DEPTH_MAX } from "../limits.ts";

const toText = compile({
  wordwrap: false,
  limits: { maxDepth: 2 * HTML_DEPTH_MAX, maxInputLength: 2 ** 24 },
  formatters: {
    cell(element, walk, builder) {
      walk(element.children, builder);
      builder.addInline(" ");
    },
  },
  selectors: [
    { selector: "a", options: { linkBrackets: ["<", ">"], hideLinkHrefIfSameAsText: true } },
    { selector: "img", format: "skip" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "table", format: "block" },
    { selector: "tr", format: "block", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: "td", format: "cell" },
    { selector: "th", format: "cell" },
  ],
});

/** `html` is a rebuilt body, written: its depth and its elements are bounded. */
export function textOfHtml(html: string): string {
  return toText(html);
}
