// What a command loads before it does anything: most of a start is finding and compiling modules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMAND_NAMES, namedBy } from "../../src/cli/table.ts";
import { COMMAND, ENV, inDirectory } from "./command-line.ts";

/** Says the name of each package on standard error when it is found. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
import { writeSync } from "node:fs";
registerHooks({
  resolve(name, context, next) {
    if (!/^(?:[./]|node:|file:)/.test(name)) writeSync(2, "loads " + name + "\\n");
    return next(name, context);
  },
});`)}`;

function loadedBy(...argv: readonly string[]): {
  readonly status: number | null;
  readonly packages: readonly string[];
} {
  const [node, ...restante] = COMMAND;
  const { status, stderr } = spawnSync(node, ["--import", TELLING, ...restante, ...argv], {
    env: ENV,
    encoding: "utf8",
  });
  return { status, packages: [...stderr.matchAll(/^loads (.*)$/gm)].map(([, name = ""]) => name) };
}

test("the version is said without a command", () => {
  assert.deepEqual([namedBy(["--version"]), namedBy(["-V"])], [[], []]);
  assert.deepEqual(namedBy(["fetch", "run"]), ["fetch run"]);
  assert.deepEqual(namedBy([]), COMMAND_NAMES);
});

test("a configuration without a mistake is read without what knows the place of each value", () =>
  inDirectory(async (directory) => {
    const file = join(directory, "restante.toml");
    const plan = (text: string): ReturnType<typeof loadedBy> => {
      writeFileSync(file, text, { mode: 0o600 });
      return loadedBy("fetch", "plan", "--config", file, "--data", directory, "--json");
    };
    const right = plan(
      '[source.work]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\nuser = "anna"\npassword = { prompt = true }\ndeliver = [{ to = "store:anna" }]\n',
    );
    assert.ok(right.packages.includes("smol-toml"), String(right.packages));
    assert.ok(!right.packages.includes("@decimalturn/toml-patch"), String(right.packages));
    const wrong = plan("[limits]\nsessions = []\n");
    assert.ok(wrong.packages.includes("@decimalturn/toml-patch"), String(wrong.packages));
  }));

test("names and passwords in printable ASCII are prepared without the tables of SASLprep", () =>
  inDirectory(async (directory) => {
    const { status, packages } = loadedBy("account", "add", "anna", "--data", directory);
    assert.equal(status, 0);
    assert.ok(!packages.includes("@mongodb-js/saslprep"), String(packages));
  }));
