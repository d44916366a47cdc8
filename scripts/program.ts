// Puts the built command into few files: `packages/mail/dist/program`. Node spends most of a start on finding and
// compiling modules, five hundred of them for one run of the retriever; here it opens a dozen.
// Usage: node scripts/program.ts, behind `tsc -b`, which made what this reads.
import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const PACKAGE = "packages/mail";
/** Of dependencies that are many small modules: their own build is copied in. The others are found when they are needed. */
const COPIED_IN = [/^@restante\//, "commander", "smol-toml", "zod"];

/** Puts the program of the tree at `folder` together. Every thread is a file beside it, where its starter looks. */
export async function buildProgram(folder: string): Promise<void> {
  const root = join(folder, PACKAGE);
  const threads = globSync("dist/**/*-{thread,worker}.js", { cwd: root, exclude: ["dist/program"] });
  const names = threads.map((path) => basename(path));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new Error(`two threads are called ${twice}: each file of the program needs a name of its own`);
  await build({
    configFile: false,
    root,
    logLevel: "warn",
    publicDir: false,
    ssr: { noExternal: COPIED_IN, target: "node" },
    build: {
      ssr: true,
      target: "node22",
      outDir: join(root, "dist", "program"),
      emptyOutDir: true,
      minify: false,
      license: { fileName: "licenses.md" },
      rolldownOptions: {
        // No module of ours does anything because it is imported: what nobody uses is left out, front doors above all.
        treeshake: { moduleSideEffects: false },
        input: ["dist/cli/main.js", ...threads].map((path) => join(root, path)),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
}

if (process.argv[1] === import.meta.filename) await buildProgram(dirname(dirname(fileURLToPath(import.meta.url))));
