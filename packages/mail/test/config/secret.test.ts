import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { readSecret } from "../../src/config/index.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const folder = temporaryDirectory({ after });

test("a secret is read from a file, a variable or a command, without its line end", async () => {
  const path = join(folder, "secret");
  writeFileSync(path, "from file \r\nsecond line");
  assert.equal(await readSecret({ kind: "clear", value: "as is" }, {}), "as is");
  assert.equal(await readSecret({ kind: "file", path }, {}), "from file ");
  assert.equal(await readSecret({ kind: "environment", variable: "S" }, { S: "from variable" }), "from variable");
  assert.equal(
    await readSecret({ kind: "command", command: [process.execPath, "-e", "console.log('from command')"] }, {}),
    "from command",
  );
});

test("a command that fails is named, and what it printed is not", async () => {
  const command = [process.execPath, "-e", "console.error('geheim'); console.log('geheim'); process.exit(3)"];
  await assert.rejects(readSecret({ kind: "command", command }, {}), (error: Error) => {
    assert.match(error.message, /^the command .* that prints a secret failed \(3\); run it by hand to see why$/);
    assert.doesNotMatch(error.message, /geheim/);
    return true;
  });
});

test("a variable that is not set is named", async () => {
  await assert.rejects(
    readSecret({ kind: "environment", variable: "NONE" }, {}),
    /the environment variable NONE is not set; set it for whoever starts this, or write another place of the secret$/,
  );
});

test("a file that cannot be read is named, with what to do", async () => {
  const path = join(folder, "none");
  await assert.rejects(readSecret({ kind: "file", path }, {}), {
    message: `${path} cannot be read (ENOENT); check the path and its mode`,
  });
});
