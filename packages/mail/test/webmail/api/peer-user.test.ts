// Who is at the other end of a connection, as the system says, and what a session is worth to anybody else.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SILENT } from "../../../src/observe/index.ts";
import type { ReaderApi } from "../../../src/webmail/api/app.ts";
import { FILES } from "../../../src/office/data-files.ts";
import { openDoor } from "../../../src/webmail/api/web/door.ts";
import { type Peer, peerUser } from "../../../src/webmail/api/web/peer-user.ts";
import { StartTokens } from "../../../src/webmail/api/web/start-token.ts";
import { openWebKey, WebKey } from "../../../src/webmail/api/web/web-key.ts";
import { temporaryDirectory, type Undoing } from "../../temporary-directory.ts";
import { openReaderOffice } from "./reader-office.ts";

const ON_LINUX = { skip: process.platform === "linux" ? false : "only Linux tells whose a connection is" };
const OWN = process.getuid?.() ?? -1;
const OTHER = 1;
/** Connects and stays until its input ends. */
const CONNECTS = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); sys.stdin.read()";
/** Only root can be somebody else. */
const canBeOther = spawnSync("python3", ["-c", "0"], { uid: OTHER, cwd: "/" }).status === 0;

const hasSix = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const FOUR = [["127.0.0.1", "127.0.0.1"]] as const;
const SIX = [
  ["127.0.0.1", "::ffff:127.0.0.1"],
  ["::1", "::1"],
  ["::", "127.0.0.1"],
  ["::", "::1"],
] as const;

