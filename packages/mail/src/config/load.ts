// Puts a configuration together: defaults, then the file, then the environment, then flags; all checked at once.
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { toConfig, type Config } from "./config.ts";
import { readEnvironment } from "./environment.ts";
import { suggestion } from "./nearest.ts";
import { ConfigError, type Origin, type Problem, type RawProblem } from "./problem.ts";
import { crossChecks } from "./rules.ts";
import { sameMailboxes } from "./same-mailbox.ts";
import { namesAt, schema, type Settings } from "./schema.ts";
import { readToml, TomlProblem, type TomlText } from "./toml.ts";
import { otherKind } from "./values.ts";

const FILE_OCTETS_MAX = 1_048_576;
/** zod writes and compiles a function for every object it checks; for a configuration, checked once, that takes longer than the check. */
const ONCE = { jitless: true } as const;

export interface LoadOptions {
  /** The file; without one only environment and flags count. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Defaults that replace the schema's own, by dotted key, as written in a file. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** What flags say, by dotted key; `flag` is shown when the value is wrong. They win. */
  readonly flags?: readonly { readonly key: string; readonly flag: string; readonly value: unknown }[];
}

export interface Loaded {
  readonly config: Config;
  /** Checked values with the file's own names, for explain. */
  readonly settings: Settings;
  readonly warnings: readonly Problem[];
  /** Where the value of a dotted key comes from. */
  readonly originOf: (key: string) => Origin;
}

/** Reads and checks everything. Throws ConfigError with all problems at once. */
export function loadConfig(options: LoadOptions = {}): Loaded {
  const layers = new Layers();
  for (const [key, value] of Object.entries(options.defaults ?? {}))
    layers.set(key.split("."), value, layerOf({ kind: "default" }));
  const file = options.file === undefined ? undefined : readFileLayer(options.file);
  if (file !== undefined)
    layers.setAll(file.toml.data, {
      kind: "file",
      originOf: (path, isKey) => ({
        kind: "file",
        file: file.shown,
        ...(isKey ? file.toml.keyAt(path) : file.toml.valueAt(path)),
      }),
    });
  const environment = readEnvironment(options.env ?? {});
  for (const { variable, path, value } of environment.values)
    layers.set(path, value, layerOf({ kind: "environment", variable }));
  for (const { key, flag, value } of options.flags ?? [])
    layers.set(key.split("."), value, layerOf({ kind: "flag", flag }));

  const checked = schema.safeParse(layers.merged, { ...ONCE, error: otherKind });
  const issues = checked.success ? [] : checked.error.issues;
  const settings = checked.success
    ? checked.data
    : schema.parse(layers.without(issues.flatMap(problemsOf).map((row) => row.path)), ONCE);
  const rules = crossChecks(settings);
  const place = (row: RawProblem): Problem => ({
    key: dotted(row.path),
    text: row.text,
    origin: layers.originOf(row.path, row.isKey === true),
  });
  const problems = [
    ...environment.problems,
    ...[...issues.flatMap(problemsOf), ...rules.problems].map(place),
    ...clearSecrets(layers, file?.path),
  ];
  if (problems.length > 0) throw new ConfigError(problems.sort(inFileOrder));

  const originOf = (key: string): Origin => {
    const path = key.split(".");
    return layers.valueOf(path) === undefined ? { kind: "default" } : layers.originOf(path, false);
  };
  // What a variable or a flag says is meant from where the command was typed.
  const typed: ReadonlySet<Origin["kind"]> = new Set(["environment", "flag"]);
  const baseOf = (key: string): string =>
    file === undefined || typed.has(layers.kindOf(key.split("."))) ? process.cwd() : dirname(file.path);
  const config = toConfig(settings, { file: file?.path, baseOf });
  const doubled = sameMailboxes(config.sources).map(({ sources: [, name], text }) => ({
    path: ["source", name],
    text,
  }));
  return {
    config,
    settings,
    warnings: [...environment.warnings, ...[...rules.warnings, ...doubled].map(place)],
    originOf,
  };
}

