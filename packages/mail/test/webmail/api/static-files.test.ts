// The built pages: found by whoever asks first, and by who asks at the same time.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { StaticFiles } from "../../../src/webmail/api/web/static-files.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

function built(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory(context);
  mkdirSync(join(folder, "assets"));
  for (const [name, text] of Object.entries({ "index.html": "<!doctype html>", ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

test("a page whose script and style are asked for at once, right after the start, gets both", async (context) => {
  const files = new StaticFiles(built(context, { "assets/a.js": "1", "assets/a.css": "p{}" }));
  const found = await Promise.all(["/assets/a.js", "/assets/a.css", "/index.html"].map((path) => files.find(path)));
  assert.deepEqual(
    found.map((file) => file?.content.toString()),
    ["1", "p{}", "<!doctype html>"],
  );
});

test("a fresh build is noticed, and what is gone is gone", async (context) => {
  const folder = built(context, { "assets/old.js": "1" });
  const files = new StaticFiles(folder);
  assert.equal((await files.find("/assets/old.js"))?.content.toString(), "1");
  rmSync(join(folder, "assets", "old.js"));
  writeFileSync(join(folder, "assets", "new.js"), "2");
  utimesSync(join(folder, "index.html"), 1, 1);
  assert.equal(await files.find("/assets/old.js"), undefined);
  assert.equal((await files.find("/assets/new.js"))?.content.toString(), "2");
});

test("where nothing is built nothing is found, until it is", async (context) => {
  const folder = built(context, {});
  rmSync(join(folder, "index.html"));
  const files = new StaticFiles(folder);
  assert.equal(await files.find("/index.html"), undefined);
  writeFileSync(join(folder, "index.html"), "here");
  assert.equal((await files.find("/index.html"))?.content.toString(), "here");
});
