import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeWireDocs } from "../../../../scripts/diagrams.ts";
import { ERRORS } from "../../src/wire/index.ts";

const committed = join(import.meta.dirname, "../../../../docs/wire");

test("the pages of docs/wire are what the tables say now", () => {
  const folder = mkdtempSync(join(tmpdir(), "wire-docs-"));
  try {
    writeWireDocs(folder);
    assert.deepEqual(readdirSync(folder), ["pop1.md", "pop2.md", "pop3-commands.md", "pop3-states.md"]);
    for (const name of readdirSync(folder)) {
      assert.equal(readFileSync(join(folder, name), "utf8"), readFileSync(join(committed, name), "utf8"), name);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the command reference lists every error code", () => {
  const page = readFileSync(join(committed, "pop3-commands.md"), "utf8");
  for (const code of Object.keys(ERRORS)) assert.ok(page.includes(`| \`${code}\` `), code);
});

test("the state diagram draws the way from QUIT to UPDATE and no other way there", () => {
  const page = readFileSync(join(committed, "pop3-states.md"), "utf8");
  assert.deepEqual(page.match(/^.*--> update:.*$/gmu), ["  transaction --> update: quit"]);
});
