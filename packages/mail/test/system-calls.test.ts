// Tests that trace: where nothing may be traced they are skipped, and say so, for CI to count.
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../../interop/product.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const TRACING_TEST = fileURLToPath(new URL("./mailstore/failing-fsync.test.ts", import.meta.url));

test("where tracing is forbidden, a test that traces is skipped with its reason", async (context) => {
  const folder = temporaryDirectory(context);
  // Says its version, and is not allowed to trace.
  writeFileSync(join(folder, "strace"), '#!/bin/sh\n[ "$1" = --version ]\n');
  chmodSync(join(folder, "strace"), 0o755);
  const options = ["--conditions=restante-source", "--test-reporter=tap", "--test"];
  const { stdout } = await runProgram(process.execPath, [...options, TRACING_TEST], {
    // A runner of its own, not a part of this one.
    env: { NODE_TEST_CONTEXT: undefined, PATH: [folder, process.env["PATH"]].join(delimiter) },
  });
  assert.match(stdout, /# SKIP strace may trace nothing here/);
  assert.match(stdout, /^# skipped 1$/m);
});
