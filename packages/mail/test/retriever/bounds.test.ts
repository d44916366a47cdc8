// What a server, a clock or a listener may do to a run has an end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { Headers } from "../../src/retriever/run/headers.ts";
import { octetsAllowed } from "../../src/retriever/run/octets-allowed.ts";
import { openSetting, SIX } from "./fixture.ts";

const DAY_MS = 86_400_000;

test("headers are looked at as they come and not kept", async (context) => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const header = `Subject: wide\r\n${`X-Filler: ${"x".repeat(900)}\r\n`.repeat(400)}`;
  const messages = Array.from({ length: 150 }, (_, n) => `X-Number: ${n}\r\n${header}\r\nText\r\n`);
  const { peer } = await openSetting(context, { messages });
  const { host, port } = peer;
  await using maildrop = await connect({ host, port, tls: "none", auth: { user: "anna", password: "secret" } });
  const filters = (octets: Uint8Array) =>
    Buffer.from(octets).includes("X-Number: 149") ? ({ do: "skip", why: "the last" } as const) : undefined;
  const headers = new Headers({ maildrop, filters, mayRetrieve: true, onAsk: () => undefined });
  /** A thread of the engine gives the memory back some time after the collection: the least of a few looks counts. */
  const held = async (): Promise<number> => {
    let least = Infinity;
    for (let looks = 0; looks < 20; looks += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
      least = Math.min(least, process.memoryUsage().arrayBuffers);
    }
    return least;
  };
  const before = await held();
  const listed = messages.map((octets, place) => ({ n: place + 1, uniqueId: `${place}`, octets: octets.length }));
  await headers.ask(listed.map((message) => ({ ...message, isDuplicate: false })));
  await maildrop.noop();
  const kept = (await held()) - before;
  assert.equal(new Set(headers.hashes.values()).size, 150);
  assert.deepEqual([headers.verdictOn(150)?.why, headers.verdictOn(149)], ["the last", undefined]);
  assert.ok(kept < 10_000_000, `${kept} octets of ${150 * header.length} are still held`);
});

test("a message may be larger than LIST told, but not without end", () => {
  assert.equal(octetsAllowed(1_000, undefined), 2_000 + 16_777_216);
  assert.equal(octetsAllowed(1_000_000_000, undefined), 2_000_000_000 + 16_777_216);
  assert.equal(octetsAllowed(1_000, 5_000), 10_000);
  assert.equal(octetsAllowed(6_000, 5_000), 12_000 + 16_777_216, "fetched all the same: its size does not count");
});

test("a message that grows far beyond what LIST told is cut, tried three times, quarantined, and blocks nobody", async (context) => {
  const grown = { octets: `Subject: grown\r\n\r\n${"x".repeat(70)}\r\n`.padEnd(200_000, "y"), listedOctets: 500 };
  const setting = await openSetting(context, { messages: [grown, ...SIX], keys: { fetch: { max_size: "1kB" } } });
  const first = await setting.run();
  assert.deepEqual([first.arrived.messages, first.failed.length], [6, 1]);
  assert.match(first.failed[0]?.why ?? "", /more than 2000 octets/);
  await setting.run();
  const third = await setting.run();
  assert.deepEqual([third.failed[0]?.quarantined, third.exitCode], [true, 65]);
  assert.equal(setting.texts().length, 6);
});

requirement("P3-C-093", "messages that share unique-id, size and header are each collected, once", async (context) => {
  const messages = ["one", "two", "two", "six"].map((word) => ({
    octets: `Subject: same\r\n\r\n${word}\r\n`,
    uniqueId: "same",
  }));
  const setting = await openSetting(context, { messages });
  const first = await setting.run();
  assert.deepEqual([first.arrived.messages, first.alreadyHere, first.exitCode], [4, 0, 0]);
  assert.deepEqual(
    setting.texts().map((text) => text.slice(-5, -2)),
    ["one", "six", "two", "two"],
  );
  const retrieved = (): number => setting.peer.commands.filter((line) => line.startsWith("RETR")).length;
  assert.equal(retrieved(), 4);
  assert.equal((await setting.run()).arrived.messages, 0);
  assert.equal(retrieved(), 4, "nothing is fetched again");
});

test("a clock that jumped forgets nothing; once it is believed, old absences are forgotten", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(["Subject: seven\r\n\r\nseven\r\n"]);
  const { length } = setting.state.known("work");
  for (let run = 0; run < 11; run += 1) await setting.run();
  assert.equal(setting.state.known("work").length, length + 1);
  setting.aheadMs = 500 * DAY_MS;
  await setting.run();
  assert.equal(setting.state.known("work").length, length + 1);
  assert.equal(setting.state.audit({ limit: 100 }).length > 0, true);
  await setting.run({}, { allowed: new Map([["clock", Infinity]]) });
  await setting.run();
  assert.equal(setting.state.known("work").length, 1);
});

test("a command sees what programs need to run, and no other variable", async (context) => {
  const setting = await openSetting(context);
  const seen = join(setting.folder, "environment");
  const env = {
    ...process.env,
    HOME: "/home/anna",
    OTHER_PASSWORD: "sesame",
    RESTANTE_POP_PASSWORD: "sesame",
    A_TOKEN: "x",
  };
  await setting.run({ deliver: [{ to: `exec:env >${seen}` }] }, { env });
  const names = readFileSync(seen, "utf8")
    .split("\n")
    .map((line) => line.split("=", 1)[0]);
  assert.ok(names.includes("HOME") && names.includes("RESTANTE_SOURCE"), names.join(" "));
  for (const name of ["OTHER_PASSWORD", "RESTANTE_POP_PASSWORD", "A_TOKEN"]) assert.ok(!names.includes(name), name);
});
