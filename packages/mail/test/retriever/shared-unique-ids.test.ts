// Messages that a server gives one unique-id are told apart by their header, those that do not come as well.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting, SIX } from "./fixture.ts";

const ONE = SIX.map((octets) => ({ octets, uniqueId: "same" }));
const TWINS = [SIX[0] as string, SIX[0] as string, SIX[1] as string];
const CUT = { on: "RETR 1", drop: 20 };
const REFUSED = { on: "RETR 1", answer: "-ERR no" };

for (const [what, options, others] of [
  ["shares its unique-id", { messages: ONE }, SIX.slice(1)],
  ["has the header of another and no unique-id", { messages: TWINS, without: ["UIDL"] }, TWINS.slice(1)],
  [
    "shares its unique-id and shows no header",
    { messages: ONE, more: [{ on: "TOP", answer: "-ERR no" }] },
    SIX.slice(1),
  ],
] as const)
  for (const fault of [CUT, REFUSED])
    test(`a message that ${what} and ${"drop" in fault ? "ends every session" : "is always refused"} is quarantined at the third try, and keeps none of the others away`, async (context) => {
      const { more = [], ...rest } = options as { readonly more?: readonly (typeof REFUSED)[] } & typeof options;
      const setting = await openSetting(context, { ...rest, faults: [fault, ...more] });
      // A run that brings others goes on after a lost connection, and may try it twice.
      for (let run = 0; run < 3; run += 1) await setting.run();
      assert.deepEqual(setting.texts(), [...others].sort());
      assert.deepEqual(
        setting.state.known("work").flatMap(({ state, attempts }) => (state === "quarantined" ? [attempts] : [])),
        [3],
      );
      const fourth = await setting.run();
      assert.deepEqual([fourth.exitCode, fourth.error, fourth.arrived.messages], [65, undefined, 0]);
    });
