// The way to a session: names and ports, greetings, capabilities, TLS in every mode, and what must not be said on it.
import assert from "node:assert/strict";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { duplexPair } from "node:stream";
import { test, type TestContext } from "node:test";
import { X509Certificate, createHash } from "node:crypto";
import { connect, Pop3Error, probe, type Pop3Options, type Pop3Transport } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  EXPIRED_CERTIFICATE,
  MAIL_DOMAIN_CERTIFICATE,
  OTHER_CERTIFICATE,
  TEST_CERTIFICATE,
} from "../support/certificate.ts";
import { AUTH, errorOf, settingFor, settingWith } from "./fixture.ts";

const TLS = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert };
const TRUST = { ca: TEST_CERTIFICATE.cert };
const certificate = new X509Certificate(TEST_CERTIFICATE.cert);
const PIN = `sha256/${createHash("sha256")
  .update(certificate.publicKey.export({ type: "spki", format: "der" }))
  .digest("base64")}`;

/** A server that says one thing and is asked what it heard. */
async function says(context: TestContext, greeting: string): Promise<{ port: number; heard(): string }> {
  let heard = "";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
    });
    socket.write(greeting, "latin1");
    context.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

function to(port: number, more: Partial<Pop3Options> = {}): Pop3Options {
  return { host: "127.0.0.1", port, tls: "none", auth: AUTH, ...more };
}

requirement("P3-C-002", "whoever is no POP3 server, or does not want to be one now, is told apart", async (context) => {
  for (const [greeting, code, words] of [
    ["-ERR busy\r\n", "GREETING_REFUSED", /busy/],
    ["-ERR [SYS/TEMP] later\r\n", "SERVER_TEMPORARY", /later/],
    ["-ERR [IN-USE] locked\r\n", "MAILBOX_BUSY", /locked/],
    ["220 mail.example ESMTP\r\n", "PROTOCOL", /SMTP or FTP answers here/],
    ["* OK IMAP4rev1 ready\r\n", "PROTOCOL", /IMAP answers here/],
    ["+ POP2 ready\r\n", "PROTOCOL", /POP2 answers here/],
    ["HTTP/1.1 400 Bad Request\r\n", "PROTOCOL", /HTTP answers here/],
    ["+ERR\r\n", "PROTOCOL", /\+ERR/],
  ] as const) {
    const { port, heard } = await says(context, greeting);
    const error = await errorOf(connect(to(port)));
    assert.equal(error.code, code, greeting);
    assert.match(error.message, words);
    assert.equal(error.phase, "greeting");
    assert.equal(heard(), "");
  }
});

requirement("P3-C-001", "nothing is sent before the greeting is whole", async (context) => {
  const { port, heard } = await says(context, "+OK almost");
  const error = await errorOf(connect(to(port, { timeouts: { greetingMs: 60 } })));
  assert.deepEqual([error.code, error.phase, heard()], ["GREETING_TIMEOUT", "greeting", ""]);
});

requirement(["P3-C-004", "P3-C-005"], "statuses count however they are written", async (context) => {
  for (const answer of ["+OK", "+ok fine", "+OKready", "+Ok\t"]) {
    const { session } = await settingWith(context, { on: "greeting", answer }, { on: "NOOP", answer });
    await (await session()).noop();
  }
  const { session } = await settingWith(context, { on: "NOOP", answer: "+ERR no" });
  assert.equal((await errorOf((await session()).noop())).code, "PROTOCOL");
});

test("a name that is none, a port nobody listens on, and a connection that hangs", async (context) => {
  const refused = await errorOf(connect(to(1)));
  assert.deepEqual([refused.code, refused.retry, refused.phase], ["CONNECT_REFUSED", "later", "connect"]);
  const unknown = await errorOf(connect({ host: "does-not-exist.invalid", auth: AUTH }));
  assert.equal(unknown.code, "DNS");
  const never = { connect: () => new Promise<never>(() => undefined) };
  const late = await errorOf(connect(to(1, { transport: never, timeouts: { connectMs: 40 } })));
  assert.equal(late.code, "CONNECT_TIMEOUT");
  const aborted = await errorOf(connect(to(1, { transport: never, signal: AbortSignal.timeout(20) })));
  assert.equal(aborted.code, "ABORTED");
  const { port } = await says(context, "");
  const handshake = await errorOf(connect(to(port, { tls: "implicit", timeouts: { connectMs: 400 } })));
  assert.deepEqual([handshake.code, handshake.phase], ["CONNECT_TIMEOUT", "tls"]);
});

