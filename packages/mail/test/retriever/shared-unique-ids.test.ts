// Messages that a server gives one unique-id are told apart by their header, those that do not come as well.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listServer } from "../../src/retriever/index.ts";
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

test("what is asked for of several with one unique-id is that one alone: to come, and to be removed", async (context) => {
  const large = (word: string): string =>
    `Subject: ${word}\r\nMessage-ID: <${word}@x>\r\n\r\n${`${word}\r\n`.repeat(200)}`;
  const [one, two] = [large("one"), large("two")];
  // Two of them alike in size and header, which only their place tells.
  const messages = [one, two, two].map((octets) => ({ octets, uniqueId: "same" }));
  const keys = { fetch: { max_size: "1kB", oversize: "skip" } };
  const setting = await openSetting(context, { messages, keys });
  const names = async () => (await listServer(setting.source(), setting.house, { headersMax: 0 })).messages;
  const [, second, third] = await names();
  assert.equal(new Set((await names()).map(({ name }) => name)).size, 3);
  const none = new Set<string>();
  await setting.run({}, { asked: { fetch: new Set([second?.name ?? ""]), remove: none } });
  assert.deepEqual(setting.texts(), [two]);
  await setting.run({}, { asked: { fetch: new Set(["same"]), remove: none } });
  assert.deepEqual(setting.texts(), [two], "the unique-id alone is nobody's name");
  await setting.run({}, { asked: { fetch: new Set([third?.name ?? ""]), remove: none } });
  assert.deepEqual(setting.texts(), [two, two]);
  const stored = (await names()).filter(({ copy }) => copy === "there");
  assert.equal(stored.length, 2);
  const { removed } = await setting.run({}, { asked: { fetch: none, remove: new Set([stored[0]?.name ?? ""]) } });
  assert.deepEqual([removed, setting.peer.maildrop.messages.length], [1, 2]);
});
