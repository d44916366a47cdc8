import assert from "node:assert/strict";
import { test } from "node:test";
import { UndoLog } from "../../../src/webmail/api/undo-log.ts";

test("what takes an act back can be given on a command line, where a dash would begin an option", () => {
  const log = new UndoLog();
  // Of 64 letters that it could begin with, each comes up several times.
  const given = Array.from({ length: 500 }, () => log.add([]));
  assert.deepEqual(
    given.filter((one) => !/^[0-9a-f]{32}$/.test(one)),
    [],
  );
});
