// Who is said to have a message, by what is known of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboxRow } from "../../../src/webmail/api/schema/index.ts";
import { whoHasIt } from "../../../src/webmail/ui/outbox/who-has-it.ts";

const [BEN, CLEO, DANA] = ["ben@oak.example", "cleo@elm.example", "dana@fir.example"] as const;
const to = [BEN, CLEO, DANA];
const refused = [{ address: CLEO, reply: "550 5.1.1 nobody here" }];
const trouble = (code: NonNullable<OutboxRow["trouble"]>["code"]) => ({ code, values: {}, reply: "", words: "" });

test("of whom nobody knows, nobody is told that it was not sent to them", () => {
  assert.deepEqual(whoHasIt({ to, taken: [BEN], refused, trouble: trouble("maybe-sent") }), {
    have: [BEN],
    perhaps: [DANA],
    lack: [CLEO],
  });
  const none = { to, taken: [], refused: [], trouble: trouble("maybe-sent") };
  assert.deepEqual(whoHasIt(none), { have: [], perhaps: to, lack: [] });
});

test("with any other trouble, or none, who has it not lacks it", () => {
  for (const other of [null, trouble("gave-up")])
    assert.deepEqual(whoHasIt({ to, taken: [BEN], refused, trouble: other }), {
      have: [BEN],
      perhaps: [],
      lack: [CLEO, DANA],
    });
});
