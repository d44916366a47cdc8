// TLS from the first octet and by STLS: what is negotiated, what is refused, what is forgotten.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { SecureVersion } from "node:tls";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../support/certificate.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { LineClient } from "../support/line-client.ts";
import { tapOn, tlsRecords } from "../support/tap.ts";
import { until } from "../support/until.ts";
import { messageOf, testServer, type TestServer, type TestServerOptions } from "../support/test-server.ts";

const tls = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert };
const maildrops = { mrose: [messageOf(120), messageOf(400_000)] };

interface TlsServer extends TestServer {
  readonly tlsPort: number;
}

async function tlsServer(context: TestContext, options: TestServerOptions = {}): Promise<TlsServer> {
  const started = await testServer(context, { tls, maildrops, ...options });
  const { port } = await started.server.listenTls({ host: "127.0.0.1", port: 0 });
  return { ...started, tlsPort: port };
}

async function withStls(server: TestServer, version?: SecureVersion): Promise<LineClient> {
  const client = await server.connect();
  await client.line();
  assert.equal(await client.command("STLS"), "+OK begin TLS now");
  await client.startTls(version === undefined ? {} : { minVersion: version, maxVersion: version });
  return client;
}

requirement(
  "P3-S-024",
  "inside TLS from the start: handshake, greeting, AUTHORIZATION, whatever certificate",
  async (context) => {
    const { tlsPort } = await tlsServer(context);
    const { key, cert } = OTHER_CERTIFICATE;
    const client = await LineClient.connectTls({ port: tlsPort }, { key, cert });
    assert.equal(await client.line(), "+OK POP3 ready");
    assert.match(await client.command("STAT"), /^-ERR/);
    await client.command("USER mrose");
    assert.equal(await client.command("PASS secret"), "+OK maildrop has 2 messages (400120 octets)");
    assert.equal(await client.command("RETR 2"), "+OK 400000 octets");
    assert.equal(await client.data(), messageOf(400_000));
    assert.equal(await client.command("QUIT"), "+OK bye");
  },
);

requirement("P3-S-171", "STLS is answered, and TLS begins behind that line", async (context) => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const client = await withStls(await tlsServer(context), version);
    assert.equal(client.tls.getProtocol(), version);
    await client.command("USER mrose");
    assert.match(await client.command("PASS secret"), /^\+OK maildrop/);
    assert.equal(await client.command("RETR 1"), "+OK 120 octets");
    assert.equal(await client.data(), messageOf(120));
  }
});

requirement(
  ["P3-S-170", "P3-S-172"],
  "STLS is announced before TLS only, and refused once TLS is active",
  async (context) => {
    const server = await tlsServer(context);
    const client = await server.connect();
    await client.line();
    assert.ok((await client.list("CAPA")).includes("STLS"));
    await client.command("STLS");
    await client.startTls();
    assert.ok(!(await client.list("CAPA")).includes("STLS"));
    assert.equal(await client.command("STLS"), "-ERR TLS is active already");
    const inside = await LineClient.connectTls({ port: server.tlsPort });
    await inside.line();
    assert.ok(!(await inside.list("CAPA")).includes("STLS"));
    assert.equal(await inside.command("STLS"), "-ERR TLS is active already");
    const without = await (await testServer(context)).connect();
    await without.line();
    assert.ok(!(await without.list("CAPA")).includes("STLS"));
    assert.equal(await without.command("STLS"), "-ERR TLS is not available here");
  },
);

requirement(
  ["P3-S-175", "P3-S-176"],
  "after STLS the name said before is forgotten, and no second greeting comes",
  async (context) => {
    const server = await tlsServer(context);
    const client = await server.connect();
    await client.line();
    await client.command("USER mrose");
    await client.command("STLS");
    await client.startTls();
    assert.equal(await client.command("PASS secret"), "-ERR not allowed in this state");
  },
);

