// Remote images: what may be connected to, and what comes of it. Servers here are on loopback, so the policy is another.
import assert from "node:assert/strict";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { ApiError } from "../../../src/webmail/api/api-error.ts";
import { Capabilities } from "../../../src/webmail/api/images/capability.ts";
import { fetchImage, INTERNET, type ImageNetwork } from "../../../src/webmail/api/images/fetch-image.ts";
import { askNameServers } from "../../../src/webmail/api/images/name-servers.ts";
import { isPublicAddress } from "../../../src/webmail/api/images/public-address.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import { Turnstile } from "../../../src/webmail/api/turnstile.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { nameServer } from "./name-server.ts";
import { rawServer, SWITCHING } from "./raw-server.ts";

const png = (width: string, height: string): Buffer =>
  Buffer.from(`89504e470d0a1a0a0000000d49484452${width}${height}0806000000`, "hex");
const PNG = png("00000001", "00000001");
const signal = new AbortController().signal;

async function canary(context: TestContext, answer: RequestListener): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(JSON.stringify([request.url, Object.keys(request.headers).toSorted()]));
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, requests };
}

const loopback = (port: number): ImageNetwork => ({
  mayConnect: (address) => address === "127.0.0.1",
  mayUsePort: (used) => used === port,
  addressesOf: (host) => Promise.resolve(host === "two.example" ? ["127.0.0.1", "10.0.0.1"] : ["127.0.0.1"]),
});

const refused = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ApiError);
  assert.match(error.message, pattern);
  return true;
};

