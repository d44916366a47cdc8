// Several certificates on one address: which one a client is shown, and what it is bound to then.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { bindTo, EVERYBODY_BY_SCRAM, type Binding } from "../support/bound-login.ts";
import {
  EXPIRED_CERTIFICATE,
  NAMED_CERTIFICATE,
  OTHER_CERTIFICATE,
  TEST_CERTIFICATE,
  WILDCARD_CERTIFICATE,
  type TestCertificate,
} from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { testServer, type TestServer, type TestServerOptions } from "../support/test-server.ts";

/** The wildcard before the name it is also for. */
const ALL = [TEST_CERTIFICATE, OTHER_CERTIFICATE, WILDCARD_CERTIFICATE, NAMED_CERTIFICATE];
const pairs = (certificates: readonly TestCertificate[]) => certificates.map(({ key, cert }) => ({ key, cert }));
const fingerprint = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

interface SeveralServer extends TestServer {
  readonly tlsPort: number;
}

async function serverOfSeveral(context: TestContext, options: TestServerOptions = {}): Promise<SeveralServer> {
  const started = await testServer(context, { tls: pairs(ALL), maildrops: { mrose: [] }, ...options });
  const { port } = await started.server.listenTls({ host: "127.0.0.1", port: 0 });
  return { ...started, tlsPort: port };
}

/** Inside TLS; no name is sent for undefined. */
async function ask(port: number, name: string | undefined, options: ConnectionOptions = {}): Promise<LineClient> {
  const client = await LineClient.connectTls({ port }, { ...(name !== undefined && { servername: name }), ...options });
  await client.line();
  return client;
}

async function askByStls(server: TestServer, name: string): Promise<LineClient> {
  const client = await server.connect();
  await client.line();
  await client.command("STLS");
  await client.startTls({ servername: name });
  return client;
}

const shownTo = (client: LineClient): string => client.tls.getPeerCertificate().fingerprint256;

requirement(
  "P3-S-186",
  "a client is shown the certificate of the domain it asks for, by POP3S and STLS",
  async (context) => {
    const server = await serverOfSeveral(context);
    for (const certificate of [TEST_CERTIFICATE, OTHER_CERTIFICATE]) {
      assert.equal(shownTo(await ask(server.tlsPort, certificate.name)), fingerprint(certificate), certificate.name);
      assert.equal(shownTo(await askByStls(server, certificate.name)), fingerprint(certificate), certificate.name);
    }
  },
);

void test("a name is found in any case, a written one before a wildcard, and an unknown one gets the first", async (context) => {
  const { tlsPort } = await serverOfSeveral(context);
  const expected: readonly (readonly [string | undefined, TestCertificate])[] = [
    ["OTHER.Example", OTHER_CERTIFICATE],
    ["mail.example.org", WILDCARD_CERTIFICATE],
    ["pop.example.org", NAMED_CERTIFICATE],
    // A wildcard is one label.
    ["a.mail.example.org", TEST_CERTIFICATE],
    ["example.org", TEST_CERTIFICATE],
    ["third.example", TEST_CERTIFICATE],
    [`${"x".repeat(63)}.`.repeat(3) + "x".repeat(60), TEST_CERTIFICATE],
    ["\u00ff%00[::]", TEST_CERTIFICATE],
    [undefined, TEST_CERTIFICATE],
  ];
  for (const [name, certificate] of expected) {
    assert.equal(shownTo(await ask(tlsPort, name)), fingerprint(certificate), String(name));
  }
});

void test("new certificates are chosen among from the next handshake on", async (context) => {
  const { server, tlsPort } = await serverOfSeveral(context, { tls: pairs([TEST_CERTIFICATE]) });
  assert.equal(shownTo(await ask(tlsPort, OTHER_CERTIFICATE.name)), fingerprint(TEST_CERTIFICATE));
  server.setTls(pairs([TEST_CERTIFICATE, OTHER_CERTIFICATE]));
  assert.equal(shownTo(await ask(tlsPort, OTHER_CERTIFICATE.name)), fingerprint(OTHER_CERTIFICATE));
  assert.throws(() => server.setTls([]), /no certificate is given/);
  const { key } = TEST_CERTIFICATE;
  assert.throws(() => server.setTls([...pairs([OTHER_CERTIFICATE]), { key }]), /needs `cert`/);
  assert.equal(shownTo(await ask(tlsPort, OTHER_CERTIFICATE.name)), fingerprint(OTHER_CERTIFICATE));
});

/** The end point that a certificate is, signed by ecdsa-with-SHA256 as all of these are (RFC 5929 §4.1). */
const endPoint = ({ cert }: TestCertificate): Binding => ({
  type: "tls-server-end-point",
  data: createHash("sha256").update(new X509Certificate(cert).raw).digest(),
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  void test(`${version}: -PLUS is bound to the certificate that was shown, also in a resumed session`, async (context) => {
    const { tlsPort } = await serverOfSeveral(context, { authenticator: EVERYBODY_BY_SCRAM });
    const options = { servername: OTHER_CERTIFICATE.name, minVersion: version, maxVersion: version };
    const first = await LineClient.connectTls({ port: tlsPort }, options);
    let session: Buffer | undefined = first.tls.getSession();
    first.tls.on("session", (ticket: Buffer) => (session = ticket));
    await first.line();
    assert.match(await bindTo(first, endPoint(TEST_CERTIFICATE)), /^-ERR \[AUTH\]/);
    assert.match(await bindTo(first, endPoint(OTHER_CERTIFICATE)), /^\+OK maildrop/);
    await first.command("QUIT");
    await first.rest();
    const resumed = await ask(tlsPort, OTHER_CERTIFICATE.name, { ...options, ...(session && { session }) });
    assert.equal(resumed.tls.isSessionReused(), true);
    assert.match(await bindTo(resumed, endPoint(EXPIRED_CERTIFICATE)), /^-ERR \[AUTH\]/);
    assert.match(await bindTo(resumed, endPoint(OTHER_CERTIFICATE)), /^\+OK maildrop/);
  });
}
