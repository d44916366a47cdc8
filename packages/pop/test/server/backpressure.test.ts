// Peers that read slowly, or not at all: bounded memory for them, every octet for those who go on.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import type { MaildropStore } from "@restante/pop/maildrop";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { heldOctets } from "../support/garbage.ts";
import { LineClient } from "../support/line-client.ts";
import { CHUNK, madeUpStore, untilStill } from "../support/made-up-store.ts";
import { messageOf, testServer } from "../support/test-server.ts";

const inFlightOctetsMax = 1_048_576;

for (const encrypted of [false, true]) {
  requirement(
    "P3-S-119",
    `a client ${encrypted ? "inside TLS " : ""}that stops in the middle of 50 MB costs little, goes on and gets every octet`,
    async (context) => {
      const octets = 50 * 1_048_576;
      const before = heldOctets();
      const { client, made } = await stoppedReader(context, octets, encrypted);
      const stopped = await untilStill(made);
      assert.ok(stopped < octets / 2, `${stopped} octets were read from the store for a client that does not read`);
      // The kernel holds most of that; in this process, client included, there is little more than the limit.
      const held = heldOctets() - before;
      assert.ok(held < inFlightOctetsMax + 2 * CHUNK, `${held} octets are held`);
      const hash = createHash("sha256");
      let received = 0;
      await new Promise<void>((resolve, reject) => {
        client.socket.on("close", () => reject(new Error("closed")));
        client.socket.on("data", (chunk: Buffer) => {
          received += chunk.length;
          hash.update(chunk);
          if (received >= octets + 3) resolve();
        });
        client.socket.resume();
      });
      assert.equal(received, octets + 3);
      const expected = createHash("sha256");
      const line = Buffer.from(`${"z".repeat(62)}\r\n`.repeat(1_024));
      for (let at = 0; at < octets; at += line.length) expected.update(line);
      assert.equal(hash.digest("hex"), expected.update(".\r\n").digest("hex"));
    },
  );
}

/** Logged in, has asked for message 1, read its first reply line and nothing more. */
async function stoppedReader(
  context: TestContext,
  octets: number,
  encrypted: boolean,
): Promise<{ client: LineClient; made: { readonly octets: number } }> {
  const store = madeUpStore({ octets });
  const tls = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert };
  const server = await testServer(context, { around: () => store, tls });
  const { port } = await server.server.listenTls({ host: "127.0.0.1", port: 0 });
  const client = encrypted ? await LineClient.connectTls({ port }) : await server.connect();
  context.after(() => client.socket.destroy());
  await client.login("mrose");
  client.socket.removeAllListeners("data");
  client.send("RETR 1\r\n");
  const reply = `+OK ${octets} octets\r\n`;
  const first = await new Promise<Buffer>((resolve) => {
    client.socket.once("data", (chunk: Buffer) => {
      client.socket.pause();
      resolve(chunk);
    });
  });
  assert.equal(first.subarray(0, reply.length).toString(), reply);
  client.socket.unshift(first.subarray(reply.length));
  return { client, made: store.made };
}

void test("a larger write that is allowed later does not undo the limit of a session that runs", async (context) => {
  const store = madeUpStore({ octets: 50 * 1_048_576 });
  const server = await testServer(context, { around: () => store });
  const client = await server.login("mrose");
  server.server.setLimits({ writeOctetsMax: 4 * CHUNK, inFlightOctetsMax: 8 * CHUNK });
  client.socket.removeAllListeners("data");
  client.socket.pause();
  client.send("RETR 1\r\n");
  const stopped = await untilStill(store.made);
  assert.ok(stopped < 25 * 1_048_576, `${stopped} octets were read from the store for a client that does not read`);
});

