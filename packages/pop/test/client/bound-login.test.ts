// The -PLUS mechanisms of our client, over real TLS to our server: bound by tls-exporter on TLS 1.3 and by
// tls-server-end-point on TLS 1.2. A relay in between ends TLS and begins it anew, as somebody who listens would.
import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { connect as connectTls, createServer, type SecureVersion, type TLSSocket } from "node:tls";
import { connect, type Pop3Options } from "@restante/pop/client";
import { deriveScramKeys, type Authenticator } from "@restante/pop/sasl";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../support/certificate.ts";
import { testServer, type TestServer } from "../support/test-server.ts";
import { errorOf } from "./fixture.ts";

const { cert, key } = TEST_CERTIFICATE;
const salt = randomBytes(16);
const keys = {
  sha256: await deriveScramKeys("secret", salt, 4_096),
  sha1: await deriveScramKeys("secret", salt, 4_096, { hash: "sha1" }),
};
const authenticator: Authenticator = {
  checkPassword: () => Promise.resolve({ kind: "refused" }),
  scramKeys: (_login, _peer, hash) => Promise.resolve({ ...keys[hash], owner: { account: "anna", login: "anna" } }),
};

type Mechanism = "SCRAM-SHA-256-PLUS" | "SCRAM-SHA-1-PLUS";

interface House extends TestServer {
  readonly tlsPort: number;
  /** How the only mechanism allowed logs in there. */
  options(port: number, more?: Partial<Pop3Options>): Pop3Options;
}

async function houseFor(context: TestContext, mechanism: Mechanism): Promise<House> {
  const house = await testServer(context, { tls: { cert, key }, authenticator, maildrops: { anna: [] } });
  const { port: tlsPort } = await house.server.listenTls({ host: "127.0.0.1", port: 0 });
  const auth = { user: "anna", password: "secret", mechanisms: [mechanism] } as const;
  const options = (port: number, more: Partial<Pop3Options> = {}): Pop3Options => ({
    host: "127.0.0.1",
    port,
    tlsOptions: { ca: cert },
    auth,
    ...more,
  });
  return { ...house, tlsPort, options };
}

/** Has the certificate and its key; answers the port it listens on. */
async function relay(
  context: TestContext,
  o: {
    readonly to: number;
    readonly version: SecureVersion;
    readonly as: { readonly cert: string; readonly key: string };
  },
): Promise<number> {
  const sockets = new Set<TLSSocket>();
  const server = createServer(
    { cert: o.as.cert, key: o.as.key, minVersion: o.version, maxVersion: o.version },
    (near) => {
      const far = connectTls({ port: o.to, host: "127.0.0.1", ca: cert });
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
      }
      near.pipe(far).pipe(near);
    },
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

for (const mechanism of ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"] as const) {
  test(`${mechanism} logs in over TLS from the first octet and behind STLS`, async (context) => {
    const house = await houseFor(context, mechanism);
    for (const options of [
      house.options(house.tlsPort),
      house.options(house.listening.port, { tls: "stls-required" }),
    ]) {
      const pop = await connect(options);
      assert.equal(pop.tls?.protocol, "TLSv1.3");
      await pop.commit();
    }
    await house.untilEnded(2);
    assert.deepEqual(
      house.ended.map((session) => session.mechanism),
      [mechanism, mechanism],
    );
  });

  test(`${mechanism} is bound by tls-exporter on TLS 1.3: a relay with the server's own key gets no login`, async (context) => {
    const house = await houseFor(context, mechanism);
    const port = await relay(context, { to: house.tlsPort, version: "TLSv1.3", as: TEST_CERTIFICATE });
    assert.equal((await errorOf(connect(house.options(port)))).code, "AUTH_REJECTED");
  });

  test(`${mechanism} is bound by tls-server-end-point on TLS 1.2: to the certificate, whoever shows it`, async (context) => {
    const house = await houseFor(context, mechanism);
    const same = await relay(context, { to: house.tlsPort, version: "TLSv1.2", as: TEST_CERTIFICATE });
    const pop = await connect(house.options(same));
    assert.equal(pop.tls?.protocol, "TLSv1.2");
    await pop.commit();
    await house.untilEnded(1);
    assert.equal(house.ended[0]?.mechanism, mechanism);
    const other = await relay(context, { to: house.tlsPort, version: "TLSv1.2", as: OTHER_CERTIFICATE });
    const pin = new X509Certificate(OTHER_CERTIFICATE.cert).fingerprint256;
    assert.equal((await errorOf(connect(house.options(other, { pin })))).code, "AUTH_REJECTED");
  });
}
