// Who may import whom stands twice, in two tools that cannot read each other: as project references (tsc refuses an
// import that is no reference) and as import patterns of the linter (which also sees deep imports, Node built-ins and
// packages). This check sees that both say the same, for every folder there is.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import type { Verdict } from "./finding.ts";

interface TsConfig {
  readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}
interface LintConfig {
  readonly overrides: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, unknown>>;
  }[];
}

/** Compares the references of every folder under packages/<name>/src with the linter's table. */
export function checkLayers(root: string): Verdict {
  const folders = sourceFolders(root);
  const built = references(root, ".");
  const table = lintTable(root);
  const problems = folders.flatMap((folder) => [
    ...(built.includes(folder) ? [] : [`tsconfig.json does not reference ${folder}`]),
    ...compareFolder(root, folder, table),
  ]);
  return { problems: [...problems, ...wireProblems(root)], read: `${folders.length} folders` };
}

function sourceFolders(root: string): readonly string[] {
  return ["packages/pop/src", "packages/mail/src"].flatMap((parent) => {
    if (!existsSync(join(root, parent))) return [];
    return subfolders(root, parent).flatMap((folder) => {
      // A folder that only holds others, such as webmail, is no unit; those in it are.
      const holds = subfolders(root, folder).filter((inner) => existsSync(join(root, inner, "tsconfig.json")));
      return holds.length > 0 && !existsSync(join(root, folder, "tsconfig.json")) ? holds : [folder];
    });
  });
}

function subfolders(root: string, parent: string): readonly string[] {
  const entries = readdirSync(join(root, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`);
}

function compareFolder(root: string, folder: string, table: ReadonlyMap<string, readonly string[]>): string[] {
  if (!existsSync(join(root, folder, "tsconfig.json"))) return [`${folder} has no tsconfig.json`];
  const allowed = table.get(folder);
  if (allowed === undefined) return [`.oxlintrc.json has no import table for ${folder}`];
  const referenced = references(root, folder);
  return [
    ...referenced
      .filter((to) => !allowed.includes(to))
      .map((to) => `${folder}: a reference to ${to} the linter forbids`),
    ...allowed
      .filter((to) => !referenced.includes(to))
      .map((to) => `${folder}: the linter allows ${to}, no reference does`),
  ];
}

function references(root: string, folder: string): readonly string[] {
  const config = JSON.parse(readFileSync(join(root, folder, "tsconfig.json"), "utf8")) as TsConfig;
  return (config.references ?? []).map((reference) => posix.join(folder, reference.path));
}

/** Folder to folders, as the patterns `!../name/index.ts` and `!@restante/pop/name` allow them. */
function lintTable(root: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(root, ".oxlintrc.json"), "utf8").replaceAll(/^\s*\/\/.*$/gm, "");
  const config = JSON.parse(text) as LintConfig;
  const table = new Map<string, readonly string[]>();
  for (const override of config.overrides) {
    const rule = JSON.stringify(override.rules["no-restricted-imports"] ?? null);
    for (const glob of override.files) {
      const folder = /^(packages\/[a-z]+\/src)\/([a-z]+(?:\/[a-z]+)?)\/\*\*$/.exec(glob);
      if (folder?.[1] !== undefined && folder[2] !== undefined)
        table.set(`${folder[1]}/${folder[2]}`, allowedIn(folder[1], folder[2], rule));
    }
  }
  return table;
}

function allowedIn(parent: string, folder: string, rule: string): readonly string[] {
  const depth = folder.split("/").length;
  const own = [...rule.matchAll(/"!((?:\.\.\/)+)([a-z]+(?:\/[a-z]+)?)\/index\.ts"/g)]
    .filter((match) => match[1]?.length === depth * "../".length && match[2]?.endsWith("/schema") !== true)
    .map((match) => `${parent}/${match[2] ?? ""}`);
  // The reader knows the API by its schema alone, the one room of a neighbour that has a door of its own.
  const schemas = [...rule.matchAll(/"!\.\.\/([a-z]+)\/schema\/index\.ts"/g)].map((match) =>
    posix.join(parent, folder, "..", match[1] ?? ""),
  );
  const pop = [...rule.matchAll(/"!@restante\/pop\/([a-z]+)"/g)].map((match) => `packages/pop/src/${match[1] ?? ""}`);
  return [...own, ...schemas, ...pop];
}

/** wire speaks octets only: no Node types, no DOM. */
function wireProblems(root: string): string[] {
  const options = (JSON.parse(readFileSync(join(root, "packages/pop/src/wire/tsconfig.json"), "utf8")) as TsConfig)
    .compilerOptions;
  const base = (JSON.parse(readFileSync(join(root, "tsconfig.base.json"), "utf8")) as TsConfig).compilerOptions;
  const types = options?.types ?? base?.types;
  const lib = options?.lib ?? base?.lib;
  return [
    ...(types?.length === 0 ? [] : ["packages/pop/src/wire: `types` must be empty, wire knows no Node types"]),
    ...(lib?.join() === "ES2023" ? [] : ["packages/pop/src/wire: `lib` must be ES2023 alone"]),
  ];
}
