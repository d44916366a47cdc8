// The few pages that are text alone: no session, a token that is used, a reader that is not built.

export interface PlainPage {
  readonly status: 200 | 401 | 404 | 410 | 503;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Leads on by itself. */
  readonly next?: string;
}

export const NO_SESSION: PlainPage = {
  status: 401,
  title: "This browser has not been let in",
  paragraphs: [
    "Restante lets a browser in with the address that its start prints, once for each browser.",
    "In a terminal on this machine, type: restante open — it prints a fresh address to open here.",
  ],
};

export const USED_TOKEN: PlainPage = {
  status: 410,
  title: "This address was used already",
  paragraphs: [
    "Each address lets one browser in, once. This browser was not let in before.",
    "In a terminal on this machine, type: restante open — it prints a fresh address to open here.",
  ],
};

export const NOT_BUILT: PlainPage = {
  status: 503,
  title: "The reader is not built",
  paragraphs: [
    "Restante runs, and its API answers, but the pages of the reader are not there.",
    "In the folder it was started from, type: npm run build — then load this page again.",
  ],
};

export const LET_IN: PlainPage = {
  status: 200,
  title: "Opening your mail",
  paragraphs: ["If nothing happens, follow this link:"],
  next: "/",
};

/** Texts here are ours: nothing of a request is in them. */
export function renderPage({ title, paragraphs, next }: PlainPage): string {
  const refresh = next === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${next}">`;
  const link = next === undefined ? "" : `<p><a href="${next}">Open the reader</a></p>`;
  const text = paragraphs.map(
    (paragraph) => `<p>${paragraph.replace(/type: ([a-z ]+) —/, "type: <code>$1</code> —")}</p>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – Restante</title>
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
<h1>${title}</h1>
${text.join("\n")}
${link}
</main>
</body>
</html>
`;
}
