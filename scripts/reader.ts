// Builds the web reader for the browser, into packages/mail/dist/webmail/ui, and says how large it is.
// `node scripts/reader.ts` builds only when a source of the reader changed.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, type Plugin, type Rolldown } from "vite";
import { drawnOnce } from "./drawn-once.ts";
import { textsAhead } from "./texts-ahead.ts";

const UI = "packages/mail/src/webmail/ui";
const PRODUCT = "packages/mail/dist/webmail/ui";
/** What a visitor may have to load before the first row is painted, in octets after brotli. */
const BUDGET = { js: 190_000, css: 15_000 } as const;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds the reader of the tree at `folder` into its dist. */
export async function buildReader(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: join(folder, UI),
    // Where the reader is served may have a prefix one day.
    base: "./",
    logLevel: "warn",
    plugins: [drawnOnce(join(folder, UI)), textsAhead(join(folder, UI)), react(), startAskedAtOnce, startCompiledAhead],
    build: {
      outDir: join(folder, PRODUCT),
      emptyOutDir: true,
      target: "baseline-widely-available",
      // The policy of the page allows neither inline scripts nor fonts and icons from data.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: "licenses.md" },
      // The size that counts is the one after brotli, told below.
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: { output: { codeSplitting: { groups: TWO_FILES } } },
    },
  });
  compressAssets(folder);
}

/** Where the program begins that the entry asks for; it is on its way before the entry has run. */
const START = "/start.tsx";

/** What comes first is one file and the program another, whoever else uses parts of them: a page takes longer for each file
 * that it asks for than for what is in it. */
const TWO_FILES: Rolldown.CodeSplittingGroup[] = [
  { name: "index", tags: ["$initial"], priority: 1 },
  { name: "start", test: (id) => id.endsWith(START) },
];

const startAskedAtOnce: Plugin = {
  name: "start-asked-at-once",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
      const start = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(START)));
      if (start === undefined) throw new Error(`the build has no chunk of ${START}`);
      const entries = chunks.filter(({ isEntry }) => isEntry);
      const isThere = (fileName: string): boolean =>
        entries.some((entry) => entry.fileName === fileName || entry.imports.includes(fileName));
      const asked = chunks.filter(
        ({ fileName }) => fileName === start.fileName || (start.imports.includes(fileName) && !isThere(fileName)),
      );
      return [
        // Ahead of its own tag: of a module that the tag itself asks for Chromium keeps no compiled code from visit to visit.
        ...entries.map(({ fileName }) => ({ ...linkTo(fileName, SCRIPT_AHEAD), injectTo: "head-prepend" as const })),
        // Not compiled before it is imported, which is after the first screen was painted.
        ...asked.map(({ fileName }) => linkTo(fileName, SCRIPT_AHEAD)),
        ...asked.flatMap(stylesOf).map((fileName) => linkTo(fileName, { rel: "stylesheet", crossorigin: true })),
      ];
    },
  },
};

/**
 * All functions of the program are compiled off the page's thread while it comes, where the browser knows how: else each is
 * when it is first called, which is when somebody types the first letter of a search.
 */
const startCompiledAhead: Plugin = {
  name: "start-compiled-ahead",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const one of Object.values(bundle))
        if (one.type === "chunk" && one.moduleIds.some((id) => id.endsWith(START)))
          one.code = `//# allFunctionsCalledOnLoad\n${one.code}`;
    },
  },
};

const SCRIPT_AHEAD = { rel: "preload", as: "script", crossorigin: true } as const;

function linkTo(fileName: string, attrs: Readonly<Record<string, string | boolean>>) {
  return { tag: "link", attrs: { ...attrs, href: `./${fileName}` }, injectTo: "head" as const };
}

/** The style sheets that came of it. */
function stylesOf({ viteMetadata }: Rolldown.OutputChunk): readonly string[] {
  return [...(viteMetadata?.importedCss ?? [])];
}

/** As small as they get, once: the server hands them out as they are. */
function compressAssets(folder: string): void {
  const product = join(folder, PRODUCT);
  for (const path of globSync("assets/*.{js,css}", { cwd: product }))
    writeFileSync(join(product, `${path}.br`), brotliCompressSync(readFileSync(join(product, path))));
}

/** Changes whenever a build would come out differently. */
function sourceState(folder: string): string {
  const hash = createHash("sha256");
  const sources = globSync([`${UI}/**/*`, "scripts/{reader,drawn-once,texts-ahead}.ts", "package-lock.json"], {
    cwd: folder,
    withFileTypes: true,
  });
  const paths = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.toSorted()) hash.update(path).update("\0").update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}

/** What `index.html` of the product asks for at once, by kind, in octets after brotli. */
function initialOctets(folder: string): { readonly js: number; readonly css: number } {
  const product = join(folder, PRODUCT);
  const html = readFileSync(join(product, "index.html"), "utf8");
  const asked = new Set(
    Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g), ([, path = ""]) => path),
  );
  const octets = { js: 0, css: 0 };
  for (const path of asked)
    octets[path.endsWith(".js") ? "js" : "css"] += readFileSync(join(product, `${path}.br`)).length;
  return octets;
}

async function main(): Promise<void> {
  const marker = join(root, ".cache", "reader-built");
  const wanted = sourceState(root);
  const isBuilt = existsSync(marker) && existsSync(join(root, PRODUCT, "index.html"));
  if (isBuilt && readFileSync(marker, "utf8") === wanted) return;
  await buildReader(root);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, wanted);
  const { js, css } = initialOctets(root);
  const files = readdirSync(join(root, PRODUCT, "assets")).filter((name) => !name.endsWith(".br")).length;
  console.error(
    `reader: ${files} files; at first ${kilo(js)} of JavaScript (${kilo(BUDGET.js)} allowed), ` +
      `${kilo(css)} of CSS (${kilo(BUDGET.css)} allowed), after brotli`,
  );
}

function kilo(octets: number): string {
  return `${(octets / 1000).toFixed(1)} kB`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
