// SCRAM-SHA-256-PLUS over real TLS: the client computes its side from its own end of the connection.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { SecureVersion } from "node:tls";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { bindTo, EVERYBODY_BY_SCRAM as authenticator } from "../support/bound-login.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { testServer, type TestServer } from "../support/test-server.ts";

async function bound(
  context: TestContext,
  version: SecureVersion,
): Promise<{ client: LineClient; server: TestServer }> {
  const { key, cert } = TEST_CERTIFICATE;
  const server = await testServer(context, { tls: { key, cert }, authenticator, maildrops: { mrose: [] } });
  const { port } = await server.server.listenTls({ host: "127.0.0.1", port: 0 });
  const client = await LineClient.connectTls({ port }, { minVersion: version, maxVersion: version });
  context.after(() => client.socket.destroy());
  await client.line();
  return { client, server };
}

const exported = (client: LineClient): Buffer =>
  client.tls.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));

requirement(
  ["P3-S-224", "P3-S-212"],
  "on TLS 1.3 a client bound by tls-exporter logs in, one bound to another connection does not",
  async (context) => {
    const { client, server } = await bound(context, "TLSv1.3");
    const { client: other } = await bound(context, "TLSv1.3");
    assert.match(await bindTo(client, { type: "tls-exporter", data: exported(other) }), /^-ERR \[AUTH\]/);
    assert.equal(
      await bindTo(client, { type: "tls-exporter", data: exported(client) }),
      "+OK maildrop has 0 messages (0 octets)",
    );
    await client.command("QUIT");
    await client.rest();
    await server.untilEnded(1);
    assert.equal(server.ended[0]?.mechanism, "SCRAM-SHA-256-PLUS");
  },
);

void test("tls-server-end-point is the hash of the certificate, on TLS 1.2 and 1.3", async (context) => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const { client } = await bound(context, version);
    const certificate = client.tls.getPeerCertificate().raw;
    const data = createHash("sha256").update(certificate).digest();
    assert.match(await bindTo(client, { type: "tls-server-end-point", data }), /^\+OK maildrop/);
  }
});

void test("on TLS 1.2 tls-exporter and tls-unique are not there to be bound to", async (context) => {
  const { client } = await bound(context, "TLSv1.2");
  assert.match(await bindTo(client, { type: "tls-exporter", data: exported(client) }), /^-ERR/);
  assert.match(await bindTo(client, { type: "tls-unique", data: Buffer.alloc(12) }), /^-ERR/);
});

requirement(
  "P3-S-223",
  "inside TLS, where -PLUS is offered, a client that says it saw no -PLUS is refused at once",
  async (context) => {
    const { client } = await bound(context, "TLSv1.3");
    const first = (flag: string): string =>
      Buffer.from(`${flag},,n=mrose,r=fyko+d2lbbFgONRv9qkxdawL`).toString("base64");
    assert.match(await client.command(`AUTH SCRAM-SHA-256 ${first("y")}`), /^-ERR \[AUTH\] /);
    assert.match(await client.command(`AUTH SCRAM-SHA-256 ${first("n")}`), /^\+ /);
  },
);

void test("after STLS a client is bound to the TLS that began there", async (context) => {
  const { key, cert } = TEST_CERTIFICATE;
  const server = await testServer(context, { tls: { key, cert }, authenticator, maildrops: { mrose: [] } });
  const client = await server.connect();
  await client.line();
  assert.equal(await client.command("AUTH SCRAM-SHA-256-PLUS"), "-ERR unknown SASL mechanism");
  await client.command("STLS");
  await client.startTls();
  assert.match(await bindTo(client, { type: "tls-exporter", data: exported(client) }), /^\+OK/);
});
