// Whom a source's password goes to, and what becomes of a source whose server is not who it was.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import dns from "node:dns";
import dnsPromises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Pop3Error } from "@restante/pop/client";
import { scriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import {
  discover,
  firstReached,
  RUN_QUESTIONS,
  runSource,
  SYSTEM_RESOLVER,
  tryLogin,
  type MailResolver,
  type Allowed,
} from "../../src/retriever/index.ts";

import { loadConfig, type SourceConfig } from "../../src/config/index.ts";
import { openSetting, SIX, temporaryFolder } from "./fixture.ts";
import { proxyTo } from "./proxy-to.ts";

const EVERY: Allowed = new Map(RUN_QUESTIONS.map((kind) => [kind, Infinity]));

function pinOf(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

const TLS = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert, implicit: true };

requirement("P3-C-043", "a password is tried on no server without TLS, whatever setup is told", async (context) => {
  const peer = await scriptedPeer();
  context.after(() => peer.close());
  const place = { host: "127.0.0.1", port: peer.port, tls: "stls-required" } as const;
  const { reached, missed } = await firstReached([place], {});
  assert.deepEqual([reached, missed[0]?.error.code], [undefined, "TLS_UNAVAILABLE"]);
  const tried = tryLogin(place, { users: ["anna@example.org", "anna"], password: "secret" });
  await assert.rejects(tried, (error) => Pop3Error.is(error, "TLS_UNAVAILABLE"));
  assert.ok(!peer.commands.some((line) => /^(?:USER|PASS|AUTH|APOP)/.test(line)), peer.commands.join(" "));
});

requirement(
  "P3-C-044",
  "a pin is one source's, goes with its line, and is not offered once the source has worked",
  async (context) => {
    const setting = await openSetting(context, { tls: TLS, keys: { tls: "implicit" } });
    const first = await setting.run();
    assert.deepEqual([first.error?.code, first.exitCode], ["TLS_UNTRUSTED", 80]);
    assert.match(first.advice.map(({ text }) => text).join(), /pin/, "set up for the first time");
    const pin = [pinOf(TEST_CERTIFICATE.cert)];
    assert.equal((await setting.run({ pin })).arrived.messages, 6);
    const revoked = await setting.run();
    assert.equal(revoked.error?.code, "TLS_UNTRUSTED");
    assert.doesNotMatch(revoked.advice.map(({ text }) => text).join(), /pin/);
    assert.match(revoked.advice.map(({ text }) => text).join(), /was good before/);
    // Of another account on the same server it says nothing.
    const other = { ...setting.source(), name: "other" };
    assert.equal((await runSource(other, setting.house)).error?.code, "TLS_UNTRUSTED");
  },
);

requirement(
  "P3-C-048",
  "no answer to any question lets a source go on with a certificate that fails",
  async (context) => {
    const setting = await openSetting(context, { tls: TLS, keys: { tls: "implicit" } });
    assert.equal((await setting.run({ pin: [pinOf(TEST_CERTIFICATE.cert)] })).exitCode, 0);
    const heard = setting.peer.commands.length;
    for (const keys of [{}, { pin: [pinOf(OTHER_CERTIFICATE.cert)] }, { allow_cleartext: true }]) {
      const report = await setting.run(keys, { allowed: EVERY });
      assert.deepEqual([report.exitCode, report.questions, report.removed], [80, [], 0]);
    }
    assert.equal(setting.peer.commands.length, heard, "nothing was said to it, no password either");
  },
);

/** Whoever asks this machine's DNS from now on asks it here, by whichever way, and gets no answer. Answers what was asked. */
async function trapDns(context: TestContext): Promise<readonly string[]> {
  const asked: string[] = [];
  const asking = (hook: string) => (name: unknown) => {
    asked.push(`${hook} ${String(name)}`);
    throw new Error("nobody is to be asked");
  };
  for (const api of [dns, dnsPromises, dns.Resolver.prototype, dnsPromises.Resolver.prototype])
    for (const query of ["resolveSrv", "resolve", "resolveAny", "resolveTxt", "resolveMx"] as const)
      context.mock.method(api as typeof dns, query, asking(query) as never);
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await assert.rejects(SYSTEM_RESOLVER.srv("_pop3._tcp.localhost"), /nobody is to be asked/, "the trap works");
  assert.deepEqual(asked.splice(0), ["resolveSrv _pop3._tcp.localhost"]);
  return asked;
}

requirement(
  "P3-C-145",
  "setup asks the DNS once; what it found is written down, and runs ask no more",
  async (context) => {
    const folder = temporaryFolder(context);
    const peer = await scriptedPeer({ messages: ["Subject: a\r\n\r\nb\r\n"] });
    context.after(() => peer.close());
    const asked: string[] = [];
    const resolver: MailResolver = {
      srv(name) {
        asked.push(name);
        const record = { name: "localhost", port: peer.port, priority: 0, weight: 0 };
        return Promise.resolve(name.startsWith("_pop3.") ? [record] : []);
      },
    };
    const [place] = (await discover("anna@localhost", resolver)).places;
    const file = join(folder, "restante.toml");
    writeFileSync(
      file,
      `[source.work]\nhost = "${place?.host}"\nport = ${place?.port}\ntls = "none"\nuser = "anna"\npassword = "secret"\naccount = "anna"\n`,
      { mode: 0o600 },
    );
    const [source] = loadConfig({ file }).config.sources;
    assert.deepEqual([source?.host, source?.port], ["localhost", peer.port]);
    const setting = await openSetting(context);
    const work: SourceConfig = { ...setting.source(), host: source?.host ?? "", port: source?.port ?? 0 };
    assert.deepEqual(asked.toSorted(), ["_pop3._tcp.localhost", "_pop3s._tcp.localhost"]);
    const bySystem = await trapDns(context);
    for (let run = 0; run < 2; run += 1) assert.equal((await runSource(work, setting.house)).exitCode, 0);
    assert.deepEqual(bySystem, []);
    assert.equal(peer.connections.length, 2, "at the place that was written down");
    assert.deepEqual(asked.length, 2);
  },
);

requirement("P3-C-146", "a domain that moves to IMAP is told of, and never followed there", async (context) => {
  const setting = await openSetting(context);
  const { port } = setting.peer;
  const asked: string[] = [];
  let hasMoved = false;
  const resolver: MailResolver = {
    srv(name) {
      asked.push(name);
      const here = { name: "localhost", port, priority: 0, weight: 0 };
      if (!hasMoved) return Promise.resolve(name.startsWith("_pop3.") ? [here] : []);
      return Promise.resolve([name.startsWith("_imap") ? here : { ...here, name: ".", port: 0 }]);
    },
  };
  const [place] = (await discover("anna@localhost", resolver)).places;
  hasMoved = true;
  await assert.rejects(discover("anna@localhost", resolver), /says that it has no POP3/);
  assert.ok(
    asked.every((name) => name.startsWith("_pop3")),
    asked.join(" "),
  );
  // What was written down goes on as it is while POP3 is there, and then nowhere else.
  const bySystem = await trapDns(context);
  const source = setting.source({ host: place?.host, port: place?.port });
  assert.equal((await runSource(source, setting.house)).arrived.messages, 6);
  await setting.peer.close();
  const gone = await runSource(source, setting.house);
  assert.deepEqual([gone.error?.code, gone.exitCode], ["CONNECT_REFUSED", 69]);
  assert.deepEqual(bySystem, [], "runs do not know what the domain says now");
});

requirement(
  "P3-C-046",
  "a source without TLS is told when its server has come to offer it, and collected from all the same",
  async (context) => {
    const setting = await openSetting(context);
    const proxied = { host: "pop.example.org", allow_cleartext: true };
    const before = await setting.run({
      ...proxied,
      proxy: await proxyTo(context, setting.peer.port),
    });
    assert.deepEqual([before.arrived.messages, before.warnings], [6, []]);
    const { key, cert } = TEST_CERTIFICATE;
    const offering = await scriptedPeer({ messages: SIX, tls: { key, cert } });
    context.after(() => offering.close());
    const proxy = await proxyTo(context, offering.port);
    const after = await setting.run({ ...proxied, proxy });
    assert.deepEqual([after.exitCode, after.alreadyHere + after.arrived.messages], [0, 0]);
    assert.match(after.warnings.map(({ text }) => text).join(), /offers encryption.*tls = "stls-required"/);
    assert.ok(!offering.commands.includes("STLS"), "what was chosen is done");
    // To this machine itself nobody listens in.
    const own = await setting.run({ port: offering.port });
    assert.doesNotMatch(own.warnings.map(({ text }) => text).join(), /encryption/);
  },
);

test("a file that holds no certificate, or no key, is named before anything is said of the server", async (context) => {
  const setting = await openSetting(context, { tls: TLS, keys: { tls: "implicit" } });
  const [pem, key, none] = ["pem", "key", "none"].map((name) => join(setting.folder, name)) as [string, string, string];
  writeFileSync(pem, TEST_CERTIFICATE.cert);
  writeFileSync(key, TEST_CERTIFICATE.key);
  writeFileSync(none, "nothing\n");
  const said = async (keys: Readonly<Record<string, unknown>>): Promise<string> => {
    const { exitCode, error } = await setting.run(keys);
    assert.equal(exitCode, 78, error?.message);
    return (error?.message ?? "").replaceAll(setting.folder, "");
  };
  assert.equal(await said({ ca: none }), "work: /none holds no certificate; name a PEM file with one");
  assert.equal(
    await said({ ca: pem, certificate: key, key }),
    "work: /key holds no certificate; name a PEM file with one",
  );
  assert.equal(
    await said({ ca: pem, certificate: pem, key: pem }),
    "work: /pem holds no private key; name a PEM file with one",
  );
  assert.equal((await setting.run({ ca: pem, certificate: pem, key })).exitCode, 0);
});
