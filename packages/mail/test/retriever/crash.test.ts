// The process is killed after each step of a run, or at an octet of the conversation; the next run puts it right.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import type { CollectingOrder } from "./collecting-process.ts";
import { maildirTexts, openStoreSetting, SIX, temporaryFolder, type SourceKeys } from "./fixture.ts";
import { sample } from "./sample.ts";

const program = fileURLToPath(new URL("./collecting-process.ts", import.meta.url));

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly steps: number | undefined;
}

function start(order: CollectingOrder): { readonly ended: Promise<Ended>; kill(): void } {
  const child = spawn(process.execPath, ["--conditions=restante-source", program, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  const ended = once(child, "close").then(([, signal]): Ended => ({
    signal: signal as NodeJS.Signals | null,
    steps: told === "" ? undefined : (JSON.parse(told) as { readonly steps: number }).steps,
  }));
  return { ended, kill: () => void child.kill("SIGKILL") };
}

/** Both destinations have each message once, and the server has nothing left. */
async function assertRight(
  peer: ScriptedPeer,
  folder: string,
  when: string,
  messages: readonly string[] = SIX,
): Promise<void> {
  const anna = await openStoreSetting(folder);
  try {
    assert.deepEqual([...(await anna.texts())].sort(), messages, `the store, ${when}`);
  } finally {
    await anna.close();
  }
  assert.deepEqual(maildirTexts(folder), messages, `the Maildir, ${when}`);
  assert.equal(peer.maildrop.messages.length, 0, when);
}

const keysFor = (folder: string): SourceKeys => ({
  server: { keep: "0" },
  deliver: [{ to: "store:anna" }, { to: `maildir:${join(folder, "Maildir")}` }],
});

async function stepsOf(context: TestContext): Promise<number> {
  const folder = temporaryFolder(context);
  await using peer = await scriptedPeer({ messages: SIX });
  const { steps } = await start({ folder, port: peer.port, keys: keysFor(folder), dieAfter: undefined }).ended;
  await assertRight(peer, folder, "undisturbed");
  return steps ?? 0;
}

requirement(
  "P3-C-092",
  "killed after any step, a run loses and doubles nothing, in a store and in a Maildir",
  async (context) => {
    const steps = await stepsOf(context);
    assert.ok(steps > 20, `only ${steps} steps`);
    const moments = sample(context, { what: "steps", of: steps, take: 5 });
    for (const dieAfter of moments) {
      const folder = temporaryFolder(context);
      await using peer = await scriptedPeer({ messages: SIX });
      const order = { folder, port: peer.port, keys: keysFor(folder) };
      assert.equal((await start({ ...order, dieAfter }).ended).signal, "SIGKILL", `step ${dieAfter}`);
      await start({ ...order, dieAfter: undefined }).ended;
      await assertRight(peer, folder, `killed after step ${dieAfter} of ${steps}`);
    }
  },
);

/** Above the smallest max_size there is. */
const LARGE = SIX.map((text) => text + "More of it.\r\n".repeat(100));

test("killed after any step, a run that brings whole messages for their headers loses and doubles nothing", async (context) => {
  const headersFirst = async (folder: string, port: number): Promise<SourceKeys> => {
    const keys = keysFor(folder);
    const fetch = { max_size: "1kB", oversize: "headers" };
    await start({ folder, port, keys: { ...keys, fetch }, dieAfter: undefined }).ended;
    assert.ok(maildirTexts(folder).every((text) => text.startsWith("X-Restante-Header-Only: ")));
    return keys;
  };
  const undisturbed = temporaryFolder(context);
  await using first = await scriptedPeer({ messages: LARGE });
  const keys = await headersFirst(undisturbed, first.port);
  const { steps = 0 } = await start({ folder: undisturbed, port: first.port, keys, dieAfter: undefined }).ended;
  await assertRight(first, undisturbed, "undisturbed", LARGE);
  for (const dieAfter of sample(context, { what: "steps", of: steps, take: 5 })) {
    const folder = temporaryFolder(context);
    await using peer = await scriptedPeer({ messages: LARGE });
    const order = { folder, port: peer.port, keys: await headersFirst(folder, peer.port) };
    assert.equal((await start({ ...order, dieAfter }).ended).signal, "SIGKILL", `step ${dieAfter}`);
    await start({ ...order, dieAfter: undefined }).ended;
    await assertRight(peer, folder, `killed after step ${dieAfter} of ${steps}`, LARGE);
  }
});

test("killed at any octet of the conversation, a run loses and doubles nothing, and frees its lease", async (context) => {
  const length = await lengthOfSession(context);
  for (const octets of sample(context, { what: "octets", of: length, take: 3 })) {
    const folder = temporaryFolder(context);
    await using peer = await scriptedPeer({
      messages: SIX,
      faults: [{ on: "connection", connection: 1, stall: octets }],
    });
    const order = { folder, port: peer.port, keys: keysFor(folder), dieAfter: undefined };
    const child = start(order);
    while (!peer.log.some(({ kind }) => kind === "stalled")) await new Promise(setImmediate);
    child.kill();
    assert.equal((await child.ended).signal, "SIGKILL");
    await start(order).ended;
    await assertRight(peer, folder, `killed at octet ${octets} of ${length}`);
  }
});

async function lengthOfSession(context: TestContext): Promise<number> {
  const folder = temporaryFolder(context);
  await using peer = await scriptedPeer({ messages: SIX });
  await start({ folder, port: peer.port, keys: keysFor(folder), dieAfter: undefined }).ended;
  return peer.connections[0]?.sentOctets ?? 0;
}
