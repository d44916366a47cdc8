// Documents point at things that are there: links, paths in backticks, and tests cited by their claim, «a claim»
// ([x.test.ts](path)).
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { writtenFiles } from "./files.ts";
import type { Verdict } from "./finding.ts";

const LINK = /\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g;
const PATH = /`((?:packages|scripts|docs|rfc|interop|bench|test|api)\/[\w./-]+)`/g;
const CITED_TEST = /«([^»]+)» \(\[[^\]]+\]\(([^)]+)\)\)/g;
/** Made by a build or a run, or written by somebody else. */
const ABSENT_BY_RIGHT = /^(?:bench\/(?:bin|work)|packages\/[a-z]+\/dist)(?:\/|$)/;

export function checkDocuments(root: string): Verdict {
  const pages = writtenFiles(root).filter((path) => path.endsWith(".md") && !path.startsWith("api/"));
  let read = 0;
  const problems = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    const links = matches(text, LINK).filter(([target = ""]) => !/^[a-z]+:/.test(target));
    const paths = matches(text, PATH).filter(([path = ""]) => !ABSENT_BY_RIGHT.test(path));
    const cited = matches(text, CITED_TEST);
    read += links.length + paths.length + cited.length;
    return [
      ...links
        .filter(([target = ""]) => !existsSync(join(root, dirname(page), target)))
        .map(([target]) => `${page}: no ${target}`),
      ...paths.filter(([path = ""]) => !existsSync(join(root, path))).map(([path]) => `${page}: no ${path}`),
      ...cited
        .filter(([claim = "", target = ""]) => !claims(root, posix.join(dirname(page), target), claim))
        .map(([claim]) => `${page}: no test says «${claim}»`),
    ];
  });
  return { problems, read: `${read} references on ${pages.length} pages` };
}

function matches(text: string, pattern: RegExp): readonly (readonly string[])[] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1));
}

function claims(root: string, file: string, claim: string): boolean {
  return existsSync(join(root, file)) && readFileSync(join(root, file), "utf8").includes(claim);
}
