// A configuration file of a test's own, and what is said of it.
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { ConfigError, loadConfig, renderProblem, type LoadOptions } from "../../src/config/index.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

export const folder = temporaryDirectory({ after });
export const file = join(folder, "restante.toml");

export function write(text: string, mode = 0o600): string {
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The lines a wrong configuration gets, with the file's own path cut away. */
export function problems(text: string, options: LoadOptions = {}, mode = 0o600): readonly string[] {
  write(text, mode);
  try {
    loadConfig({ file, ...options });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map((problem) => renderProblem(problem).replaceAll(file, "FILE"));
  }
  return [];
}
