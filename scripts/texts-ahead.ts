// The reader's texts are parsed when it is built: a page then loads what says them, and not what parses them.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "vite";
import type * as texts from "../packages/mail/src/webmail/ui/words/texts.ts";

const CATALOGUE = "words/catalogue.ts";
const TEXTS = "words/texts.ts";
const PARSER = "@formatjs/icu-messageformat-parser";

/** `ui` is the reader's own folder. */
export function textsAhead(ui: string): Plugin {
  return {
    name: "texts-ahead",
    resolveId: {
      order: "pre",
      filter: { id: /^@formatjs\/icu-messageformat-parser$/ },
      handler(_source, importer) {
        return this.resolve(`${PARSER}/no-parser.js`, importer);
      },
    },
    load: {
      async handler(id) {
        if (id !== join(ui, CATALOGUE)) return null;
        const of = (await import(pathToFileURL(join(ui, TEXTS)).href)) as typeof texts;
        const parsed = Object.entries(of.TEXTS).map(([name, text]) => [
          name,
          of.isSimple(text) ? text : of.elementsOf(text),
        ]);
        return `export const CATALOGUE = ${JSON.stringify(Object.fromEntries(parsed))};`;
      },
    },
  };
}
