import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDurableFolder, makeFolder } from "../../src/files/make-folder.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

for (const make of [makeFolder, makeDurableFolder]) {
  test(`${make.name}: a folder is made with those above it, for its owner only, and a second time nothing happens`, (context) => {
    const root = temporaryDirectory(context);
    const made = ["a", "a/b", "a/b/c"].map((path) => join(root, path));
    assert.deepEqual(make(join(root, "a", "b", "c")), made);
    assert.deepEqual(make(join(root, "a", "b", "c")), []);
    for (const path of ["a", "a/b", "a/b/c"]) assert.equal(statSync(join(root, path)).mode & 0o777, 0o700);
    writeFileSync(join(root, "file"), "");
    assert.throws(() => make(join(root, "file")), { code: "EEXIST" });
    assert.throws(() => make(join(root, "file", "below")), { code: "ENOTDIR" });
  });

  test(`${make.name}: where the system lets nobody make a folder, the answer is its error and not a wait without end`, () => {
    assert.throws(() => make("/proc/restante/data"), { code: "ENOENT" });
  });
}
