// What would be published: both packages built into an empty dist in a copy of the tree, packed, and read by tools that
// know how programs import. A stale dist cannot hide a missing file.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildProgram } from "../program.ts";
import { buildReader } from "../reader.ts";
import { runCommand } from "./command.ts";
import type { Verdict } from "./finding.ts";

const PACKAGES = ["pop", "mail"] as const;

export async function checkPublished(root: string): Promise<Verdict> {
  const copy = join(root, ".cache", "published");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, "packages"), { recursive: true });
  copyTree(root, copy);
  const build = await runCommand("tsc", ["-b"], { cwd: copy });
  if (build.code !== 0) return { problems: [`the build failed:\n${build.output}`], read: "nothing" };
  await buildProgram(copy);
  await buildReader(copy);
  const problems: string[] = [];
  let files = 0;
  for (const name of PACKAGES) {
    const packed = await pack(copy, name);
    files += packed.files;
    problems.push(...packed.problems);
  }
  return { problems, read: `${files} packed files` };
}

function copyTree(root: string, copy: string): void {
  const skip = /\/(?:dist|node_modules|test|bench|fuzz)(?:\/|$)/;
  for (const name of PACKAGES) {
    const from = join(root, "packages", name);
    cpSync(from, join(copy, "packages", name), {
      recursive: true,
      filter: (path) => !skip.test(path.slice(from.length)),
    });
    if (existsSync(join(from, "node_modules")))
      symlinkSync(join(from, "node_modules"), join(copy, "packages", name, "node_modules"));
  }
  for (const file of ["package.json", "tsconfig.json", "tsconfig.base.json"])
    cpSync(join(root, file), join(copy, file));
  linkModules(root, copy);
}

/** node_modules of the checkout, but with our own packages pointing into the copy. */
function linkModules(root: string, copy: string): void {
  mkdirSync(join(copy, "node_modules/@restante"), { recursive: true });
  for (const entry of readdirSync(join(root, "node_modules"))) {
    if (entry !== "@restante" && entry !== "restante")
      symlinkSync(join(root, "node_modules", entry), join(copy, "node_modules", entry));
  }
  symlinkSync(join(copy, "packages/pop"), join(copy, "node_modules/@restante/pop"));
  symlinkSync(join(copy, "packages/mail"), join(copy, "node_modules/restante"));
}

/** Packs `packages/<name>` of the tree at `copy`, as it stands there, and reads the tarball. */
export async function pack(
  copy: string,
  name: (typeof PACKAGES)[number],
): Promise<{ problems: string[]; files: number }> {
  const folder = join(copy, "packages", name);
  const npm = await runCommand("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", copy], {
    cwd: folder,
  });
  const start = npm.output.indexOf("[");
  if (npm.code !== 0 || start < 0) return { problems: [`npm pack of ${name} failed:\n${npm.output}`], files: 0 };
  const [packed] = JSON.parse(npm.output.slice(start, npm.output.lastIndexOf("]") + 1)) as readonly PackReport[];
  if (packed === undefined) return { problems: [`npm pack of ${name} made nothing`], files: 0 };
  const tarball = join(copy, packed.filename.replace(/^@/, "").replaceAll("/", "-"));
  const problems = [...missing(name, packed), ...(await lint(tarball, name))];
  return { problems, files: packed.files.length };
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** No tests, no build leftovers; and what the program reads at run time is there. */
function missing(name: string, packed: PackReport): string[] {
  const paths = packed.files.map((file) => file.path);
  const wanted =
    name === "mail"
      ? ["bin/restante.js", "dist/program/main.js", "dist/webmail/ui/index.html"]
      : ["dist/wire/index.js", "dist/wire/index.d.ts"];
  const folders = name === "mail" ? ["demo/", "migrations/"] : [];
  return [
    ...wanted.filter((path) => !paths.includes(path)).map((path) => `${name}: ${path} is not packed`),
    ...folders
      .filter((path) => !paths.some((packedPath) => packedPath.startsWith(path)))
      .map((path) => `${name}: nothing of ${path} is packed`),
    ...paths
      .filter((path) => /tsbuildinfo|\.test\.|^src\//.test(path))
      .map((path) => `${name}: ${path} must not be packed`),
  ];
}

async function lint(tarball: string, name: string): Promise<string[]> {
  const publint = await runCommand("publint", ["run", tarball, "--strict"]);
  const problems = publint.code === 0 ? [] : [`publint, ${name}:\n${publint.output}`];
  if (name !== "pop") return problems; // restante is a program: nobody imports it
  const attw = await runCommand("attw", [tarball, "--profile", "esm-only", "--format", "ascii", "--no-color"]);
  return attw.code === 0 ? problems : [...problems, `attw, ${name}:\n${attw.output}`];
}
