// The way to a second connection, after a server lost what was sent together: callers keep their patience there.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Pop3Session } from "@restante/pop/client";
import { errorOf, settingFor, type Setting } from "./fixture.ts";

/** A session whose second connection waits for its greeting, with a listing that waits for it. */
async function reconnecting(
  context: TestContext,
): Promise<{ readonly setting: Setting; readonly pop: Pop3Session; readonly listing: Promise<unknown> }> {
  const setting = await settingFor(context, {
    faults: [
      { on: "UIDL", connection: 1, omit: true },
      { on: "greeting", connection: 2, delayMs: 1_500 },
    ],
  });
  const pop = await setting.session({ timeouts: { probationMs: 200 } });
  const listing = pop.list();
  listing.catch(() => undefined);
  while (setting.peer.connections.length < 2) await new Promise(setImmediate);
  return { setting, pop, listing };
}

test("a call made on the way to a second connection ends when its time is up or its caller gives up", async (context) => {
  const { pop, listing } = await reconnecting(context);
  const stop = new AbortController();
  const late = errorOf(pop.noop({ timeoutMs: 100 }));
  const aborted = errorOf(pop.noop({ signal: stop.signal }));
  stop.abort();
  const patient = pop.stat();
  let isListed = false;
  void listing.then(() => (isListed = true));
  assert.deepEqual([(await aborted).code, (await late).code, isListed], ["ABORTED", "COMMAND_TIMEOUT", false]);
  assert.equal((await late).sessionUsable, true);
  assert.equal((await patient).count, 3);
  await listing;
  assert.equal(pop.state, "transaction");
});

test("a call that was sent again on a second connection ends that connection when its time is up there", async (context) => {
  const { peer, session } = await settingFor(context, {
    faults: [
      { on: "UIDL", connection: 1, omit: true },
      { on: "UIDL", connection: 2, stall: 0 },
    ],
  });
  const pop = await session({ timeouts: { probationMs: 200, commandMs: 60_000 } });
  const error = await errorOf(pop.list({ timeoutMs: 1_500 }));
  assert.deepEqual([error.code, error.sessionUsable], ["COMMAND_TIMEOUT", false]);
  assert.equal((await pop.closed).kind, "error");
  assert.equal(peer.connections.length, 2);
});

for (const end of ["rollback", "hangUp"] as const)
  test(`a session that ends by ${end} on the way to a second connection does not log in there`, async (context) => {
    const { setting, pop, listing } = await reconnecting(context);
    await pop[end]();
    assert.equal((await errorOf(listing)).code, "ABORTED");
    await setting.peer.untilClosed(2);
    assert.deepEqual(setting.peer.connections[1]?.commands, []);
  });