requirement("P3-S-213", "PLAIN works inside TLS, also away from loopback", async (context) => {
  const client = await withStls(await tlsServer(context, { host: "0.0.0.0" }));
  assert.ok(
    (await client.list("CAPA")).includes(
      "SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN LOGIN",
    ),
  );
  assert.match(await client.command("AUTH PLAIN AG1yb3NlAHNlY3JldA=="), /^\+OK/);
});

requirement(
  ["P3-S-180", "P3-S-182"],
  "TLS 1.2 and 1.3 are spoken, on both ports, and the log says which",
  async (context) => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const server = await tlsServer(context);
      const options = { minVersion: version, maxVersion: version };
      const inside = await LineClient.connectTls({ port: server.tlsPort }, options);
      await inside.line();
      const after = await withStls(server, version);
      for (const [ended, client] of [inside, after].entries()) {
        const cipher = client.tls.getCipher().name;
        await client.command("QUIT");
        await client.rest();
        await server.untilEnded(ended + 1);
        assert.deepEqual(server.ended[ended]?.tls, { protocol: version, cipher });
      }
      assert.deepEqual(
        server.ended.map(({ protocol }) => protocol),
        ["pop3s", "pop3"],
      );
    }
  },
);

requirement("P3-S-181", "TLS 1.1 is not negotiated, whatever the settings say", async (context) => {
  const { tlsPort } = await tlsServer(context, { tls: { ...tls, minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } });
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await assert.rejects(LineClient.connectTls({ port: tlsPort }, old), /alert protocol version/);
});

void test("a client that asks for a new handshake inside TLS 1.2 gets none", async (context) => {
  const { tlsPort } = await tlsServer(context);
  const client = await LineClient.connectTls({ port: tlsPort }, { maxVersion: "TLSv1.2" });
  await client.line();
  const answer = await new Promise<Error | null>((resolve) => {
    client.tls.once("error", resolve);
    client.tls.renegotiate({ rejectUnauthorized: false }, resolve);
  });
  assert.match(String(answer), /no.renegotiation/i);
});

const HANDSHAKE = 22;
const ALERT = 21;
const CHANGE_CIPHER_SPEC = 20;
const [serverHello, certificate, certificateRequest] = [2, 11, 13];

requirement("P3-S-183", "no client certificate is asked for", async (context) => {
  const { tlsPort } = await tlsServer(context);
  const tap = await tapOn(tlsPort, context);
  // TLS 1.2 would ask in the clear.
  const client = await LineClient.connectTls({ port: tap.port }, { maxVersion: "TLSv1.2" });
  await client.line();
  const records = tlsRecords(tap.sent());
  const clear = records.slice(
    0,
    records.findIndex(({ type }) => type === CHANGE_CIPHER_SPEC),
  );
  const messages = Buffer.concat(clear.filter(({ type }) => type === HANDSHAKE).map(({ octets }) => octets));
  const types: number[] = [];
  for (let at = 0; at < messages.length; at += 4 + messages.readUIntBE(at + 1, 3)) types.push(messages[at] as number);
  assert.ok(types.includes(serverHello) && types.includes(certificate), types.join(" "));
  assert.ok(!types.includes(certificateRequest), types.join(" "));
});

requirement("P3-S-185", "close_notify is sent before the connection closes", async (context) => {
  const { tlsPort } = await tlsServer(context);
  const tap = await tapOn(tlsPort, context);
  // In TLS 1.2 an alert can be told from outside by the type of its record.
  const client = await LineClient.connectTls({ port: tap.port }, { maxVersion: "TLSv1.2" });
  await client.line();
  assert.ok(!tlsRecords(tap.sent()).some(({ type }) => type === ALERT));
  client.send("QUIT\r\n");
  assert.equal(await client.rest(), "+OK bye\r\n");
  assert.equal(tlsRecords(tap.sent()).at(-1)?.type, ALERT);
});

