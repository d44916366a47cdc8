// The SOCKS5 transport of docs/guide/client.md compiles and goes through a proxy.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { connect, Pop3Error, type Pop3Transport } from "@restante/pop/client";
import { scriptedPeer } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../../packages/pop/test/support/certificate.ts";
import { runCommand } from "../../scripts/house/command.ts";
import { guideProgram } from "./guide-program.ts";

const PROGRAM = { page: "client", test: "socks5", file: "socks5.ts" };

const { cert, key } = TEST_CERTIFICATE;

type Socks5 = (proxy: { readonly host: string; readonly port: number }) => Pop3Transport;

async function socks5Of(context: TestContext): Promise<Socks5> {
  const module: unknown = await import(pathToFileURL(join(guideProgram(context, PROGRAM), "socks5.ts")).href);
  return (module as { readonly socks5: Socks5 }).socks5;
}

interface Proxy {
  readonly port: number;
  /** `host:port` of each request. */
  readonly asked: string[];
}

/** Pieces of so many octets, each in a packet of its own. */
async function send(socket: Socket, octets: Buffer, piece: number): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0; at < octets.length; at += piece) {
    await new Promise((written) => void socket.write(octets.subarray(at, at + piece), written));
  }
}

/** The answer to a request leaves with the server's first octets in one packet, or `isDripping`: an octet a packet. */
async function proxyFor(
  context: TestContext,
  o: {
    readonly target: number;
    readonly status?: number;
    readonly method?: number;
    readonly hangsUp?: boolean;
    readonly isDripping?: boolean;
  },
): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near.on("error", () => near.destroy()));
    let said = Buffer.alloc(0);
    let isGreeted = false;
    const read = (chunk: Buffer): void => {
      said = Buffer.concat([said, chunk]);
      if (!isGreeted && said.length >= 3) {
        assert.deepEqual([...said.subarray(0, 3)], [5, 1, 0]);
        said = said.subarray(3);
        isGreeted = true;
        near.write(Uint8Array.of(5, o.method ?? 0));
      }
      const nameOctets = said[4];
      if (nameOctets === undefined || said.length < 7 + nameOctets) return;
      near.off("data", read);
      assert.deepEqual([...said.subarray(0, 4)], [5, 1, 0, 3]);
      asked.push(`${said.subarray(5, 5 + nameOctets).toString()}:${said.readUInt16BE(5 + nameOctets)}`);
      if (o.hangsUp === true) return void near.end(Uint8Array.of(5, 0));
      if (o.status !== undefined) return void near.end(Uint8Array.of(5, o.status, 0, 1, 0, 0, 0, 0, 0, 0));
      const far = connectTcp({ port: o.target, host: "127.0.0.1" });
      sockets.add(far.on("error", () => near.destroy()));
      far.once("data", (greeting: Buffer) => {
        const answer = Buffer.concat([Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 4, 56), greeting]);
        void send(near, answer, o.isDripping === true ? 1 : answer.length).then(() => far.pipe(near));
      });
      // TLS: the client speaks first.
      if (asked.at(-1)?.endsWith(":995") === true) {
        far.removeAllListeners("data");
        near.write(Uint8Array.of(5, 0, 0, 3, 4, 110, 97, 109, 101, 4, 56));
        far.pipe(near);
      }
      near.pipe(far);
    };
    near.on("data", read);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

test("the transport of the guide compiles", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const compilerOptions = { composite: false, declaration: false, noEmit: true, types: ["node"], lib: ["ES2023"] };
  const config = { extends: "../../tsconfig.base.json", compilerOptions, files: ["socks5.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runCommand("tsc", ["-p", folder]);
  assert.deepEqual([code, output], [0, ""]);
});

test("a session through SOCKS5 is like any other, over TLS and STLS, and the proxy resolves the name", async (context) => {
  const socks5 = await socks5Of(context);
  for (const implicit of [true, false]) {
    const peer = await scriptedPeer({ messages: ["Subject: one\r\n\r\n.dot\r\n"], tls: { cert, key, implicit } });
    context.after(() => peer.close());
    const proxy = await proxyFor(context, { target: peer.port, isDripping: implicit });
    await using pop = await connect({
      host: "pop.example",
      port: implicit ? 995 : 110,
      tls: implicit ? "implicit" : "stls-required",
      tlsOptions: { ca: cert, servername: "localhost" },
      auth: { user: "anna", password: "secret" },
      transport: socks5({ host: "127.0.0.1", port: proxy.port }),
    });
    assert.equal((await pop.retrieve(1).toBuffer()).toString("latin1"), "Subject: one\r\n\r\n.dot\r\n");
    assert.deepEqual(proxy.asked, [`pop.example:${implicit ? 995 : 110}`]);
    await pop.delete(1);
    assert.equal((await pop.commit()).status, "committed");
    assert.equal(peer.maildrop.messages.length, 0);
  }
});

test("a proxy that refuses, wants a login or hangs up ends in an error that says so, and so does giving up", async (context) => {
  const socks5 = await socks5Of(context);
  const tried = async (o: Partial<Parameters<typeof proxyFor>[1]>, more: { readonly signal?: AbortSignal } = {}) => {
    const proxy = await proxyFor(context, { target: 1, ...o });
    const transport = socks5({ host: "127.0.0.1", port: proxy.port });
    const error: unknown = await connect({ host: "pop.example", transport, ...more }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Pop3Error);
    return `${error.code} ${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  };
  assert.match(await tried({ status: 5 }), /does not reach pop\.example \(status 5\)/);
  assert.match(await tried({ method: 255 }), /wants a login/);
  assert.match(await tried({ hangsUp: true }), /the proxy hung up/);
  assert.match(await tried({}, { signal: AbortSignal.abort() }), /^ABORTED/);
});