async function listening(t: Undoing, host: string): Promise<{ readonly server: Server; readonly port: number }> {
  // Nothing is read, so that nobody hears of an end that has gone.
  const server = createServer({ pauseOnConnect: true });
  await once(server.listen(0, host), "listening");
  t.after(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function accepted(t: Undoing, server: Server): Promise<Socket> {
  const [socket] = (await once(server, "connection")) as [Socket];
  t.after(() => void socket.destroy());
  return socket;
}

for (const [bound, host] of hasSix ? [...FOUR, ...SIX] : FOUR)
  test(`who connects to ${bound} by ${host} is known`, ON_LINUX, async (t) => {
    const { server, port } = await listening(t, bound);
    const client = connect(port, host);
    t.after(() => void client.destroy());
    assert.equal(await peerUser(await accepted(t, server)), OWN);
    if (!canBeOther) return;
    const child = spawn("python3", ["-c", CONNECTS, host, String(port)], { uid: OTHER, cwd: "/" });
    t.after(() => void child.kill());
    assert.equal(await peerUser(await accepted(t, server)), OTHER);
  });

test("who has gone is not taken for who comes by the same port behind them", ON_LINUX, async (t) => {
  const { server, port } = await listening(t, "127.0.0.1");
  // Its ports are nobody else's.
  const from = { port, host: "127.0.0.1", localAddress: "127.0.0.49" };
  const first = connect(from);
  const gone = await accepted(t, server);
  const { localPort } = first;
  assert.ok(localPort);
  first.resetAndDestroy();
  await once(first, "close");
  const second = connect({ ...from, localPort });
  t.after(() => void second.destroy());
  const next = await accepted(t, server);
  assert.equal(await peerUser(gone), undefined);
  assert.equal(await peerUser(next), OWN);
  assert.equal(next.remotePort, localPort);
});

test("who goes while the tables are read is nobody, whoever stands between the same ends then", ON_LINUX, async (t) => {
  const { server, port } = await listening(t, "127.0.0.1");
  const client = connect(port, "127.0.0.1");
  t.after(() => void client.destroy());
  const { localAddress = "", localPort = 0, remoteAddress, remotePort } = await accepted(t, server);
  let isThere = true;
  const peer = {
    localAddress,
    localPort,
    get remoteAddress() {
      return isThere ? remoteAddress : undefined;
    },
    get remotePort() {
      return isThere ? remotePort : undefined;
    },
  };
  const asked = peerUser(peer as Peer);
  isThere = false;
  assert.equal(await asked, undefined);
  isThere = true;
  assert.equal(await peerUser(peer as Peer), undefined, "nor later");
  assert.equal(await peerUser({ ...peer } as Peer), OWN);
});

test("of somebody who is elsewhere nobody says who it was", async () => {
  const elsewhere = { remoteAddress: "192.0.2.1", remotePort: 5, localAddress: "192.0.2.2", localPort: 80 };
  assert.equal(await peerUser(elsewhere), undefined);
});

test("a session says for whom it is good, and nobody changes that", () => {
  const key = new WebKey(new Uint8Array(32));
  const own = key.newSession(1_000);
  assert.deepEqual(key.sessionOf(own), { user: 1_000 });
  assert.deepEqual(key.sessionOf(key.newSession(0)), { user: 0 });
  assert.deepEqual(key.sessionOf(key.newSession(undefined)), { user: undefined });
  for (const changed of [".1001.", ".-.", "."]) assert.equal(key.sessionOf(own.replace(".1000.", changed)), undefined);
});

test("a cookie that another user has got hold of opens nothing", ON_LINUX, async (t) => {
  const dataDir = temporaryDirectory(t);
  const office = await openReaderOffice({ dataDir });
  t.after(() => office.stop());
  const key = openWebKey(join(dataDir, FILES.webKey));
  const statusWith = async (cookie: string): Promise<number> =>
    (await office.raw({ path: "/api/session", headers: { cookie, "sec-fetch-site": "same-origin" } })).status;
  const sessionOf = (user: number | undefined): string =>
    key.cookieFor(key.newSession(user), { isHttps: false }).split(";", 1)[0] ?? "";
  assert.deepEqual(key.sessionOf(office.cookie.split("=", 2)[1] ?? ""), { user: OWN }, "whoever is let in is known");
  assert.equal(await statusWith(office.cookie), 200);
  assert.equal(await statusWith(sessionOf(OWN)), 200);
  assert.equal(await statusWith(sessionOf(undefined)), 200);
  assert.equal(await statusWith(sessionOf(OWN + 1)), 401);
  if (!canBeOther) return;
  const asks = [
    "-q",
    "-s",
    "--noproxy",
    "*",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    "-b",
    office.cookie,
    `${office.origin}/api/session`,
  ];
  assert.equal(await said("curl", asks, OTHER), "401");
  assert.equal(await said("curl", asks, OWN), "200");
});

test(
  "what is asked over a new connection is not passed by what comes behind it over a known one",
  ON_LINUX,
  async (t) => {
    const folder = temporaryDirectory(t);
    const { server, port } = await listening(t, "127.0.0.1");
    const client = connect(port, "127.0.0.1");
    t.after(() => void client.destroy());
    const peer = await accepted(t, server);
    const key = openWebKey(join(folder, FILES.webKey));
    const arrived: string[] = [];
    const fetch = ({ url }: Request): Response => {
      arrived.push(new URL(url).pathname);
      return new Response();
    };
    const api = { app: { fetch } } as unknown as ReaderApi;
    const door = openDoor({ api, key, tokens: new StartTokens(), hosts: [], uiFolder: folder, log: SILENT });
    const ask = (path: string, user: number | undefined) => {
      const [cookie = ""] = key.cookieFor(key.newSession(user), { isHttps: false }).split(";", 1);
      return door.request(`http://127.0.0.1${path}`, { headers: { host: "127.0.0.1", cookie } }, { peer });
    };
    await Promise.all([ask("/api/first", OWN), ask("/api/second", undefined)]);
    assert.deepEqual(arrived, ["/api/first", "/api/second"]);
  },
);

async function said(program: string, args: readonly string[], uid: number): Promise<string> {
  const child = spawn(program, args, { uid, cwd: "/" });
  const [out] = await Promise.all([child.stdout.setEncoding("utf8").toArray(), once(child, "close")]);
  return out.join("");
}