test("options that cannot work are refused before anything happens", async () => {
  const wrong: readonly unknown[] = [
    { host: "" },
    { host: "a b" },
    { host: "x", port: 0 },
    { host: "x", tls: "maybe" },
    { host: "x", timeouts: { commandMs: -1 } },
    { host: "x", timeouts: { commandsMs: 1 } },
    { host: "x", limits: { lineOctetsMax: Number.NaN } },
    { host: "x", pin: "md5/abc" },
    { host: "x", pin: ["00:11"] },
    { host: "x", proxy: "socks5://127.0.0.1" },
    { host: "x", proxy: "not a url" },
    { host: "x", tlsOptions: { rejectUnauthorized: false } },
  ];
  for (const options of wrong) {
    const error = await errorOf(connect(options as Pop3Options));
    assert.deepEqual([error.code, error.retry], ["CONFIG", "never"], JSON.stringify(options));
  }
});

test("TLS from the first octet is what a connection gets unless told otherwise", async (context) => {
  const { peer, session } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const { tls, ...options } = to(peer.port);
  assert.equal(tls, "none");
  const pop = await session({ ...options, tls: "implicit", tlsOptions: TRUST });
  assert.equal(pop.tls?.trustedBy, "issuer");
  assert.equal(pop.tls.protocol, "TLSv1.3");
  assert.equal(pop.tls.pin, PIN);
  assert.equal(pop.tls.fingerprint, certificate.fingerprint256);
  const error = await errorOf(connect({ ...options }));
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

test("a pin of the key or the certificate takes the place of an issuer", async (context) => {
  const { session } = await settingFor(context, { tls: { ...TLS, implicit: true } });
  const fingerprint = certificate.fingerprint256;
  for (const pin of [PIN, [PIN], fingerprint, fingerprint.replaceAll(":", "").toLowerCase()]) {
    const pop = await session({ tls: "implicit", pin });
    assert.equal(pop.tls?.trustedBy, "pin");
  }
});

requirement("P3-C-041", "TLS older than 1.2 is not spoken", async (context) => {
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

requirement("P3-C-035", "what was announced before STLS is forgotten and asked anew", async (context) => {
  const { peer, session } = await settingFor(context, {
    tls: TLS,
    mechanisms: ["PLAIN", "SCRAM-SHA-256"],
    capabilities: { start: ["STLS", "SASL PLAIN", "USER"], tls: ["SASL SCRAM-SHA-256"], login: ["UIDL", "TOP"] },
  });
  const auth = { user: "anna", password: "secret" };
  const pop = await session({ tls: "stls-required", tlsOptions: TRUST, auth });
  assert.deepEqual(
    peer.commands.slice(0, 4),
    ["CAPA", "STLS", "CAPA", "AUTH SCRAM-SHA-256"].map((c, at) => (at === 3 ? peer.commands[3] : c)),
  );
  assert.match(peer.commands[3] ?? "", /^AUTH SCRAM-SHA-256 /);
  assert.equal(peer.commands[4], "CAPA");
  assert.deepEqual(pop.capabilities.sasl, []);
  assert.equal(pop.tls?.trustedBy, "issuer");
});

requirement(
  ["P3-C-037", "P3-C-042"],
  "TLS that is required and not there ends it before a credential was said",
  async (context) => {
    const stripped = await settingFor(context, { tls: TLS, capabilities: ["USER", "SASL PLAIN"] });
    const refused = await settingFor(context, { tls: TLS, faults: [{ on: "STLS", answer: "-ERR not today" }] });
    const absent = await settingFor(context, { without: ["CAPA", "STLS"] });
    for (const { peer, options } of [stripped, refused, absent]) {
      const error = await errorOf(connect(options({ tls: "stls-required", tlsOptions: TRUST })));
      assert.deepEqual([error.code, error.retry], ["TLS_UNAVAILABLE", "after-user-action"]);
      await peer.untilClosed(1);
      assert.deepEqual(
        peer.connections.flatMap(({ lines }) => lines).filter((line) => !/^(?:CAPA|STLS|QUIT)$/.test(line)),
        [],
      );
    }
  },
);

requirement("P3-C-036", "octets behind the reply to STLS are fatal", async (context) => {
  const { peer, options } = await settingFor(context, {
    tls: TLS,
    faults: [{ on: "STLS", behind: "+OK injected\r\n" }],
  });
  const error = await errorOf(connect(options({ tls: "stls-required", tlsOptions: TRUST })));
  assert.deepEqual([error.code, error.sessionUsable], ["TLS_INJECTION", false]);
  assert.deepEqual(peer.commands, ["CAPA", "STLS"]);
});

test("STLS if offered is used where it is, and where it is not the session is in cleartext", async (context) => {
  const offered = await settingFor(context, { tls: TLS });
  const pop = await offered.session({ tls: "stls-if-offered", tlsOptions: TRUST });
  assert.notEqual(pop.tls, undefined);
  const untrusted = await errorOf(connect(offered.options({ tls: "stls-if-offered" })));
  assert.equal(untrusted.code, "TLS_UNTRUSTED");
  for (const setting of [
    await settingFor(context),
    await settingFor(context, { tls: TLS, faults: [{ on: "STLS", answer: "-ERR no" }] }),
  ]) {
    const warnings: unknown[] = [];
    const log = { info: () => undefined, warn: (fields: object, message?: string) => warnings.push(message) };
    const clear = await setting.session({ tls: "stls-if-offered", tlsOptions: TRUST, log });
    assert.equal(clear.tls, undefined);
    assert.equal(warnings.length, 1);
  }
});

requirement(
  "P3-C-038",
  "a password goes out without TLS only to loopback, or when that is allowed",
  async (context) => {
    const { peer, options, session } = await settingFor(context);
    const { connect: tcp } = await import("node:net");
    // A way of the caller's own is not known to end on this machine.
    const transport = {
      connect: () => Promise.resolve(tcp({ port: peer.port, host: peer.host })),
    };
    for (const mechanisms of [["PLAIN"], ["USER"], ["LOGIN"]] as const) {
      const error = await errorOf(
        connect(options({ transport, auth: { user: "anna", password: "secret", mechanisms } })),
      );
      assert.ok(["AUTH_CLEARTEXT_REFUSED", "AUTH_NO_MECHANISM"].includes(error.code), error.code);
    }
    assert.equal(
      peer.connections.some(({ received }) => /AUTH|USER|PASS|secret/.test(received)),
      false,
    );
    const scram = await session({ transport, auth: { user: "anna", password: "secret" } });
    assert.equal(scram.state, "transaction");
    const allowed = await session({ transport, allowCleartextAuth: true });
    assert.equal(allowed.state, "transaction");
  },
);

requirement("P3-C-030", "a server without CAPA is used as it is, and one that hangs up on it too", async (context) => {
  const auth = { user: "anna", password: "secret" };
  const without = await settingFor(context, { without: ["CAPA"] });
  const pop = await without.session({ auth });
  assert.equal((await pop.list()).entries.length, 3);
  assert.equal(pop.capabilities.size, 0);
  const hangs = await settingWith(context, { on: "CAPA", connection: 1, drop: 0 }, { on: "CAPA", answer: "-ERR what" });
  assert.equal((await hangs.session({ auth })).state, "transaction");
  assert.deepEqual(hangs.peer.connections[1]?.commands.slice(0, 2), ["USER anna", "PASS secret"]);
});

requirement(
  ["P3-C-031", "P3-C-034"],
  "capabilities count in any case, and those after the login count",
  async (context) => {
    const { session } = await settingFor(context, {
      capabilities: {
        start: ["sasl plain", "FOO bar", "x-baz"],
        login: [
          "uidl",
          "Top",
          "expire 30 USER",
          "login-delay 60",
          "FOO",
          "implementation Any Thing 1.0",
          "resp-codes",
          "utf8 user",
        ],
      },
    });
    const { capabilities } = await session();
    assert.equal(capabilities.uidl, true);
    assert.equal(capabilities.top, true);
    assert.equal(capabilities.respCodes, true);
    assert.equal(capabilities.utf8User, true);
    assert.equal(capabilities.pipelining, false);
    assert.deepEqual(capabilities.expire, { days: 30, perUser: true });
    assert.deepEqual(capabilities.loginDelay, { seconds: 60, perUser: false });
    assert.equal(capabilities.implementation, "Any Thing 1.0");
    assert.equal(capabilities.has("FOO"), true);
  },
);

test("capabilities that are no numbers are none", async (context) => {
  const { session } = await settingFor(context, {
    capabilities: { login: ["EXPIRE NEVER", "LOGIN-DELAY soon", "SASL PLAIN"] },
  });
  const { capabilities } = await session();
  assert.deepEqual(capabilities.expire, { days: "never", perUser: false });
  assert.equal(capabilities.loginDelay, undefined);
});

requirement("P3-C-033", "what the server calls itself changes nothing", async (context) => {
  const said: (readonly string[])[] = [];
  for (const name of ["Dovecot", "Microsoft Exchange", "Gpop ready", "Maillennium"]) {
    const { peer, session } = await settingFor(context, {
      capabilities: ["SASL PLAIN", "UIDL", "TOP", "PIPELINING", `IMPLEMENTATION ${name}`],
    });
    const pop = await session();
    for await (const message of pop.messages()) await message.retrieve().toBuffer();
    await pop.commit();
    said.push(peer.commands);
  }
  for (const commands of said) assert.deepEqual(commands, said[0]);
});

requirement("P3-C-032", "a server with nothing but the commands of RFC 1939 §5 and USER is enough", async (context) => {
  const { session } = await settingFor(context, { without: ["CAPA", "UIDL", "TOP", "AUTH"] });
  const pop = await session({ auth: { user: "anna", password: "secret" } });
  assert.deepEqual(await pop.stat(), { count: 3, octets: 26 });
  const listing = await pop.list();
  assert.equal(listing.hasUniqueIds, false);
  assert.deepEqual(
    listing.entries.map(({ n, uniqueId }) => [n, uniqueId]),
    [
      [1, null],
      [2, null],
      [3, null],
    ],
  );
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    await message.delete();
  }
  assert.equal((await pop.commit()).status, "committed");
});

test("a look at a server needs no login", async (context) => {
  const { peer, options } = await settingFor(context, { tls: TLS, greeting: "ready <1896.697@example.org>" });
  const { auth, ...look } = options({ tls: "stls-required", pin: PIN });
  assert.notEqual(auth, undefined);
  const info = await probe(look);
  assert.equal(info.greeting, "ready <1896.697@example.org>");
  assert.equal(info.hasApop, true);
  assert.equal(info.beforeTls?.stls, true);
  assert.equal(info.capabilities.stls, false);
  assert.equal(info.tls?.pin, PIN);
  await peer.untilClosed(1);
  assert.deepEqual(peer.commands, ["CAPA", "STLS", "CAPA", "QUIT"]);
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

test("who waits for a session is told how far it is", async (context) => {
  const tls = { ...TLS, implicit: true };
  for (const [mode, peerTls, steps] of [
    ["none", undefined, ["connect", "auth"]],
    ["stls-required", TLS, ["connect", "tls", "auth"]],
    ["implicit", tls, ["connect", "tls", "auth"]],
  ] as const) {
    const { session } = await settingFor(context, peerTls === undefined ? {} : { tls: peerTls });
    const told: string[] = [];
    await session({ tls: mode, tlsOptions: TRUST, onStep: (step) => void told.push(step) });
    assert.deepEqual(told, steps, mode);
  }
});

test("what goes wrong in a trace is told as a warning, and the session goes on", async (context) => {
  const { session } = await settingFor(context);
  const warned = new Promise<Error>((resolve) => {
    process.once("warning", resolve);
  });
  let told = 0;
  const pop = await session({
    trace: () => {
      told += 1;
      if (told === 1) throw new Error("no room on the disk");
    },
  });
  await pop.noop();
  assert.match((await warned).message, /no room/);
});

async function expiredPort(context: TestContext): Promise<number> {
  const { key, cert } = EXPIRED_CERTIFICATE;
  const { peer } = await settingFor(context, { tls: { key, cert, implicit: true } });
  return peer.port;
}