/** The place in a list is told by the column, not by the key. */
function dotted(path: readonly PropertyKey[]): string {
  return path
    .filter((part) => typeof part !== "number")
    .map(String)
    .join(".");
}

function problemsOf(issue: z.core.$ZodIssue): readonly RawProblem[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path, text: issue.message }];
  const table = dotted(issue.path);
  const names = namesAt(issue.path);
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    isKey: true,
    text: `unknown key${table === "" ? "" : ` in [${table}]`}; ${placeOf(issue.path, key) ?? suggestion(key, names)}`,
  }));
}

/** Where a key of this name belongs: a table below this one, beside it, or above it. Of sources only, whose tables are many. */
function placeOf(path: readonly PropertyKey[], key: string): string | undefined {
  const top = path[0] === "source" ? 2 : path[0] === "defaults" ? 1 : Infinity;
  for (let length = path.length; length >= top; length -= 1) {
    const above = path.slice(0, length);
    if (length < path.length && namesAt(above).includes(key)) return `it belongs into [${dotted(above)}] itself`;
    for (const name of namesAt(above)) {
      if (namesAt([...above, name]).includes(key))
        return `it belongs into the table ${name}, as in ${name} = { ${key} = ... }`;
      if (namesAt([...above, name, 0]).includes(key))
        return `it belongs into a table of its own, [[${dotted([...above, name])}]]`;
    }
  }
  return undefined;
}

const PROXY_WITH_LOGIN = /\/\/[^/]*@/;

/** A secret in clear is for its owner's eyes only. */
function clearSecrets(layers: Layers, file: string | undefined): readonly Problem[] {
  if (file === undefined) return [];
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return [];
  const sources = layers.valueOf(["source"]);
  const passwords = Object.keys(isTable(sources) ? sources : {}).map((name) => ["source", name, "password"]);
  const certificates = layers.valueOf(["tls", "sni"]);
  const places = Array.isArray(certificates) ? certificates.map((_, index) => ["tls", "sni", index]) : [];
  const passphrases = [["tls"], ...places].map((table) => [...table, "key_passphrase"]);
  const proxies = passwords.map((path) => path.with(-1, "proxy"));
  const otherWays = [
    { paths: [...passphrases, ...passwords], isSecret: () => true, other: ', or write { file = "PATH" } instead' },
    { paths: proxies, isSecret: (proxy: string) => PROXY_WITH_LOGIN.test(proxy), other: "" },
  ];
  return otherWays.flatMap(({ paths, isSecret, other }) =>
    paths.flatMap((path) => {
      const origin = layers.originOf(path, false);
      const value = layers.valueOf(path);
      if (origin.kind !== "file" || typeof value !== "string" || !isSecret(value)) return [];
      const text = `a secret in clear in a file of mode 0${mode.toString(8)}; run chmod 600 ${file}${other}`;
      return [{ origin, key: dotted(path), text }];
    }),
  );
}

function readFileLayer(shown: string): { readonly shown: string; readonly path: string; readonly toml: TomlText } {
  const fail = (text: string, at?: { readonly line: number; readonly column: number }): never => {
    const origin: Origin =
      at === undefined ? { kind: "whole-file", file: shown } : { kind: "file", file: shown, ...at };
    throw new ConfigError([{ origin, key: "", text }]);
  };
  const path = resolve(shown);
  let octets: Buffer;
  try {
    octets = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return fail(
      code === "ENOENT"
        ? "there is no such file; give the path of the configuration with -c"
        : `cannot be read (${String(code)}); check the path and its mode`,
    );
  }
  if (octets.length > FILE_OCTETS_MAX)
    return fail(`larger than ${FILE_OCTETS_MAX} octets; this is not a configuration`);
  try {
    const toml = readToml(new TextDecoder("utf-8", { fatal: true }).decode(octets));
    const found = pathOfProto(toml.data);
    if (found === undefined) return { shown, path, toml };
    const origin: Origin = { kind: "file", file: shown, ...toml.keyAt(found) };
    const text = "no name of a table or key can be __proto__; choose another";
    throw new ConfigError([{ origin, key: dotted(found), text }]);
  } catch (error) {
    if (error instanceof TomlProblem) return fail(error.message, error.place);
    if (error instanceof TypeError) return fail("not UTF-8; save it as UTF-8");
    throw error;
  }
}

