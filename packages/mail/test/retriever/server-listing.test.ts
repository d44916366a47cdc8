// What is on a server now, and why a run would do with it what it would do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listServer } from "../../src/retriever/index.ts";
import { REASONS } from "../../src/retriever/decide/reasons.ts";
import { openSetting } from "./fixture.ts";

test("a message that is removed once it is here is still told as new", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "0" } } });
  const { messages } = await listServer(setting.source(), setting.house, { headersMax: 0 });
  assert.deepEqual(
    messages.map(({ action, why }) => [action, why]),
    Array.from({ length: 6 }, () => ["fetch", REASONS.new]),
  );
});
