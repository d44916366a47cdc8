// TLS from the first octet: whom a certificate is believed, by issuer, name or pin, and what is said before that: nothing.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { duplexPair } from "node:stream";
import { test, type TestContext } from "node:test";
import tls from "node:tls";
import { connect, Pop3Error, type Pop3Options, type Pop3Transport } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  EXPIRED_CERTIFICATE,
  MAIL_DOMAIN_CERTIFICATE,
  ODD_CERTIFICATE,
  OTHER_CERTIFICATE,
  TEST_CERTIFICATE,
} from "../support/certificate.ts";
import { errorOf, settingFor } from "./fixture.ts";
import { CERTIFICATE, PIN, TLS, TRUST } from "./tls-fixture.ts";

test("TLS from the first octet is what a connection gets unless told otherwise", async (context) => {
  const { options, session } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const { tls, ...untold } = options();
  assert.equal(tls, "none");
  const pop = await session({ tls: "implicit", tlsOptions: TRUST });
  assert.equal(pop.tls?.trustedBy, "issuer");
  assert.equal(pop.tls.protocol, "TLSv1.3");
  assert.equal(pop.tls.pin, PIN);
  assert.equal(pop.tls.fingerprint, CERTIFICATE.fingerprint256);
  const error = await errorOf(connect(untold));
  assert.equal(error.code, "TLS_UNTRUSTED");
});

requirement(
  ["P3-C-039", "P3-C-065"],
  "a certificate that is expired, for another name or from nobody known ends it before a word",
  async (context) => {
    const other = { key: OTHER_CERTIFICATE.key, cert: OTHER_CERTIFICATE.cert };
    const { peer, options } = await settingFor(context, { tls: { ...TLS, implicit: true } });
    const elsewhere = await settingFor(context, { tls: { ...other, implicit: true } });
    const attempts: readonly [Pop3Options, string][] = [
      [options({ tls: "implicit" }), "TLS_UNTRUSTED"],
      [options({ tls: "implicit", tlsOptions: { ca: OTHER_CERTIFICATE.cert } }), "TLS_UNTRUSTED"],
      [options({ tls: "implicit", tlsOptions: { ...TRUST, servername: "mail.example" } }), "TLS_NAME"],
      [options({ tls: "implicit", pin: PIN.replace("sha256/", "sha256/A").slice(0, -2) + "=" }), "TLS_PIN"],
      [
        options({ tls: "implicit", tlsOptions: { ca: EXPIRED_CERTIFICATE.cert }, port: await expiredPort(context) }),
        "TLS_EXPIRED",
      ],
      [
        elsewhere.options({ tls: "implicit", tlsOptions: { ca: OTHER_CERTIFICATE.cert, servername: "localhost" } }),
        "TLS_NAME",
      ],
    ];
    for (const [wrong, code] of attempts) {
      const error = await errorOf(connect(wrong));
      assert.deepEqual([error.code, error.phase, error.retry], [code, "tls", "after-user-action"]);
    }
    assert.deepEqual(peer.commands, []);
    assert.deepEqual(elsewhere.peer.commands, []);
  },
);

test("a session tells whom its certificate is for, from whom and how long, as text that is safe on a terminal", async (context) => {
  // As openssl x509 -subject -issuer -ext subjectAltName -dates tells them.
  const { session } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const { tls: plain } = await session({ tls: "implicit", tlsOptions: TRUST });
  assert.deepEqual([plain?.subject, plain?.issuer], ["CN=localhost", "CN=localhost"]);
  assert.deepEqual(plain?.names, ["localhost", "127.0.0.1"]);
  assert.equal(plain.validFrom.toISOString(), "2026-11-23T10:17:10.000Z");
  assert.equal(plain.validTo.toISOString(), "2126-10-30T10:17:10.000Z");
  const { key, cert } = ODD_CERTIFICATE;
  const odd = await settingFor(context, { tls: { key, cert, implicit: true } });
  const { tls } = await odd.session({ tls: "implicit", pin: new X509Certificate(cert).fingerprint256 });
  assert.equal(tls?.subject, "");
  assert.equal(tls.issuer, String.raw`CN=x\1B[31m, O=Müller\, Söhne \xe2\x80\xaecod, C=DE`);
  assert.deepEqual(tls.names, ["pop.example.org", "192.0.2.1"]);
});

