// Every RFC that a comment, a document or a requirement cites stands in rfc/index.tsv with what we make of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writtenFiles } from "./files.ts";
import type { Verdict } from "./finding.ts";

const READS = /\.(?:ts|js|mjs|c|sql|md|tsv)$/;
const CITATION = /\bRFCs?[ -]?(\d{3,5})\b/g;

export function checkCitations(root: string): Verdict {
  const index = new Set(rows(readFileSync(join(root, "rfc/index.tsv"), "utf8")));
  const problems: string[] = [];
  let citations = 0;
  for (const path of writtenFiles(root).filter((name) => READS.test(name) && name !== "rfc/index.tsv")) {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    lines.forEach((line, at) => {
      for (const match of line.matchAll(CITATION)) {
        citations += 1;
        const rfc = String(Number(match[1]));
        if (!index.has(rfc)) problems.push(`${path}:${at + 1}: RFC ${rfc} is not in rfc/index.tsv`);
      }
    });
  }
  return { problems, read: `${citations} citations of ${index.size} RFCs` };
}

function rows(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t", 1)[0] ?? "")
    .filter((rfc) => rfc !== "");
}
