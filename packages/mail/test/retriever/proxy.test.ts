// A proxy that leads nowhere: what is said is about the proxy, and not about the server behind it.
import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { openSetting } from "./fixture.ts";

/** Answers every request with this and hangs up. */
async function proxyAnswering(context: TestContext, answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end(answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const PROXY = /^look at proxy in the configuration, /;
const LOGIN = /^the proxy wants a name and a password: write proxy = "http:\/\/NAME:PASSWORD@host:port"/;
const REFUSES = /^the proxy does not connect to this host and port: ask whoever runs it, /;

const CASES: readonly (readonly [string, (context: TestContext) => Promise<string>, RegExp])[] = [
  ["refuses the connection", async () => `http://127.0.0.1:${await closedPort()}`, PROXY],
  ["has a name nobody knows", async () => "http://proxy.invalid:3128", PROXY],
  ["is no HTTP server", (context) => proxyAnswering(context, "+OK POP3 ready\r\n\r\n"), PROXY],
  ["hangs up", (context) => proxyAnswering(context, ""), PROXY],
  // RFC 9110 §15.5.8, §15.5.4, §15.6.3.
  ["wants a login", (context) => proxyAnswering(context, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), LOGIN],
  ["forbids it", (context) => proxyAnswering(context, "HTTP/1.1 403 Forbidden\r\n\r\n"), REFUSES],
  ["cannot reach it", (context) => proxyAnswering(context, "HTTP/1.1 502 Bad Gateway\r\n\r\n"), REFUSES],
];

for (const [what, proxyOf, advice] of CASES)
  test(`of a proxy that ${what} the proxy is what to look at`, async (context) => {
    const setting = await openSetting(context);
    const proxy = await proxyOf(context);
    const keys = { host: "pop.example.org", allow_cleartext: true, proxy };
    const { error, exitCode, advice: told } = await setting.run(keys);
    assert.deepEqual([error?.code, exitCode], ["PROXY", 69]);
    assert.match(error?.message ?? "", /proxy/);
    assert.deepEqual(told.length, 1);
    assert.match(told[0]?.text ?? "", advice);
  });