/** Where a key stands that would be lost: to an object it is no key like others. */
function pathOfProto(value: unknown): readonly PropertyKey[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const key = Array.isArray(value) ? Number(name) : name;
    const below = key === "__proto__" ? [] : pathOfProto(inner);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

function inFileOrder(a: Problem, b: Problem): number {
  if (a.origin.kind !== "file" || b.origin.kind !== "file")
    return Number(a.origin.kind === "file") - Number(b.origin.kind === "file");
  return a.origin.line - b.origin.line || a.origin.column - b.origin.column;
}

/** Who says a value. Where exactly is found out when it is asked for: of a file, by reading it once more. */
interface Layer {
  readonly kind: Origin["kind"];
  readonly originOf: (path: readonly PropertyKey[], isKey: boolean) => Origin;
}

function layerOf(origin: Origin): Layer {
  return { kind: origin.kind, originOf: () => origin };
}

/** Written values merged key by key, each knowing where it came from. */
class Layers {
  readonly merged: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  readonly #layers = new Map<string, Layer>();

  set(path: readonly string[], value: unknown, layer: Layer): void {
    let table = this.merged;
    for (const part of path.slice(0, -1)) {
      if (!isTable(table[part])) table[part] = {};
      table = table[part] as Record<string, unknown>;
    }
    table[path.at(-1) ?? ""] = value;
    this.#layers.set(path.join("."), layer);
  }

  /** Tables are merged, everything else replaces. Only two levels are keys; what is deeper is a value. */
  setAll(data: Readonly<Record<string, unknown>>, layer: Layer): void {
    for (const [name, value] of Object.entries(data)) {
      if (!isTable(value)) this.set([name], value, layer);
      else {
        if (!isTable(this.merged[name])) this.set([name], {}, layer);
        this.#layers.set(name, layer);
        for (const [leaf, inner] of Object.entries(value)) this.set([name, leaf], inner, layer);
      }
    }
  }

  /** What is written, less what is wrong, so that the rules between keys can still be checked. Tables whose keys belong together go whole. */
  without(paths: readonly (readonly PropertyKey[])[]): unknown {
    const known = Object.fromEntries(Object.entries(this.merged).filter(([name]) => name in schema.shape));
    const kept = structuredClone(known);
    for (const [name, leaf] of paths) {
      const table = kept[String(name)];
      if (name === "listen" && leaf !== undefined && isTable(table)) delete table[String(leaf)];
      else if (name !== undefined) delete kept[String(name)];
    }
    return kept;
  }

  originOf(path: readonly PropertyKey[], isKey: boolean): Origin {
    return this.#layerOf(path)?.originOf(path, isKey) ?? { kind: "default" };
  }

  /** Who says the value; "default" when nobody does. */
  kindOf(path: readonly PropertyKey[]): Origin["kind"] {
    return this.valueOf(path) === undefined ? "default" : (this.#layerOf(path)?.kind ?? "default");
  }

  #layerOf(path: readonly PropertyKey[]): Layer | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const layer = this.#layers.get(path.slice(0, length).map(String).join("."));
      if (layer !== undefined) return layer;
    }
    return undefined;
  }

  valueOf(path: readonly PropertyKey[]): unknown {
    const inside = (value: unknown, part: PropertyKey): unknown =>
      isTable(value) ? value[String(part)] : Array.isArray(value) ? (value[Number(part)] as unknown) : undefined;
    return path.reduce<unknown>(inside, this.merged);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