test("addresses of this machine, this network and special purposes are not public", () => {
  for (const address of [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "2001::1",
    "2620:4f:8000::1",
    "localhost",
    "",
  ])
    assert.equal(isPublicAddress(address), false, address);
  for (const address of ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"]) assert.equal(isPublicAddress(address), true);
});

test("what lies in a network of this machine is not public, though its addresses are handed out like any other", () => {
  const interfaces = {
    lo: [{ cidr: "127.0.0.1/8" }, { cidr: "::1/128" }],
    eth0: [{ cidr: "8.8.4.9/22" }, { cidr: "2606:4700:10:1200:a:b:c:d/64" }, { cidr: "fe80::1/64" }],
    eth1: [{ cidr: "2606:4700:20:1200::7/128" }, { cidr: "2606:4700:30:1200::7/48" }],
    ppp0: [{ cidr: "9.9.9.9/32" }, { cidr: null }],
    none: undefined,
  };
  for (const address of [
    "8.8.4.9",
    "8.8.7.255",
    "9.9.9.9",
    "2606:4700:10:1200:a:b:c:d",
    "2606:4700:10:1200::1",
    "2606:4700:10:12ff::1",
    "2606:4700:20:1200::8",
    "2606:4700:30:ffff::1",
  ])
    assert.equal(isPublicAddress(address, interfaces), false, address);
  for (const address of [
    "8.8.8.8",
    "9.9.9.10",
    "2606:4700:10:1100::1",
    "2606:4700:20:1300::7",
    "2606:4700:31:1200::7",
    "2606:4700:4700::1111",
  ])
    assert.equal(isPublicAddress(address, interfaces), true, address);
});

test("however an address of this machine is written, nothing is sent to it", async (context) => {
  const { port, requests } = await canary(context, (_, response) => response.end(PNG));
  const network = { ...INTERNET, mayUsePort: () => true };
  for (const host of [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
  ])
    await assert.rejects(fetchImage(`http://${host}:${port}/`, { signal, network }), ApiError, host);
  assert.deepEqual(requests, []);
});

test("only http and https, only their ports, no names and passwords", async () => {
  for (const url of [
    "ftp://a.example/",
    "file:///etc/passwd",
    "http://a.example:22/",
    "http://u:p@a.example/",
    "nonsense",
  ])
    await assert.rejects(fetchImage(url, { signal }), ApiError, url);
});

test("a picture is got without cookies, referrer or the name of a program", async (context) => {
  const { port, requests } = await canary(context, (_, response) => response.end(PNG));
  const image = await fetchImage(`http://a.example:${port}/p.png?x=1`, { signal, network: loopback(port) });
  assert.equal(image.type, "image/png");
  assert.deepEqual(requests, ['["/p.png?x=1",["accept","accept-encoding","connection","host","user-agent"]]']);
});

test("a name with one address that is not public is not connected to", async (context) => {
  const { port, requests } = await canary(context, (_, response) => response.end(PNG));
  const network = loopback(port);
  await assert.rejects(fetchImage(`http://two.example:${port}/`, { signal, network }), refused(/public Internet/));
  assert.deepEqual(requests, []);
});

test("of several addresses that were checked the next is tried when one does not answer", async (context) => {
  const { port } = await canary(context, (_, response) => response.end(PNG));
  const network: ImageNetwork = {
    mayConnect: () => true,
    mayUsePort: () => true,
    addressesOf: () => Promise.resolve(["127.0.0.1", "::1"]),
  };
  assert.equal((await fetchImage(`http://a.example:${port}/`, { signal, network })).type, "image/png");
});

test("a host has the addresses its name servers tell, of either kind or both", async (context) => {
  const six = Buffer.from("26064700470000000000000000001111", "hex");
  const four = Buffer.from([1, 1, 1, 1]);
  for (const [told, expected] of [
    [{ A: [four], AAAA: [six] }, ["2606:4700:4700::1111", "1.1.1.1"]],
    [{ A: [four], AAAA: [] }, ["1.1.1.1"]],
    [{ A: [], AAAA: [six] }, ["2606:4700:4700::1111"]],
  ] as const) {
    const { address } = await nameServer(context, (kind) => told[kind]);
    assert.deepEqual(await askNameServers("a.example", { signal, servers: [address] }), expected);
  }
  const { address } = await nameServer(context, () => []);
  await assert.rejects(askNameServers("a.example", { signal, servers: [address] }), { code: "ENODATA" });
});

test("a name without a domain is asked about nowhere", async (context) => {
  const asked: string[] = [];
  const { address } = await nameServer(context, (kind) => void asked.push(kind));
  for (const host of ["localhost", "router", "router.", ""])
    await assert.rejects(askNameServers(host, { signal, servers: [address] }), /without a domain/, host);
  assert.deepEqual(asked, []);
});

test(
  "hosts nobody answers for hold up no other lookup, and are over at the signal",
  { timeout: 5_000 },
  async (context) => {
    const silent = await nameServer(context, () => undefined);
    const person = new AbortController();
    const asking = Array.from({ length: 50 }, (_, host) =>
      askNameServers(`${host}.example`, { signal: person.signal, servers: [silent.address] }),
    );
    const ended = Promise.allSettled(asking);
    await silent.heard(100);
    await lookup("localhost");
    person.abort();
    assert.deepEqual(new Set((await ended).map(({ status }) => status)), new Set(["rejected"]));
  },
);

test("each redirect is checked anew, and the fourth is one too many", async (context) => {
  const { port, requests } = await canary(context, (request, response) => {
    const to = request.url === "/inside" ? "http://10.0.0.1/" : `/again${request.url}`;
    response.writeHead(302, { location: to }).end();
  });
  const network = loopback(port);
  await assert.rejects(
    fetchImage(`http://a.example:${port}/inside`, { signal, network }),
    refused(/none that pictures|public/),
  );
  assert.equal(requests.length, 1);
  await assert.rejects(fetchImage(`http://a.example:${port}/x`, { signal, network }), refused(/too often/));
  assert.equal(requests.length, 5);
});

test("what is no raster picture, and what is too large, is not passed on", async (context) => {
  const { port } = await canary(context, (request, response) => {
    response.setHeader("content-type", "image/png");
    if (request.url === "/svg") response.end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    else response.end(Buffer.concat([PNG, Buffer.alloc(11 * 1_048_576)]));
  });
  const network = loopback(port);
  await assert.rejects(fetchImage(`http://a.example:${port}/svg`, { signal, network }), refused(/no picture/));
  await assert.rejects(fetchImage(`http://a.example:${port}/big`, { signal, network }), refused(/too large/));
});

test("a picture of more than 40 megapixels by its own word stays away, one of 40 comes", async (context) => {
  const { port } = await canary(context, (request, response) => {
    const sizes: Readonly<Record<string, Buffer>> = {
      "/allowed": png("00001f40", "00001388"),
      "/larger": png("00001f40", "00001389"),
      "/bomb": png("ffffffff", "ffffffff"),
      "/silent": PNG.subarray(0, 18),
    };
    response.end(sizes[request.url ?? ""]);
  });
  const network = loopback(port);
  assert.equal((await fetchImage(`http://a.example:${port}/allowed`, { signal, network })).type, "image/png");
  for (const path of ["/larger", "/bomb", "/silent"])
    await assert.rejects(fetchImage(`http://a.example:${port}${path}`, { signal, network }), refused(/pixels/), path);
});

/** What a server does instead of answering, and when nobody waits any longer. */
const UNANSWERED: readonly (readonly [what: string, does: (socket: Socket, giveUp: () => void) => unknown])[] = [
  ["switches to another protocol", (socket) => socket.write(SWITCHING)],
  ["closes", (socket) => socket.end()],
  ["closes after it said to go on", (socket) => socket.end("HTTP/1.1 100 Continue\r\n\r\n")],
  ["says nothing", (_, giveUp) => giveUp()],
  ["says nothing but to go on", (socket, giveUp) => socket.write("HTTP/1.1 100 Continue\r\n\r\n", giveUp)],
];

for (const [what, does] of UNANSWERED)
  test(
    `a server that ${what} instead of answering is over, and its place is free`,
    { timeout: 5_000 },
    async (context) => {
      const { port } = await canary(context, (_, response) => response.end(PNG));
      const person = new AbortController();
      const bad = await rawServer(context, (socket) => does(socket, () => person.abort()));
      const turnstile = new Turnstile({ room: 1, waiting: 10 });
      const load = (from: number, until: AbortSignal) =>
        turnstile.pass(() => fetchImage(`http://a.example:${from}/`, { signal: until, network: loopback(from) }), {
          takes: 1,
        });
      const next = assert.rejects(load(bad, person.signal), refused(/does not answer/));
      assert.equal((await load(port, signal)).type, "image/png");
      await next;
    },
  );

test(
  "a server that never answers is over after ten seconds, whatever memory is collected meanwhile",
  { timeout: 5_000 },
  async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const port = await rawServer(context, () => {
      collectGarbage();
      context.mock.timers.tick(LIMITS.imageMs);
    });
    await assert.rejects(
      fetchImage(`http://a.example:${port}/`, { signal, network: loopback(port) }),
      refused(/does not answer/),
    );
  },
);

test("a capability is good for its body alone, and for some hours", () => {
  const capabilities = new Capabilities();
  const place = { account: "1", messageId: 7, part: "1.2" };
  const granted = capabilities.grant(place, 0);
  assert.deepEqual(capabilities.check(granted, 1_000), place);
  assert.equal(capabilities.check(granted.replace("1_7_", "2_7_"), 1_000), undefined);
  assert.equal(capabilities.check(granted, 13 * 3_600_000), undefined);
  assert.equal(new Capabilities().check(granted, 1_000), undefined);
});
