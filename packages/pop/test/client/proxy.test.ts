// Through an HTTP proxy, by CONNECT: the proxy gets a name and a port, and nothing but TLS behind them.
import assert from "node:assert/strict";
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { test, type TestContext } from "node:test";
import { connect } from "@restante/pop/client";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { errorOf, settingFor } from "./fixture.ts";

const { cert, key } = TEST_CERTIFICATE;

interface Proxy {
  readonly port: number;
  /** Heads of requests. */
  readonly asked: string[];
}

/** Answers every request with `answer`; with none it connects where it was asked to. */
async function proxyFor(
  context: TestContext,
  o: { answer?: string; tls?: boolean; target?: number } = {},
): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      asked.push(head);
      if (o.answer !== undefined) return void socket.end(o.answer);
      const port = o.target ?? Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]);
      const onward = connectTcp({ port, host: "127.0.0.1" }, () => {
        socket.write("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      sockets.add(onward);
    };
    socket.on("data", read);
  };
  const server: Server = o.tls === true ? createTlsServer({ cert, key }, serve) : createServer(serve);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

test("a session through a proxy is like any other, and the proxy resolves the name", async (context) => {
  const { peer, session } = await settingFor(context, { tls: { cert, key, implicit: true } });
  const proxy = await proxyFor(context, { target: peer.port });
  const pop = await session({
    host: "pop.example",
    port: 995,
    tls: "implicit",
    tlsOptions: { ca: cert, servername: "localhost" },
    proxy: `http://me:my%20secret@127.0.0.1:${proxy.port}`,
  });
  assert.equal((await pop.list()).entries.length, 3);
  const [head = ""] = proxy.asked;
  assert.match(head, /^CONNECT pop\.example:995 HTTP\/1\.1\r\nHost: pop\.example:995\r\n/);
  assert.match(head, new RegExp(`Proxy-Authorization: Basic ${Buffer.from("me:my secret").toString("base64")}\r\n`));
  assert.equal((await pop.commit()).status, "committed");
});

test("a tunnel is no loopback: a password does not go through it in cleartext", async (context) => {
  const { peer, options, session } = await settingFor(context);
  const proxy = await proxyFor(context);
  const through = { proxy: `http://127.0.0.1:${proxy.port}` };
  assert.equal((await errorOf(connect(options(through)))).code, "AUTH_CLEARTEXT_REFUSED");
  assert.equal(
    peer.connections.some(({ received }) => received.includes("AUTH")),
    false,
  );
  assert.equal((await session({ ...through, allowCleartextAuth: true })).state, "transaction");
});

test("a proxy that refuses, hangs up, talks nonsense or is not there is told as such", async (context) => {
  const attempt = async (answer: string): Promise<readonly unknown[]> => {
    const { port } = await proxyFor(context, { answer });
    const error = await errorOf(connect({ host: "h", proxy: `http://127.0.0.1:${port}` }));
    return [error.code, error.phase, error.retry, error.serverText];
  };
  assert.deepEqual(await attempt("HTTP/1.1 403 Forbidden\r\n\r\n"), ["PROXY", "connect", "later", "403 Forbidden"]);
  assert.deepEqual(await attempt("HTTP/1.1 407 Who are you\r\n\r\n"), [
    "PROXY",
    "connect",
    "after-user-action",
    "407 Who are you",
  ]);
  assert.deepEqual(await attempt(""), ["PROXY", "connect", "later", undefined]);
  assert.deepEqual(await attempt("+OK POP3\r\n\r\n"), ["PROXY", "connect", "later", "no HTTP answer"]);
  assert.deepEqual(await attempt("x".repeat(20_000)), ["PROXY", "connect", "later", "no HTTP answer"]);
  const gone = await errorOf(connect({ host: "h", proxy: "http://127.0.0.1:1" }));
  assert.deepEqual([gone.code, gone.message], ["PROXY", "h:995: the proxy does not lead there"]);
});

test("a proxy inside TLS is verified like a server", async (context) => {
  const proxy = await proxyFor(context, { tls: true });
  const error = await errorOf(connect({ host: "h", proxy: `https://127.0.0.1:${proxy.port}` }));
  assert.equal(error.code, "PROXY");
  assert.deepEqual(proxy.asked, []);
});

test("a proxy that does not answer is given up in time, and by a signal", async (context) => {
  const silent = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    context.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  context.after(() => silent.close());
  const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  assert.equal((await errorOf(connect({ host: "h", proxy, timeouts: { connectMs: 50 } }))).code, "CONNECT_TIMEOUT");
  assert.equal((await errorOf(connect({ host: "h", proxy, signal: AbortSignal.timeout(20) }))).code, "ABORTED");
  assert.equal((await errorOf(connect({ host: "h", proxy, signal: AbortSignal.abort() }))).code, "ABORTED");
});

test("a proxy's password with a bare % is refused before anything is said, and not told", async () => {
  const error = await errorOf(connect({ host: "h", proxy: "http://anna:50%off@127.0.0.1:1" }));
  assert.deepEqual([error.code, error.phase], ["CONFIG", "connect"]);
  assert.doesNotMatch(`${error.stack ?? ""}${String(error.cause)}`, /off/);
});