test("a certificate that is refused is told with its error: whose it is, and nothing was said to who showed it", async (context) => {
  const shown = async (keys: { readonly key: string; readonly cert: string }, as: Partial<Pop3Options> = {}) => {
    const { peer, options } = await settingFor(context, { tls: { key: keys.key, cert: keys.cert, implicit: true } });
    const auth = { user: "mrose", password: "tanstaaf" };
    const { code, certificate } = await errorOf(connect(options({ tls: "implicit", auth, ...as })));
    assert.deepEqual(peer.commands, []);
    assert.doesNotMatch(JSON.stringify(certificate), /tanstaaf|mrose/);
    return [code, certificate] as const;
  };
  const [untrusted, facts] = await shown(TEST_CERTIFICATE);
  assert.equal(untrusted, "TLS_UNTRUSTED");
  assert.deepEqual(facts, {
    pin: PIN,
    fingerprint: CERTIFICATE.fingerprint256,
    subject: "CN=localhost",
    issuer: "CN=localhost",
    names: ["localhost", "127.0.0.1"],
    validFrom: new Date("2026-11-23T10:17:10.000Z"),
    validTo: new Date("2126-10-30T10:17:10.000Z"),
  });
  const expired = new X509Certificate(EXPIRED_CERTIFICATE.cert).fingerprint256;
  const [late, lapsed] = await shown(EXPIRED_CERTIFICATE, { tlsOptions: { ca: EXPIRED_CERTIFICATE.cert } });
  assert.deepEqual([late, lapsed?.fingerprint], ["TLS_EXPIRED", expired]);
  const named = await shown(TEST_CERTIFICATE, { tlsOptions: { ...TRUST, servername: "mail.example" } });
  assert.deepEqual([named[0], named[1]?.names], ["TLS_NAME", ["localhost", "127.0.0.1"]]);
  const [pinned, other] = await shown(OTHER_CERTIFICATE, { pin: PIN });
  assert.deepEqual(
    [pinned, other?.fingerprint],
    ["TLS_PIN", new X509Certificate(OTHER_CERTIFICATE.cert).fingerprint256],
  );
  const [, odd] = await shown(ODD_CERTIFICATE);
  assert.equal(odd?.issuer, String.raw`CN=x\1B[31m, O=Müller\, Söhne \xe2\x80\xaecod, C=DE`);
});

test("certificates or a key that are none end a connection at once, and leave no socket open", async (context) => {
  const { peer, options } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const { cert } = TEST_CERTIFICATE;
  for (const wrong of [
    { cert: "none", key: "none" },
    { cert, key: OTHER_CERTIFICATE.key },
  ]) {
    const error = await errorOf(connect(options({ tls: "implicit", tlsOptions: { ...TRUST, ...wrong } })));
    assert.deepEqual([error.code, error.phase, error.sessionUsable], ["CONFIG", "tls", false]);
    assert.match(error.message, /^the certificates or the key that were given cannot be used \(.+\)$/);
  }
  await peer.untilClosed(2);
});

test("a pin of the key or the certificate takes the place of an issuer", async (context) => {
  const { session } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const fingerprint = CERTIFICATE.fingerprint256;
  for (const pin of [PIN, [PIN], fingerprint, fingerprint.replaceAll(":", "").toLowerCase()]) {
    const pop = await session({ tls: "implicit", pin });
    assert.equal(pop.tls?.trustedBy, "pin");
  }
});

requirement("P3-C-041", "TLS older than 1.2 is not spoken, whatever Node would do by itself", async (context) => {
  context.mock.property(tls, "DEFAULT_MIN_VERSION", "TLSv1");
  const old = {
    ...TLS,
    implicit: true,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  } as const;
  const { options } = await settingFor(context, { tls: old });
  const error = await errorOf(
    connect(options({ tls: "implicit", tlsOptions: { ...TRUST, ciphers: "DEFAULT@SECLEVEL=0" } })),
  );
  assert.equal(error.code, "TLS_HANDSHAKE");
  const { session } = await settingFor(context, { tls: { ...TLS, implicit: true, maxVersion: "TLSv1.2" } });
  assert.equal((await session({ tls: "implicit", tlsOptions: TRUST })).tls?.protocol, "TLSv1.2");
});

requirement("P3-C-049", "the server is told which name is meant", async (context) => {
  let asked: string | undefined;
  const { session } = await settingFor(context, {
    tls: {
      ...TLS,
      implicit: true,
      SNICallback: (name, done) => {
        asked = name;
        done(null);
      },
    },
  });
  await session({ tls: "implicit", host: "localhost", tlsOptions: TRUST });
  assert.equal(asked, "localhost");
});

