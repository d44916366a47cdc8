import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ConfigFileError, readConfigText, writeSecretFile } from "../../src/config/index.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

function folderOf(context: TestContext): string {
  const folder = temporaryDirectory(context);
  return folder;
}

test("a configuration that is not there is empty, and one that cannot be read says so", (context) => {
  const folder = folderOf(context);
  assert.equal(readConfigText(join(folder, "none.toml")), "");
  const refusal = new ConfigFileError(`${folder} cannot be read (EISDIR)`);
  assert.throws(() => readConfigText(folder), refusal);
});

test("a secret takes the place of the one before, which stays where that cannot be", (context) => {
  const path = join(folderOf(context), "secrets", "work");
  writeSecretFile(path, "first");
  writeSecretFile(path, "second");
  assert.equal(readFileSync(path, "utf8"), "second\n");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, "..")), ["work"]);
  // What cannot be made anew, whoever asks.
  mkdirSync(`${path}.new`);
  writeFileSync(join(`${path}.new`, "x"), "");
  assert.throws(() => writeSecretFile(path, "third"), ConfigFileError);
  assert.equal(readFileSync(path, "utf8"), "second\n");
});
