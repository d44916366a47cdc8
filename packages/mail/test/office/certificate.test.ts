import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:tls";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { OfficeError, openTlsMaterial } from "../../src/office/index.ts";
import { openSelfSigned } from "../../src/office/certificate/self-signed.ts";
import { temporaryDirectory } from "./test-office.ts";

const directories: { remove(): void }[] = [];
after(() => directories.forEach((directory) => directory.remove()));

function fresh(): string {
  const directory = temporaryDirectory();
  directories.push(directory);
  return directory.path;
}

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 10, 23);

test("the self-signed certificate is ECDSA P-256, for this machine's names, and no authority", async () => {
  const dataDir = fresh();
  const { cert, made } = await openSelfSigned({ dataDir, hostName: "mail.example.org", now });
  const certificate = new X509Certificate(cert);
  assert.equal(made, true);
  assert.equal(certificate.publicKey.asymmetricKeyType, "ec");
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(certificate.ca, false);
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkHost("mail.example.org"), "mail.example.org");
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(certificate.checkIP("::1"), "::1");
  assert.equal(certificate.checkHost("other.example.org"), undefined);
  assert.equal(statSync(join(dataDir, "tls", "key.pem")).mode & 0o777, 0o600);
});

test("a client that trusts exactly this certificate connects with its name checked", async () => {
  const {
    contexts: [context],
  } = await openTlsMaterial({ tls: [], dataDir: fresh(), hostName: "mail.example.org" }, Date.now());
  const server = createServer({ ...context }, (socket) => socket.end("+OK\r\n")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    servername: "localhost",
    ca: String(context?.cert),
  });
  await once(client, "secureConnect");
  assert.equal(client.authorized, true);
  assert.ok(["TLSv1.2", "TLSv1.3"].includes(client.getProtocol() ?? ""));
  client.destroy();
  server.close();
});

test("it is kept until it expires, and then made anew", async () => {
  const dataDir = fresh();
  const first = await openSelfSigned({ dataDir, hostName: "a.example", now });
  const later = await openSelfSigned({ dataDir, hostName: "b.example", now: now + 800 * DAY_MS });
  assert.deepEqual([later.cert, later.made], [first.cert, false]);
  const expired = await openSelfSigned({ dataDir, hostName: "b.example", now: now + 826 * DAY_MS });
  assert.equal(expired.made, true);
  assert.notEqual(expired.cert, first.cert);
  assert.equal(new X509Certificate(expired.cert).checkHost("b.example"), "b.example");
});

test("a pair that a crash tore apart is made anew", async () => {
  const dataDir = fresh();
  const first = await openSelfSigned({ dataDir, hostName: "a.example", now });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(dataDir, "tls", "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  const second = await openSelfSigned({ dataDir, hostName: "a.example", now });
  assert.equal(second.made, true);
  assert.notEqual(second.cert, first.cert);
  assert.ok(new X509Certificate(second.cert).checkPrivateKey(createPrivateKey(second.key)));
});

async function complaint(tls: {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly passphrase?: string;
}): Promise<string> {
  const { passphrase, ...files } = tls;
  const keyPassphrase = passphrase === undefined ? undefined : ({ kind: "clear", value: passphrase } as const);
  try {
    await openTlsMaterial(
      { tls: [{ table: "tls", ...files, keyPassphrase }], dataDir: "/nonexistent", hostName: "x" },
      now,
    );
  } catch (error) {
    assert.ok(error instanceof OfficeError);
    assert.equal(error.code, "certificate");
    return error.message;
  }
  return "";
}

test("what is wrong with configured files is told, which one and what would be right", async () => {
  const dataDir = fresh();
  const { cert, key } = await openSelfSigned({ dataDir, hostName: "a.example", now });
  const write = (name: string, text: string): string => {
    writeFileSync(join(dataDir, name), text);
    return join(dataDir, name);
  };
  const certificateFile = write("c.pem", cert);
  const keyFile = write("k.pem", key);
  const encrypted = write(
    "e.pem",
    String(createPrivateKey(key).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "geheim" })),
  );
  const other = write(
    "o.pem",
    String(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" })),
  );
  assert.equal(await complaint({ certificateFile, keyFile }), "");
  assert.equal(await complaint({ certificateFile, keyFile: encrypted, passphrase: "geheim" }), "");
  assert.match(
    await complaint({ certificateFile: join(dataDir, "none.pem"), keyFile }),
    /^tls\.certificate: .*none\.pem cannot be read \(ENOENT\)/,
  );
  assert.match(
    await complaint({ certificateFile: keyFile, keyFile }),
    /^tls\.certificate: .*k\.pem holds no certificate/,
  );
  assert.match(
    await complaint({ certificateFile, keyFile: certificateFile }),
    /^tls\.key: .*c\.pem holds no private key/,
  );
  assert.match(
    await complaint({ certificateFile, keyFile: encrypted }),
    /^tls\.key: .*key_passphrase when it is encrypted/,
  );
  assert.match(await complaint({ certificateFile, keyFile: encrypted, passphrase: "wrong" }), /^tls\.key: /);
  assert.match(
    await complaint({ certificateFile, keyFile: other }),
    /^tls\.key: .*o\.pem is not the key of the certificate in /,
  );
});