requirement("P3-C-045", "a client certificate goes only to whom it was given for", async (context) => {
  const { session } = await settingFor(context, {
    tls: { ...TLS, implicit: true, requestCert: true, rejectUnauthorized: true, ca: OTHER_CERTIFICATE.cert },
    mechanisms: ["EXTERNAL"],
  });
  const { cert, key } = OTHER_CERTIFICATE;
  const pop = await session({ tls: "implicit", tlsOptions: { ...TRUST, cert, key }, auth: { external: true } });
  assert.equal(pop.state, "transaction");
  await assert.rejects(session({ tls: "implicit", tlsOptions: TRUST, auth: { external: true } }), Pop3Error);
});

requirement(
  "P3-C-040",
  "wherever the DNS leads, the certificate must be for the name that was configured",
  async (context) => {
    const { peer, options } = await settingFor(context, { tls: { ...TLS, implicit: true } });
    // A resolver that answers an alias with the address of somebody whose certificate holds: for the name of that one.
    const transport: Pop3Transport = {
      connect: ({ signal }) =>
        new Promise((resolve, reject) => {
          const socket = connectTcp({ host: "127.0.0.1", port: peer.port, signal }, () => resolve(socket));
          socket.once("error", reject);
        }),
    };
    for (const host of ["pop.example.org", "localhost.example.org", "LOCALHOST.attacker.example"]) {
      const error = await errorOf(connect(options({ host, tls: "implicit", tlsOptions: TRUST, transport })));
      assert.equal(error.code, "TLS_NAME", host);
    }
    assert.deepEqual(peer.commands, [], "nothing was said");
    const pop = await connect(options({ host: "localhost", tls: "implicit", tlsOptions: TRUST, transport }));
    assert.equal(pop.tls?.trustedBy, "issuer");
    await pop.rollback();
  },
);

requirement(
  "P3-C-147",
  "a server found for a mail domain may show the certificate of that domain's POP3, as Node reads it",
  async (context) => {
    const { key, cert } = MAIL_DOMAIN_CERTIFICATE;
    const { peer, options } = await settingFor(context, { tls: { key, cert, implicit: true } });
    const to = (mailDomain?: string): Pop3Options =>
      options({ tls: "implicit", tlsOptions: { ca: cert }, ...(mailDomain !== undefined && { mailDomain }) });
    for (const other of [undefined, "imap-only.example", "example", "provider.example"])
      assert.equal((await errorOf(connect(to(other)))).code, "TLS_NAME", other);
    assert.deepEqual(peer.commands, [], "nothing was said");
    const pop = await connect(to("mail.example"));
    assert.equal(pop.tls?.trustedBy, "issuer");
    await pop.rollback();
  },
);

requirement("P3-C-047", "TLS is closed with close_notify, however the session ends well", async (context) => {
  // TLS 1.2: the type of a record is readable from outside.
  const { peer, options } = await settingFor(context, { tls: { ...TLS, implicit: true, maxVersion: "TLSv1.2" } });
  for (const ending of ["commit", "rollback"] as const) {
    const sent: Buffer[] = [];
    const transport: Pop3Transport = {
      connect: ({ signal }) =>
        new Promise((resolve, reject) => {
          const socket = connectTcp({ host: "127.0.0.1", port: peer.port, signal }, () => {
            const relay = duplexPair();
            relay[1].on("data", (chunk: Buffer) => sent.push(chunk));
            relay[1].pipe(socket).pipe(relay[1]);
            resolve(relay[0]);
          });
          socket.once("error", reject);
        }),
    };
    const pop = await connect(options({ host: "localhost", tls: "implicit", tlsOptions: TRUST, transport }));
    await pop[ending]();
    await peer.untilClosed(peer.connections.length);
    const records = recordTypes(Buffer.concat(sent));
    assert.equal(records.at(-1), ALERT, `${ending}: ${records.join(" ")}`);
    assert.equal(records.filter((type) => type === ALERT).length, 1);
  }
});

/** A record of TLS: type, version, length, and then so many octets. */
const ALERT = 21;

function recordTypes(octets: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3)) types.push(octets[at] ?? 0);
  return types;
}

async function expiredPort(context: TestContext): Promise<number> {
  const { key, cert } = EXPIRED_CERTIFICATE;
  const { peer } = await settingFor(context, { tls: { key, cert, implicit: true } });
  return peer.port;
}
