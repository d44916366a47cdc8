// Environment variables that mirror the keys: RESTANTE_LIMITS_IDLE is limits.idle.
import { nearest } from "./nearest.ts";
import type { Problem } from "./problem.ts";
import { keysOf } from "./schema.ts";

const PREFIX = "RESTANTE_";

/** Read by the command `pop`, and no key of the configuration. */
const NO_KEY: ReadonlySet<string> = new Set(["RESTANTE_POP_PASSWORD", "RESTANTE_POP_PROXY"]);

export interface EnvironmentValue {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** `RESTANTE_LIMITS_IDLE` of `["limits", "idle"]`. */
export function variableOf(path: readonly string[]): string {
  return PREFIX + path.join("_").toUpperCase();
}

/** The keys set in the environment; a variable that nearly is one is a mistake, another of our prefix is told. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly values: readonly EnvironmentValue[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
} {
  const keys = new Map(keysOf().map((row) => [variableOf(row.path), row]));
  const values: EnvironmentValue[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || NO_KEY.has(variable) || text === undefined) continue;
    const row = keys.get(variable);
    if (row !== undefined) {
      const value = asWritten(text, (candidate) => row.schema.safeParse(candidate).success);
      values.push({ variable, path: row.path, value });
      continue;
    }
    const meant = nearKey(variable, [...keys.keys()]);
    const written = { origin: { kind: "environment", variable }, key: "" } as const;
    if (meant === undefined) warnings.push({ ...written, text: "mirrors no key and is ignored" });
    else problems.push({ ...written, text: `mirrors no key; did you mean ${meant}?` });
  }
  return { values, problems, warnings };
}

/** Another program's variable may begin like ours; a slip of the finger in one of ours must not pass. */
function nearKey(variable: string, keys: readonly string[]): string | undefined {
  const meant = nearest(
    variable.slice(PREFIX.length),
    keys.map((key) => key.slice(PREFIX.length)),
  );
  return meant === undefined ? undefined : PREFIX + meant;
}

/** A variable is always text; a number, true, false or a list with commas is what it stands for where the key wants one. */
function asWritten(text: string, fits: (value: unknown) => boolean): unknown {
  const candidates: readonly unknown[] = [
    text,
    /^\d+$/.test(text) ? Number(text) : text,
    text === "true" || text === "false" ? text === "true" : text,
    text.split(",").map((part) => part.trim()),
    text === "" ? [] : text,
  ];
  return candidates.find(fits) ?? text;
}
