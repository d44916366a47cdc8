// The few pages that are text alone: no session, a token that is used, a reader that is not built, something that failed.
import { escaped } from "./escaped.ts";
import type { PageWords } from "./page-words.ts";

export interface PlainPage {
  readonly status: 200 | 401 | 404 | 410 | 503;
  readonly text: "noSession" | "usedToken" | "notBuilt" | "letIn";
  /** Leads on by itself. */
  readonly next?: string;
}

export const NO_SESSION: PlainPage = { status: 401, text: "noSession" };
export const USED_TOKEN: PlainPage = { status: 410, text: "usedToken" };
export const NOT_BUILT: PlainPage = { status: 503, text: "notBuilt" };
export const LET_IN: PlainPage = { status: 200, text: "letIn", next: "/" };

export function renderPage({ text, next }: PlainPage, words: PageWords): string {
  return render(words, { ...words[text], ...(next === undefined ? {} : { next }) });
}

/** Of what belongs to a message; `why` in a sentence or a part of one. */
export function renderRefusal(why: string, words: PageWords): string {
  const { title, paragraphs } = words.failed;
  return render(words, { title, paragraphs: [sentence(why), ...paragraphs] });
}

/** Of the reader's own page; `why` likewise. */
export function renderFailure(why: string, words: PageWords): string {
  return render(words, { title: words.failed.title, paragraphs: [sentence(why)] });
}

function sentence(why: string): string {
  return `${why.slice(0, 1).toLocaleUpperCase()}${why.slice(1)}${/[.!?…]$/.test(why) ? "" : "."}`;
}

interface Rendered {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly next?: string;
}

function render({ lang, dir, openReader }: PageWords, { title, paragraphs, next }: Rendered): string {
  const refresh = next === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${next}">`;
  const link = next === undefined ? "" : `<p><a href="${next}">${openReader}</a></p>`;
  const text = paragraphs.map(
    (paragraph) => `<p>${escaped(paragraph).replaceAll(/`([^`]+)`/g, "<code>$1</code>")}</p>`,
  );
  return `<!doctype html>
<html lang="${lang}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} – Restante</title>
${refresh}
<style>
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
main { max-inline-size: 36rem; margin: 15vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }
code { background: color-mix(in srgb, currentcolor 12%, transparent); padding: .1em .4em; border-radius: .3em; }
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${text.join("\n")}
${link}
</main>
</body>
</html>
`;
}
