// What was said of one message says nothing of another with its unique-id: marked as seen, or left there by a filter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markSeen } from "../../src/retriever/index.ts";
import { openSetting, SIX, type Setting } from "./fixture.ts";

const SHARED = SIX.map((octets) => ({ octets, uniqueId: "same" }));
const TWINS = [SIX[0], SIX[0], SIX[1]].map((octets) => ({ octets: octets as string, uniqueId: "same" }));

const seen = (setting: Setting): Promise<number> => markSeen(setting.source(), setting.house);

for (const [what, options] of [
  ["share a unique-id", { messages: SHARED }],
  ["share a unique-id, two of them octet for octet the same", { messages: TWINS }],
  ["have no unique-id, two of them alike", { messages: TWINS.map(({ octets }) => octets), without: ["UIDL"] }],
] as const)
  test(`mark-seen marks all that ${what}, and none that comes later`, async (context) => {
    const setting = await openSetting(context, options);
    const count = options.messages.length;
    assert.equal(await seen(setting), count);
    assert.equal(await seen(setting), 0, "it is no news twice");
    const plan = await setting.plan();
    assert.deepEqual(
      plan.messages.map(({ action, why }) => `${action}: ${why}`),
      Array<string>(count).fill("skip: marked as seen"),
    );
    const next = "Subject: later\r\n\r\nLater.\r\n";
    const [first] = options.messages;
    setting.peer.maildrop.replace([
      ...options.messages.map((one) => (typeof one === "string" ? { octets: one } : one)),
      { octets: next, ...(typeof first === "string" ? {} : { uniqueId: "same" }) },
    ]);
    await setting.run();
    assert.deepEqual(setting.texts(), [next]);
  });

test("what nothing but its octets tells from another cannot be marked: it is not counted, and comes", async (context) => {
  const setting = await openSetting(context, { messages: SHARED, faults: [{ on: "TOP", answer: "-ERR no" }] });
  assert.equal(await seen(setting), 0);
  assert.equal((await setting.run()).arrived.messages, 6);
});

/** Of one size. */
const letter = (subject: "junk" | "mail"): { readonly octets: string; readonly uniqueId: string } => ({
  octets: `Subject: ${subject}\r\nMessage-ID: <${subject}@x>\r\n\r\nText.\r\n`,
  uniqueId: "same",
});
const FILTER = { filter: [{ when: { header: "Subject", matches: "junk" }, do: "skip" }] };

test("what a filter leaves there says nothing of another with its unique-id and size", async (context) => {
  const setting = await openSetting(context, { messages: [], keys: FILTER });
  const first = { octets: "Subject: first\r\n\r\nText.\r\n", uniqueId: "first" };
  setting.peer.maildrop.replace([letter("junk"), first, letter("mail")]);
  await setting.run({ fetch: { max_messages: 1 } });
  // The filtered one is removed by somebody else before the other has come.
  setting.peer.maildrop.replace([first, letter("mail")]);
  await setting.run();
  assert.deepEqual(setting.texts(), [first.octets, letter("mail").octets].sort());
});

test("other mail under the unique-id of one that a filter left there, and that was gone, is looked at", async (context) => {
  const setting = await openSetting(context, { messages: [], keys: FILTER });
  setting.peer.maildrop.replace([letter("junk")]);
  await setting.run();
  setting.peer.maildrop.replace([]);
  await setting.run();
  setting.peer.maildrop.replace([letter("mail")]);
  await setting.run();
  assert.deepEqual(setting.texts(), [letter("mail").octets]);
});

test("one that a filter left there alone is not looked at again for another with its unique-id", async (context) => {
  const setting = await openSetting(context, { messages: [], keys: FILTER });
  setting.peer.maildrop.replace([letter("junk")]);
  await setting.run();
  setting.peer.maildrop.replace([letter("junk"), letter("mail")]);
  const plan = await setting.plan();
  assert.deepEqual(
    plan.messages.map(({ action, why }) => [action, why]),
    [
      ["skip", "filter: Subject matches junk"],
      ["fetch", "new"],
    ],
  );
  await setting.run();
  assert.deepEqual(setting.texts(), [letter("mail").octets]);
  assert.equal(setting.state.known("work").length, 2, "a row a message");
});
