// Who is let in, from where, and how many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { testServer } from "../support/test-server.ts";
import { Admission } from "../../src/server/admission.ts";
import { isLoopback, networkOf, plainAddress } from "../../src/server/channel.ts";
import { DEFAULT_LIMITS, departures, limitsOf } from "../../src/server/limits.ts";

void test("one connection too many is told so, before a greeting, and the place is free again later", async (context) => {
  const server = await testServer(context, { limits: { connectionsMax: 2 } });
  const first = await server.connect();
  await first.line();
  await (await server.connect()).line();
  const third = await server.connect();
  assert.equal(await third.rest(), "-ERR [SYS/TEMP] too many connections, try again later\r\n");
  third.end();
  assert.equal(server.server.sessions().length, 2);
  assert.deepEqual(
    server.ended.map(({ reason }) => reason),
    ["too-many-connections"],
  );
  await first.leave();
  await server.untilEnded(2);
  assert.equal(await (await server.connect()).line(), "+OK POP3 ready");
});

void test("on the TLS port one connection too many is closed before a handshake", async (context) => {
  const { key, cert } = TEST_CERTIFICATE;
  const { server, untilEnded, ended } = await testServer(context, {
    limits: { connectionsMax: 0 },
    tls: { key, cert },
  });
  const { port } = await server.listenTls({ host: "127.0.0.1", port: 0 });
  const client = await LineClient.connect({ port });
  assert.equal(await client.rest().catch(() => client.received), "");
  await client.leave();
  await untilEnded(1);
  assert.equal(ended[0]?.reason, "too-many-connections");
});

void test("an address has its share, and those who leave make room", () => {
  const admission = new Admission({ ...DEFAULT_LIMITS, connectionsMax: 5, connectionsPerAddressMax: 2 });
  const enter = (address: string): boolean => admission.enter(address);
  assert.deepEqual(["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"].map(enter), [true, true, false, true]);
  admission.leave("192.0.2.1");
  assert.deepEqual(["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2"].map(enter), [true, false, true, false]);
  // Five are in with the next; what was refused was not counted.
  assert.deepEqual(["2001:db8::1", "2001:db8::1"].map(enter), [true, false]);
});

void test("all addresses of an IPv6 /64 have one share together", () => {
  const admission = new Admission({ ...DEFAULT_LIMITS, connectionsPerAddressMax: 2 });
  const enter = (address: string): boolean => admission.enter(address);
  assert.deepEqual(["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(enter), [
    true,
    true,
    false,
    true,
  ]);
  admission.leave("2001:db8::2");
  assert.deepEqual(["2001:db8::a:b:c:d", "2001:db8::1"].map(enter), [true, false]);
});

void test("an IPv6 address is of the network of its first 64 bits, however it is shortened", () => {
  const networks: readonly (readonly [string, string])[] = [
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8::3:4:5:6:7", "2001:db8:0:3::/64"],
    ["fe80::1", "fe80:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["192.0.2.1", "192.0.2.1"],
  ];
  for (const [address, network] of networks) assert.equal(networkOf(address), network, address);
});

void test("loopback has no share of its own, but counts among all", () => {
  const admission = new Admission({ ...DEFAULT_LIMITS, connectionsMax: 3, connectionsPerAddressMax: 1 });
  const enter = (): boolean => admission.enter("127.0.0.1");
  assert.deepEqual([enter(), enter(), enter(), enter()], [true, true, true, false]);
});

void test("loopback is 127.0.0.0/8 and ::1, mapped or not, and nothing that looks like it", () => {
  for (const address of ["127.0.0.1", "127.255.3.4", "::1", "::ffff:127.0.0.1"])
    assert.ok(isLoopback(address), address);
  for (const address of [
    "",
    "128.0.0.1",
    "0.0.0.0",
    "::",
    "::ffff:192.0.2.1",
    "127.0.0.1.example",
    "1127.0.0.1",
    "::2",
  ]) {
    assert.ok(!isLoopback(address), address);
  }
  assert.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(plainAddress("2001:db8::ffff:1"), "2001:db8::ffff:1");
  assert.equal(plainAddress(undefined), "");
});

void test("a listener that is not on loopback does not make loopback peers trusted", async (context) => {
  const server = await testServer(context, { host: "0.0.0.0" });
  const client = await server.connect();
  await client.line();
  assert.match(await client.command("USER mrose"), /^-ERR start TLS first/);
});

void test("limits that no session could work with are refused, each by name", () => {
  const wrong: readonly (readonly [Parameters<typeof limitsOf>[0], RegExp])[] = [
    [{ commandOctetsMax: 254 }, /commandOctetsMax/],
    [{ authOctetsMax: 1_000 }, /authOctetsMax/],
    [{ idleMs: Number.NaN }, /idleMs/],
    [{ sessionMs: -1 }, /sessionMs/],
    [{ writeOctetsMax: 0 }, /writeOctetsMax/],
    [{ inFlightOctetsMax: 300_000 }, /inFlightOctetsMax/],
    [{ badCommandsMax: { authorization: 3, transaction: -1 } }, /badCommandsMax\.transaction/],
  ];
  for (const [limits, name] of wrong) assert.throws(() => limitsOf(limits), name);
  assert.deepEqual(limitsOf({}), DEFAULT_LIMITS);
  assert.deepEqual(departures(DEFAULT_LIMITS), []);
});

void test("a port that is taken is a rejection with the system's code", async (context) => {
  const { server, listening } = await testServer(context);
  await assert.rejects(server.listen({ host: "127.0.0.1", port: listening.port }), { code: "EADDRINUSE" });
});
