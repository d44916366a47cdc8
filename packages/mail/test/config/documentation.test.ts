import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explain, loadConfig } from "../../src/config/index.ts";

test("every key is explained in docs/operating/configuration.md", () => {
  const page = readFileSync(new URL("../../../../docs/operating/configuration.md", import.meta.url), "utf8");
  for (const { key } of explain(loadConfig())) {
    const name = key.split(".").at(-1) ?? key;
    assert.ok(page.includes(`\`${name}\``), key);
  }
});
