// The page a rebuilt body is shown in: ours from the first octet to the last.
import { HTML_PAGE_CHARACTERS_MAX } from "../limits.ts";
import { ON_LIGHT } from "./colours.ts";
import { FOLD_CLASS } from "./fold-quotes.ts";
import { escapeAttribute, serialize } from "./safe-tree.ts";
import type { SafeElement } from "./safe-tree.ts";

export interface PageOptions {
  readonly body: SafeElement;
  /** Written anew, without a `<` in it. */
  readonly styleSheet: string;
  readonly isDark: boolean;
  readonly hasDirection: boolean;
}

const BASE = `
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;padding:16px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
[hidden]{display:none!important}
img{max-width:100%}
:where(img:not([height]),img[style*="aspect-ratio"]){height:auto}
@media (max-width:640px){table{width:100%!important;min-width:0!important}td,th{width:auto!important;min-width:0!important}}
img:not([src]){border:1px dashed currentColor;opacity:.6;font-size:12px;box-sizing:border-box}
pre{white-space:pre-wrap}
blockquote{margin:0 0 0 .5em;padding-left:.8em;border-left:2px solid #8888}
details.${FOLD_CLASS}>summary{display:inline-block;cursor:pointer;list-style:none;padding:0 .5em;border-radius:.5em;background:#8883;font:inherit}
details.${FOLD_CLASS}>summary::-webkit-details-marker{display:none}
@media print{body{padding:0}details.${FOLD_CLASS}::details-content{content-visibility:visible}details.${FOLD_CLASS}>summary{display:none}tr,img{break-inside:avoid}}
`;
const LIGHT = `html{color-scheme:light}body{background:${ON_LIGHT.ground};color:${ON_LIGHT.text}}a{color:${ON_LIGHT.link}}\n`;
const DARK = "html{color-scheme:dark}body{background:#16181c;color:#e4e6ea}a{color:#8ab4f8}\n";

/** The whole page as text; it is to be sent as UTF-8. Throws ReadingError `too-large`. */
export function writePage({ body, styleSheet, isDark, hasDirection }: PageOptions): string {
  const attributes = hasDirection ? body.attributes : [...body.attributes, ["dir", "auto"] as const];
  const written = attributes.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join("");
  const theirs = styleSheet === "" ? "" : `<style>${styleSheet}</style>`;
  const before =
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<meta name="referrer" content="no-referrer"><style>${BASE}${isDark ? DARK : LIGHT}</style>${theirs}</head>` +
    `<body${written}>`;
  const after = "</body></html>";
  const room = HTML_PAGE_CHARACTERS_MAX - before.length - after.length;
  return `${before}${serialize(body.children, room)}${after}`;
}

const WRITTEN = /^<!doctype html><html><head>([^]*?)<\/head><body((?: [\w-]+="[^"]*")*)>([^]*)<\/body><\/html>$/;

/** A page of `writePage` as what can stand inside another: its styles, and its body with all it says of itself. */
export function fragmentOf(page: string): string {
  const [, head = "", attributes = "", content = page] = WRITTEN.exec(page) ?? [];
  const styles = head.replaceAll(/<meta [^>]*>/g, "");
  return `${styles}<div${attributes}>${content}</div>`;
}
