// Pages that a script makes: path relative to the root of the tree, to text.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type Pages = ReadonlyMap<string, string>;

export function writePages(root: string, pages: Pages): void {
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Paths of the pages that are missing or differ from what the script would write. */
export function stalePages(root: string, pages: Pages): readonly string[] {
  const fresh = (path: string, text: string): boolean =>
    existsSync(join(root, path)) && readFileSync(join(root, path), "utf8") === text;
  return [...pages].filter(([path, text]) => !fresh(path, text)).map(([path]) => path);
}
