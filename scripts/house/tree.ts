// Rules about the tree that no tool on the shelf knows: front doors list what they export, the library depends on
// nothing, and no file speaks of one person's machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writtenFiles } from "./files.ts";
import type { Verdict } from "./finding.ts";

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export function checkTree(root: string): Verdict {
  const files = writtenFiles(root);
  const problems = [
    ...files.filter((path) => !namedRight(path)).map((path) => `${path}: file names are kebab-case`),
    ...files
      .filter((path) => /^packages\/[^/]+\/src\/.*index\.ts$/.test(path))
      .flatMap((path) => frontDoor(root, path)),
    ...dependencies(root),
    ...files.flatMap((path) => machineTraces(root, path)),
  ];
  return { problems, read: `${files.length} files` };
}

function namedRight(path: string): boolean {
  if (!/\.(?:ts|js|mjs|c|sql)$/.test(path) || path.startsWith("packages/mail/demo/")) return true;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|bench|d))?\.[a-z]+$/.test(name);
}

function frontDoor(root: string, path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  return /^\s*export\s*(?:type\s*)?\*/m.test(text)
    ? [`${path}: index.ts lists its exports by name, no \`export *\``]
    : [];
}

function dependencies(root: string): string[] {
  const pop = manifest(root, "packages/pop/package.json");
  const mail = manifest(root, "packages/mail/package.json");
  const theirs = { ...pop.dependencies, ...pop.optionalDependencies, ...pop.peerDependencies };
  const loose = Object.entries(mail.dependencies ?? {}).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
  );
  return [
    ...Object.keys(theirs).map(
      (name) => `packages/pop/package.json: @restante/pop has no runtime dependency, found ${name}`,
    ),
    ...loose.map(([name, version]) => `packages/mail/package.json: ${name}@${version} is not an exact version`),
    ...(pop.version === mail.version ? [] : ["packages/*/package.json: both packages carry the same version"]),
  ];
}

function manifest(root: string, path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
}

// Written in pieces, so that this file does not find itself.
const TRACES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(?<![\\w.-])/(?:${"root"}|${"work"})/`), "a path of one machine"],
  [new RegExp(`\\.\\./${"shared"}\\b`), "a path outside the repository"],
  [/"resolved":\s*"https?:/, "a registry of one machine: lock with omit-lockfile-registry-resolved"],
  [/^\s*registry\s*=/, "a registry of one machine"],
];

function machineTraces(root: string, path: string): string[] {
  if (/\.(?:eml|mbox|gz|png)$/.test(path)) return [];
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  return lines.flatMap((line, at) =>
    TRACES.filter(([pattern]) => pattern.test(line)).map(([, what]) => `${path}:${at + 1}: ${what}`),
  );
}
