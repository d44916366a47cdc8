// Who is at the other end of a connection, as the system says, and what a session is worth to anybody else.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, connect, type Socket, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { peerUser } from "../../../src/webmail/api/web/peer-user.ts";
import { openWebKey, WebKey } from "../../../src/webmail/api/web/web-key.ts";
import { FILES } from "../../../src/office/data-files.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import { openReaderOffice } from "./reader-office.ts";

const OWN = process.getuid?.() ?? -1;
const NOBODY = 65_534;
/** Only root can be somebody else. */
const canBeNobody = spawnSync("/bin/true", { uid: NOBODY }).status === 0;

/** Connects and stays until its input ends. */
const CONNECTS = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); sys.stdin.read()";

const hasSix = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const FOUR = [["127.0.0.1", "127.0.0.1"]] as const;
const SIX = [
  ["127.0.0.1", "::ffff:127.0.0.1"],
  ["::1", "::1"],
  ["::", "127.0.0.1"],
  ["::", "::1"],
] as const;

for (const [bound, host] of hasSix ? [...FOUR, ...SIX] : FOUR)
  test(`who connects to ${bound} by ${host} is known`, async () => {
    const server = createServer();
    await once(server.listen(0, bound), "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const client = connect(port, host);
      const [own] = (await once(server, "connection")) as [Socket];
      assert.equal(await peerUser(own), OWN);
      client.destroy();
      if (!canBeNobody) return;
      const nobody = spawn("python3", ["-c", CONNECTS, host, String(port)], { uid: NOBODY, cwd: "/" });
      const [other] = (await once(server, "connection")) as [Socket];
      assert.equal(await peerUser(other), NOBODY);
      nobody.stdin.end();
      await once(nobody, "close");
    } finally {
      server.close();
    }
  });

test("of somebody who has gone, or is elsewhere, nobody says who it was", async () => {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const client = connect(port, "127.0.0.1");
  const [socket] = await accepted;
  const { remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 } = socket;
  const closed = once(client, "close");
  client.destroy();
  await closed;
  socket.destroy();
  assert.equal(await peerUser({ remoteAddress, remotePort, localAddress, localPort }), undefined);
  const elsewhere = { remoteAddress: "192.0.2.1", remotePort: 5, localAddress: "192.0.2.2", localPort: 80 };
  assert.equal(await peerUser(elsewhere), undefined);
  server.close();
});

test("a session is good for the user who was let in, and for all where that was not known", () => {
  const key = new WebKey(new Uint8Array(32));
  const own = key.newSession(1_000);
  assert.deepEqual(
    [key.isSession(own, 1_000), key.isSession(own, 1_001), key.isSession(own, undefined)],
    [true, false, false],
  );
  const anybodys = key.newSession(undefined);
  assert.deepEqual([key.isSession(anybodys, 1_000), key.isSession(anybodys, undefined)], [true, true]);
  assert.equal(key.isSession(own.replace(".1000.", ".1001."), 1_001), false);
  assert.equal(key.isSession(own.replace(".1000.", ".-."), 1_001), false);
});

test("a cookie that another user has got hold of opens nothing", async (t) => {
  const dataDir = temporaryDirectory(t);
  const office = await openReaderOffice({ dataDir });
  try {
    const key = openWebKey(join(dataDir, FILES.webKey));
    const statusWith = async (user: number | undefined): Promise<number> => {
      const [cookie = ""] = key.cookieFor(key.newSession(user), { isHttps: false }).split(";", 1);
      return (await office.raw({ path: "/api/session", headers: { cookie, "sec-fetch-site": "same-origin" } })).status;
    };
    assert.deepEqual([await statusWith(OWN), await statusWith(OWN + 1)], [200, 401]);
    assert.match(office.cookie, new RegExp(`\\.${OWN}\\.[\\w-]{43}$`), "whoever is let in is known");
  } finally {
    await office.stop();
  }
});