requirement("P3-S-187", "ALPN pop3 is chosen, no ALPN is fine, any other is refused by alert", async (context) => {
  const { tlsPort } = await tlsServer(context);
  const named = await LineClient.connectTls({ port: tlsPort }, { ALPNProtocols: ["imap", "pop3"] });
  assert.equal(named.tls.alpnProtocol, "pop3");
  const silent = await LineClient.connectTls({ port: tlsPort }, { ALPNProtocols: [] });
  assert.equal(silent.tls.alpnProtocol, false);
  assert.equal(await silent.line(), "+OK POP3 ready");
  await assert.rejects(
    LineClient.connectTls({ port: tlsPort }, { ALPNProtocols: ["imap"] }),
    /no application protocol/,
  );
});

requirement(
  "P3-S-188",
  "what is no ClientHello after STLS closes the connection, without an answer",
  async (context) => {
    for (const garbage of ["STAT\r\n", "\x16\x03\x01\x00\x05hello", "\x16\x03\x03\xff\xff"]) {
      const server = await tlsServer(context);
      const client = await server.connect();
      await client.line();
      await client.command("STLS");
      client.socket.end(garbage, "latin1");
      const answer = await client.rest().catch(() => "");
      assert.doesNotMatch(answer, /OK|ERR/);
      await server.untilEnded(1);
      assert.equal(server.ended[0]?.reason, "tls-failed");
      assert.deepEqual(server.failures, []);
    }
  },
);

void test("a handshake that does not end is given up after ten seconds, on both ports", async (context) => {
  const clock = new FakeClock();
  const server = await tlsServer(context, { clock });
  const half = await server.connect();
  await half.line();
  await half.command("STLS");
  const silent = await LineClient.connect({ port: server.tlsPort });
  silent.send("\x16\x03\x01");
  await until(() => server.server.sessions().filter(({ state }) => state === "handshake").length === 2);
  clock.advance(9_999);
  server.server.sweep();
  assert.equal(server.server.sessions().length, 2);
  clock.advance(1);
  server.server.sweep();
  await server.untilEnded(2);
  assert.deepEqual(
    server.ended.map(({ reason }) => reason),
    ["tls-failed", "tls-failed"],
  );
});

void test("a session is resumed by ticket", async (context) => {
  const { tlsPort } = await tlsServer(context);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const options = { minVersion: version, maxVersion: version };
    const first = await LineClient.connectTls({ port: tlsPort }, options);
    let session: Buffer | undefined = first.tls.getSession();
    first.tls.on("session", (ticket: Buffer) => (session = ticket));
    await first.line();
    await first.command("QUIT");
    await first.rest();
    const second = await LineClient.connectTls({ port: tlsPort }, { ...options, ...(session && { session }) });
    assert.equal(second.tls.isSessionReused(), true, version);
    assert.equal(await second.line(), "+OK POP3 ready");
  }
});

void test("a new certificate serves new handshakes, and running sessions go on", async (context) => {
  const server = await tlsServer(context);
  const before = await LineClient.connectTls({ port: server.tlsPort });
  await before.line();
  server.server.setTls({ key: OTHER_CERTIFICATE.key, cert: OTHER_CERTIFICATE.cert });
  const after = await LineClient.connectTls({ port: server.tlsPort });
  const fingerprint = (cert: string): string => new X509Certificate(cert).fingerprint256;
  assert.equal(before.tls.getPeerCertificate().fingerprint256, fingerprint(TEST_CERTIFICATE.cert));
  assert.equal(after.tls.getPeerCertificate().fingerprint256, fingerprint(OTHER_CERTIFICATE.cert));
  assert.match(await before.command("CAPA"), /^\+OK/);
  assert.throws(
    () => server.server.setTls({ key: TEST_CERTIFICATE.key, cert: OTHER_CERTIFICATE.cert }),
    /key values mismatch/,
  );
});

void test("without a certificate there is no listening for TLS", async (context) => {
  const { server } = await testServer(context);
  await assert.rejects(async () => server.listenTls({ host: "127.0.0.1", port: 0 }), /certificate/);
});

void test("the listener of cleartext closes on a ClientHello without harm", async (context) => {
  const server = await testServer(context);
  await assert.rejects(LineClient.connectTls({ port: server.listening.port }));
  await server.untilEnded(1);
  assert.deepEqual(server.failures, []);
});
