// The public API as text: one report for each front door of @restante/pop, committed in api/. A change of the API shows
// as a change of the report; `npm run api` writes them anew.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from "@microsoft/api-extractor";
import { root as here } from "./command.ts";
import type { Verdict } from "./finding.ts";

interface ReportOptions {
  /** Write the reports instead of comparing them. */
  readonly update: boolean;
}

/** Reads the built declarations of every export of packages/pop/package.json. */
export function checkApi(root: string, options: ReportOptions): Verdict {
  const doors = frontDoors(root);
  const named = new Set(doors.flatMap((door) => exportedNames(join(root, "packages/pop/dist", door, "index.d.ts"))));
  const problems = doors
    .flatMap((door) => checkDoor(root, door, options))
    .filter((problem) => !nameable(problem, named));
  return { problems, read: `${doors.length} front doors` };
}

function frontDoors(root: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, "packages/pop/package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  return Object.keys(manifest.exports).flatMap((key) => /^\.\/([a-z]+)$/.exec(key)?.[1] ?? []);
}

/** A type that one front door uses and another exports can be named by whoever imports both. */
function nameable(problem: string, named: ReadonlySet<string>): boolean {
  const forgotten = /ae-forgotten-export\) The symbol "(\w+)"/.exec(problem)?.[1];
  return forgotten !== undefined && named.has(forgotten);
}

function exportedNames(declarations: string): readonly string[] {
  const lists = readFileSync(declarations, "utf8").matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [...lists].flatMap(([, list = ""]) =>
    list.split(",").map((name) => name.replace(/^.* as |^\s*type /, "").trim()),
  );
}

function checkDoor(root: string, door: string, { update }: ReportOptions): string[] {
  const committed = join(root, "api", `${door}.api.md`);
  const found = extract(root, door);
  if (update) {
    mkdirSync(join(root, "api"), { recursive: true });
    writeFileSync(committed, found.report);
    return [...found.problems];
  }
  if (!existsSync(committed)) return [...found.problems, `api/${door}.api.md is missing: npm run api`];
  const same = readFileSync(committed, "utf8") === found.report;
  return [
    ...found.problems,
    ...(same ? [] : [`the API of @restante/pop/${door} changed: npm run api, and say so in the commit`]),
  ];
}

function extract(root: string, door: string): { readonly report: string; readonly problems: readonly string[] } {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "api-"));
  const problems: string[] = [];
  try {
    Extractor.invoke(configuration(root, door, folder), {
      localBuild: true,
      showVerboseMessages: false,
      messageCallback: (message) => note(message, door, problems),
    });
    return { report: readFileSync(join(folder, `${door}.api.md`), "utf8").replaceAll("\r\n", "\n"), problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function note(message: ExtractorMessage, door: string, problems: string[]): void {
  message.handled = true;
  const loud = message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning;
  if (loud && message.category !== "console") problems.push(`${door}: ${message.formatMessageWithLocation(undefined)}`);
}

function configuration(root: string, door: string, folder: string): ExtractorConfig {
  const packages = join(root, "packages/pop");
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(packages, "package.json"),
    configObject: {
      projectFolder: packages,
      mainEntryPointFilePath: join(packages, "dist", door, "index.d.ts"),
      newlineKind: "lf",
      compiler: { overrideTsconfig: compilerOptions() },
      apiReport: { enabled: true, reportFolder: folder, reportTempFolder: folder, reportFileName: `${door}.api.md` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // Said aloud, not only written into the report: a type in the API that nobody outside can name.
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

function compilerOptions(): object {
  return {
    compilerOptions: {
      target: "ES2022",
      lib: ["ES2023"],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      strict: true,
      skipLibCheck: true,
      types: ["node"],
      typeRoots: [join(here, "node_modules/@types")],
    },
    include: ["dist/**/*.d.ts"],
  };
}

if (process.argv[1] === import.meta.filename) {
  const { problems } = checkApi(here, { update: true });
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
