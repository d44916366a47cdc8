// The files of a tree that a person wrote: what git would commit, or, outside a checkout, everything but build products.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PRODUCTS: ReadonlySet<string> = new Set([".git", "node_modules", "dist", "data", ".cache", "coverage"]);

/** Paths relative to `root`, sorted; files that are ignored by git or deleted are left out. */
export function writtenFiles(root: string): readonly string[] {
  return existsSync(join(root, ".git")) ? committable(root) : everything(root, "").toSorted();
}

function committable(root: string): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const paths = new Set(listed.split("\0").filter((path) => path !== ""));
  return [...paths].filter((path) => existsSync(join(root, path))).toSorted();
}

function everything(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (PRODUCTS.has(entry.name)) return [];
    if (entry.isDirectory()) return everything(root, path);
    return entry.isFile() ? [path] : [];
  });
}