requirement(
  "P3-S-154",
  "ten thousand RETRs from a client that does not read are bounded, and then all answered",
  async (context) => {
    const octets = 10_240;
    const store = madeUpStore({ octets });
    const server = await testServer(context, { around: () => store });
    const client = await server.login("mrose");
    client.socket.removeAllListeners("data");
    client.socket.pause();
    client.send("RETR 1\r\n".repeat(10_000));
    const stopped = await untilStill(store.made);
    assert.ok(stopped < 5_000 * octets, `${stopped} octets were made`);
    const reply = `+OK ${octets} octets\r\n`.length + octets + 3;
    let received = 0;
    await new Promise<void>((resolve) => {
      client.socket.on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received >= 10_000 * reply) resolve();
      });
      client.socket.resume();
    });
    assert.equal(received, 10_000 * reply);
  },
);

void test("a flood of small commands does not keep another session waiting", async (context) => {
  const server = await testServer(context, { maildrops: { flood: [messageOf(120)], mrose: [messageOf(120)] } });
  const flood = await server.login("flood");
  const other = await server.login("mrose");
  flood.send("LIST 1\r\n".repeat(100_000));
  let replies = 0;
  flood.socket.removeAllListeners("data");
  flood.socket.on("data", (chunk: Buffer) => (replies += chunk.toString("latin1").split("\r\n").length - 1));
  await new Promise<void>((resolve) => flood.socket.once("data", () => resolve()));
  assert.equal(await other.command("NOOP"), "+OK still here");
  assert.ok(replies < 100_000, "the flood was answered first");
  while (replies < 100_000) {
    assert.ok(!flood.socket.destroyed, `closed after ${replies} replies`);
    await nextTurn();
  }
  assert.equal(replies, 100_000);
});

requirement(
  "P3-S-022",
  "a peer that takes nothing for two minutes is closed; one that goes on taking is not",
  async (context) => {
    const clock = new FakeClock();
    // More than the peer takes in that time and the system holds between the two.
    const store = madeUpStore({ octets: 256 * 1_048_576 });
    const server = await testServer(context, { around: () => store, clock });
    const slow = await server.login("slow");
    slow.socket.removeAllListeners("data");
    slow.socket.pause();
    slow.send("RETR 1\r\n");
    const pass = (seconds: number): void => {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000);
        server.server.sweep();
      }
    };
    await untilStill(store.made);
    // Twenty minutes, in which the peer takes eight megabytes now and then: longer than any idle time.
    for (let minutes = 0; minutes < 20; minutes += 2) {
      pass(110);
      const goal = slow.socket.bytesRead + 6_000_000;
      while (slow.socket.bytesRead < goal) {
        slow.socket.read();
        assert.ok(!slow.socket.destroyed, `closed after ${minutes} minutes`);
        await nextTurn();
      }
      await untilStill(store.made);
      pass(10);
      assert.equal(server.ended.length, 0, `closed after ${minutes} minutes`);
    }
    for (let turn = 0; turn < 5_000 && server.ended.length === 0; turn += 1) {
      pass(1);
      await nextTurn();
    }
    assert.equal(server.ended[0]?.reason, "stalled");
  },
);

test("what a client sends while the store is slow to read waits in its own socket", async (context) => {
  const store = madeUpStore({ octets: 1_000_000 });
  const never = new Promise<undefined>(() => undefined);
  const slow: MaildropStore = {
    ...store,
    async open(...args) {
      return { ...(await store.open(...args)), read: () => ({ next: () => never, close() {} }) };
    },
  };
  const server = await testServer(context, { around: () => slow });
  const client = await server.login("mrose");
  const block = Buffer.from("NOOP\r\n".repeat(200_000));
  const before = heldOctets();
  client.send("RETR 1\r\n");
  for (let count = 0; count < 32; count += 1) client.send(block);
  for (let turns = 0, left = -1; turns < 200; turns += 1) {
    turns = client.socket.writableLength === left ? turns : 0;
    left = client.socket.writableLength;
    await nextTurn();
  }
  const held = heldOctets() - before;
  assert.ok(held < inFlightOctetsMax, `${held} octets are held`);
  assert.ok(client.socket.writableLength > 16 * block.length, "most of it was not read");
});
