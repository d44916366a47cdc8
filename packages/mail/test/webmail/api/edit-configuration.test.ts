// Sources the reader writes into the configuration, each with its password in a file of its own.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ConfigError, loadConfig, readConfigText } from "../../../src/config/index.ts";
import { takeOut, writeChange, writeNewSource } from "../../../src/webmail/api/sources/edit-configuration.ts";
import type { Reading } from "../../../src/webmail/api/reading.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const SOURCE = {
  account: "anna",
  host: "pop.example",
  port: 995,
  tls: "implicit",
  user: "anna",
  mailDomain: null,
  keep: { kind: "forever" },
  first: { kind: "everything" },
  octetsMax: null,
  confirmed: false,
} as const;

/** A house of a configuration the reader may change, and of another that it may not. */
function opened(context: TestContext) {
  const dataDir = temporaryDirectory(context);
  const file = join(dataDir, "restante.toml");
  const other = join(dataDir, "other.toml");
  const house = { isSound: true };
  const settings = {
    file,
    sources: () =>
      [file, other].filter((one) => existsSync(one)).flatMap((one) => loadConfig({ file: one }).config.sources),
    reload: () => (house.isSound ? Promise.resolve() : Promise.reject(new ConfigError([]))),
  };
  const collecting = { memory: () => undefined };
  const reading = { house: { dataDir, settings, collecting }, events: { tell: () => undefined } } as unknown as Reading;
  const passwordOf = (name: string): string | undefined => {
    const path = join(dataDir, "secrets", `${name}.password`);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const add = (name: string) => writeNewSource(reading, { ...SOURCE, name, password: `of ${name}` });
  return { dataDir, file, other, house, reading, passwordOf, add };
}

test("a change that is refused leaves the password there was, and none where there was none", async (context) => {
  const { file, house, reading, passwordOf, add } = opened(context);
  await add("work");
  const written = readConfigText(file);
  house.isSound = false;
  await assert.rejects(writeChange(reading, "work", { password: "new" }), { code: "refused" });
  await assert.rejects(add("home"), { code: "refused" });
  assert.deepEqual([passwordOf("work"), passwordOf("home"), readConfigText(file)], ["of work\n", undefined, written]);
  house.isSound = true;
  await writeChange(reading, "work", { password: "new" });
  assert.equal(passwordOf("work"), "new\n");
});

test("a source that is configured elsewhere keeps its password when a change is refused", async (context) => {
  const { file, other, reading, passwordOf, add } = opened(context);
  await add("work");
  writeFileSync(other, readConfigText(file), { mode: 0o600 });
  writeFileSync(file, "");
  await assert.rejects(writeChange(reading, "work", { password: "new" }), { reason: "configured-elsewhere" });
  assert.equal(passwordOf("work"), "of work\n");
});

test("a source that is taken out takes its password along, also when the name of another ends like its own", async (context) => {
  const { reading, passwordOf, add } = opened(context);
  for (const name of ["work", "homework"]) await add(name);
  await takeOut(reading, "work");
  assert.deepEqual([passwordOf("work"), passwordOf("homework")], [undefined, "of homework\n"]);
});

test("a password stays as long as a source reads it, wherever that is configured", async (context) => {
  const { file, other, reading, passwordOf, add } = opened(context);
  for (const name of ["work", "home"]) await add(name);
  writeFileSync(other, readConfigText(file).replaceAll("source.work", "source.again"), { mode: 0o600 });
  await takeOut(reading, "work");
  assert.equal(passwordOf("work"), "of work\n");
  writeFileSync(other, "");
  await takeOut(reading, "home");
  assert.equal(passwordOf("home"), undefined);
});
