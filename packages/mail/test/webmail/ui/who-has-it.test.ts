// Who is said to have a message, by what is known of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { whoHasIt } from "../../../src/webmail/ui/outbox/who-has-it.ts";

const [BEN, CLEO, DANA] = ["ben@oak.example", "cleo@elm.example", "dana@fir.example"] as const;
const to = [BEN, CLEO, DANA];
const refused = [{ address: CLEO, reply: "550 5.1.1 nobody here" }];

test("of whom nobody knows, nobody is told that it was not sent to them", () => {
  assert.deepEqual(whoHasIt({ to, taken: [BEN], refused, isMaybeSent: true }), {
    have: [BEN],
    perhaps: [DANA],
    lack: [CLEO],
  });
  const none = { to, taken: [], refused: [], isMaybeSent: true };
  assert.deepEqual(whoHasIt(none), { have: [], perhaps: to, lack: [] });
});

test("when it is known, who has it not lacks it", () => {
  assert.deepEqual(whoHasIt({ to, taken: [BEN], refused, isMaybeSent: false }), {
    have: [BEN],
    perhaps: [],
    lack: [CLEO, DANA],
  });
});
