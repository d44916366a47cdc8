// Handshakes are what costs a server most before a login: a neighbourhood of addresses has its share of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { testServer } from "../support/test-server.ts";
import { Handshakes } from "../../src/server/handshakes.ts";

void test("a neighbourhood begins three seconds' worth of handshakes at once, and then as many a second", () => {
  const handshakes = new Handshakes({ handshakesPerSecond: 2 });
  const begun = (count: number, now: number): number =>
    Array.from({ length: count }, (_, n) => handshakes.begin(`192.0.2.${n}`, now)).filter(Boolean).length;
  assert.equal(begun(20, 0), 6);
  assert.equal(begun(20, 999), 1);
  // Four in two seconds, of which one was there already: what was nearly one then is not lost.
  assert.equal(begun(20, 2_000), 3);
  assert.equal(begun(20, 60_000), 6);
});

void test("an IPv4 /24 and an IPv6 /64 are one neighbourhood, the next ones others", () => {
  const handshakes = new Handshakes({ handshakesPerSecond: 1 });
  const begins = (address: string): boolean => handshakes.begin(address, 0);
  for (const [one, same, other] of [
    ["192.0.2.1", "192.0.2.254", "192.0.3.1"],
    ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"],
  ] as const) {
    assert.deepEqual([one, same, one, same, other].map(begins), [true, true, true, false, true]);
  }
});

void test("who has been quiet long enough is forgotten, and nobody before", () => {
  const handshakes = new Handshakes({ handshakesPerSecond: 2 });
  for (let n = 0; n < 6; n += 1) handshakes.begin("192.0.2.1", 0);
  handshakes.begin("198.51.100.1", 0);
  handshakes.sweep(1_000);
  assert.equal(handshakes.size, 1);
  assert.equal([0, 0, 0].filter(() => handshakes.begin("192.0.2.2", 1_000)).length, 2);
  handshakes.sweep(10_000);
  assert.equal(handshakes.size, 0);
});

void test("one handshake too many is closed before it begins, on the TLS port and after STLS", async (context) => {
  // On a listener that is not on loopback, whose peers are not exempt.
  const { server, connect, ended, untilEnded } = await testServer(context, {
    host: "0.0.0.0",
    tls: TEST_CERTIFICATE,
    limits: { handshakesPerSecond: 1 },
  });
  const { port } = await server.listenTls({ host: "0.0.0.0", port: 0 });
  for (let n = 0; n < 3; n += 1) {
    const client = await LineClient.connect({ port });
    await client.startTls();
    assert.equal(await client.line(), "+OK POP3 ready");
    await client.leave();
  }
  const implicit = await LineClient.connect({ port });
  assert.equal(await implicit.rest().catch(() => implicit.received), "");
  await implicit.leave();
  const client = await connect();
  await client.line();
  assert.match(await client.command("STLS"), /^\+OK /);
  assert.equal(await client.rest().catch(() => ""), "");
  await client.leave();
  await untilEnded(5);
  assert.deepEqual(
    ended.map(({ reason }) => reason).filter((reason) => reason === "too-many-handshakes"),
    ["too-many-handshakes", "too-many-handshakes"],
  );
});
