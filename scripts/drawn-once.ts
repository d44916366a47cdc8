// The first screen is drawn before React is there, by the components React will draw it with. For that they are built a
// second time, with something small in React's place (packages/mail/src/webmail/ui/first). What knows nothing of React is
// built once and shared.
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, relative, resolve } from "node:path";
import type { Plugin } from "vite";

/** Where it begins; everything it imports follows. */
const BEGINNING = /\/first-paint\.tsx$/;

/** What stands in for a package. */
const STANDS_IN: Readonly<Record<string, string>> = {
  react: "first/once.ts",
  "react/jsx-runtime": "first/once.ts",
  "react-dom": "first/once.ts",
  "@tanstack/react-query": "first/answers.ts",
};
/** Files of packages that are made of React. */
const OF_REACT = /\/node_modules\/lucide-react\//;

/** What of the reader is not part of the first screen; absent.tsx stands in for it. */
const ABSENT: ReadonlySet<string> = new Set([
  "acts/act-bar.tsx",
  "acts/runner.tsx",
  "acts/use-acts.ts",
  "compose/composer.tsx",
  "data/call.ts",
  "data/events.ts",
  "data/refusal-text.ts",
  "list/row-swipes.tsx",
  "list/source-strips.tsx",
  "parts/in-front.tsx",
  "read/opened.tsx",
  "search/use-suggestions.ts",
  "shell/list-keys.tsx",
  "shell/made-ready.tsx",
  "shell/trouble-told.tsx",
]);

const MARK = "?once";
/** `import … from "…"` and `export … from "…"`, but for types. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm;

/** `ui` is the reader's own folder. */
export function drawnOnce(ui: string): Plugin {
  const gone = [...ABSENT].find((path) => !existsSync(join(ui, path)));
  if (gone !== undefined) throw new Error(`${gone} is to be left out of the first screen, and is not there`);
  const ofReact = new Map<string, boolean>();
  const isAbsent = (file: string): boolean => ABSENT.has(relative(ui, file));

  /** Whether a file of the reader draws something, or imports what does. */
  function isOfReact(file: string): boolean {
    const known = ofReact.get(file);
    if (known !== undefined) return known;
    const imported = [...readFileSync(file, "utf8").matchAll(IMPORTS)].map(([, path = ""]) => path);
    const found =
      extname(file) === ".tsx" ||
      imported.some((path) => {
        if (!path.startsWith(".")) return path in STANDS_IN || path === "lucide-react";
        const next = resolve(dirname(file), path);
        return isAbsent(next) || (next.endsWith(".ts") && isOfReact(next)) || next.endsWith(".tsx");
      });
    ofReact.set(file, found);
    return found;
  }

  return {
    name: "drawn-once",
    resolveId: {
      order: "pre",
      async handler(source, importer, options) {
        if (importer === undefined || !(importer.includes(MARK) || BEGINNING.test(source))) return null;
        // What is loaded later is never loaded for the first screen.
        if (options.kind === "dynamic-import" && importer.includes(MARK)) return { id: source, external: true };
        const stand = STANDS_IN[source];
        if (stand !== undefined) return join(ui, stand);
        const found = await this.resolve(source, unmarked(importer), { ...options, skipSelf: true });
        if (found === null) return null;
        const { id } = found;
        if (isAbsent(id)) return marked(join(ui, "first/absent.tsx"));
        const isMarked = id.startsWith(`${ui}/`) ? /\.tsx?$/.test(id) && isOfReact(id) : OF_REACT.test(id);
        return isMarked ? { ...found, id: marked(id) } : found;
      },
    },
    load: {
      filter: { id: /\?once\./ },
      handler: (id) => readFile(unmarked(id), "utf8"),
    },
  };
}

/** The ending stays at the end: it says what a file is written in. */
function marked(file: string): string {
  return `${file}${MARK}${extname(file)}`;
}

function unmarked(id: string): string {
  return id.replace(/\?once\..*$/, "");
}