/** For 127.0.0.1 alone, whatever its subject says. Its key is public: it protects nothing. */
const WITHOUT_NAME = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnzCCAUSgAwIBAgIUatQaYaI/tE4yN6EDUebOYtG5UFkwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm9yZzAgFw0yNjExMjYxNDI1MDhaGA8y
MTI2MTEwMjE0MjUwOFowGzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm9yZzBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABKe0IypZP9m62hz6bN8OzHhUilSsibwl2tZF
qJqb8Rm+RERP+C8Mu/fcKMMar+wm/HQbcGTYUJmzwBKQS8Y+feOjZDBiMB0GA1Ud
DgQWBBQWFetrIhpTGA7gywwERhkNdkLZfjAfBgNVHSMEGDAWgBQWFetrIhpTGA7g
ywwERhkNdkLZfjAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYI
KoZIzj0EAwIDSQAwRgIhAM7uuba+jN1ntRlnq4QBC0CRKo9pTlpq/lEVN8Fmk9mp
AiEAxOnl3O4hPri8GQRlkm8sRZpoYr72f/ghbPTQSBpTR5w=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrUvBIPjpPUV3324E
6kf2fJKCsX111OeaUxPQhFZe/qOhRANCAASntCMqWT/Zutoc+mzfDsx4VIpUrIm8
JdrWRaiam/EZvkRET/gvDLv33CjDGq/sJvx0G3Bk2FCZs8ASkEvGPn3j
-----END PRIVATE KEY-----
`,
};

test("a certificate for other names must have one", async () => {
  const dataDir = fresh();
  const certificateFile = join(dataDir, "c.pem");
  const keyFile = join(dataDir, "k.pem");
  writeFileSync(certificateFile, WITHOUT_NAME.cert);
  writeFileSync(keyFile, WITHOUT_NAME.key);
  const open = (...tables: readonly string[]) => {
    const tls = tables.map((table) => ({ table, certificateFile, keyFile, keyPassphrase: undefined }));
    return openTlsMaterial({ tls, dataDir, hostName: "x" }, now);
  };
  assert.deepEqual((await open("tls")).shown[0]?.names, []);
  await assert.rejects(open("tls", "tls.sni.0"), {
    key: "tls.sni.certificate",
    place: "tls.sni.0.certificate",
    message: /^tls\.sni\.certificate: the certificate in .*c\.pem is for no DNS name/,
  });
});

test("certificate and key are written whole: nothing of a former try is left", async () => {
  const dataDir = fresh();
  await openSelfSigned({ dataDir, hostName: "a.example", now });
  writeFileSync(join(dataDir, "tls", "key.pem.new"), "half a key", { mode: 0o644 });
  await openSelfSigned({ dataDir, hostName: "a.example", now: now + 900 * DAY_MS });
  assert.equal(statSync(join(dataDir, "tls", "key.pem")).mode & 0o777, 0o600);
  assert.match(readFileSync(join(dataDir, "tls", "key.pem"), "utf8"), /^-----BEGIN PRIVATE KEY-----/);
});
