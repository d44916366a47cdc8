// What one run holds against a message, at its end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pop3Error } from "@restante/pop/client";
import type { Decision } from "../../src/retriever/decide/decide.ts";
import { RunFailures } from "../../src/retriever/run/run-failures.ts";

test("a run holds one failure against a message, also when a connection was lost at it after it was refused for now", () => {
  const failures = new RunFailures();
  const error = new Pop3Error("MESSAGE_REFUSED", { phase: "retrieve", serverText: "try again later" });
  failures.refused({ row: 7, decision: { known: undefined } as Decision, error, why: error.message, counts: false });
  failures.gaveOne();
  const held = (): readonly number[] => failures.heldRefusals({ haveOthersCome: true }).map(({ row }) => row);
  assert.deepEqual(held(), [7]);
  failures.counted(7);
  assert.deepEqual(held(), []);
});
