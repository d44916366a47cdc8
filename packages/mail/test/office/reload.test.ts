import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "node:tls";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { ConfigError } from "../../src/config/index.ts";
import { openSelfSigned } from "../../src/office/certificate/self-signed.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loggedIn, openTestOffice, Talk, temporaryDirectory, testConfig } from "./test-office.ts";

test("a reload brings new limits to the next session and drops none", async () => {
  const directory = temporaryDirectory();
  const keys: Record<string, unknown> = {};
  const house = await openTestOffice({ dataDir: directory.path, readConfig: () => testConfig(directory.path, keys) });
  const { password } = await house.office.house.accounts.add({ name: "anna" });
  const session = await loggedIn(house.port("pop3"), "anna", password);
  keys["limits.bad_commands_before_login"] = 1;
  assert.deepEqual(await house.office.reload(), { changed: ["limits"], needRestart: [] });
  assert.equal(await session.say("STAT"), "+OK 0 0");
  const fresh = new Talk(house.port("pop3"));
  await fresh.line();
  assert.match((await fresh.say("NONSENSE")) ?? "", /^-ERR/);
  // With the default of three this would be one more bad command.
  assert.equal(await fresh.say("NONSENSE"), "-ERR too many errors, closing");
  assert.equal(await fresh.line(), undefined);
  session.close();
  await house.stop();
  directory.remove();
});

test("a reload shows a new certificate", async () => {
  const directory = temporaryDirectory();
  const write = async (name: string): Promise<void> => {
    const { cert, key } = await openSelfSigned({
      dataDir: join(directory.path, name),
      hostName: "a.example",
      now: Date.now(),
    });
    writeFileSync(join(directory.path, "c.pem"), cert);
    writeFileSync(join(directory.path, "k.pem"), key);
  };
  await write("one");
  const keys = { "tls.certificate": join(directory.path, "c.pem"), "tls.key": join(directory.path, "k.pem") };
  const house = await openTestOffice({ keys, readConfig: () => testConfig(house.config.dataDir, keys) });
  const [before] = house.office.certificates;
  assert.equal(before?.selfSigned, false);
  assert.deepEqual(await house.office.reload(), { changed: [], needRestart: [] });
  await write("two");
  assert.deepEqual(await house.office.reload(), { changed: ["certificate"], needRestart: [] });
  assert.notEqual(house.office.certificates[0]?.fingerprint, before.fingerprint);
  assert.equal(await fingerprintShown(house.port("pop3s"), "a.example"), house.office.certificates[0]?.fingerprint);
  await house.stop();
  directory.remove();
});

requirement(
  "P3-S-186",
  "a certificate for another domain is shown to who asks for that, from a reload on",
  async () => {
    const directory = temporaryDirectory();
    const pairFor = async (hostName: string): Promise<{ readonly certificate: string; readonly key: string }> => {
      const dataDir = join(directory.path, hostName);
      await openSelfSigned({ dataDir, hostName, now: Date.now() });
      return { certificate: join(dataDir, "tls", "certificate.pem"), key: join(dataDir, "tls", "key.pem") };
    };
    const first = await pairFor("a.example");
    const keys: Record<string, unknown> = { "tls.certificate": first.certificate, "tls.key": first.key };
    const house = await openTestOffice({ keys, readConfig: () => testConfig(house.config.dataDir, keys) });
    const shownTo = (servername: string) => fingerprintShown(house.port("pop3s"), servername);
    const [before] = house.office.certificates;
    assert.equal(await shownTo("b.example"), before?.fingerprint);
    keys["tls.sni"] = [await pairFor("b.example")];
    assert.deepEqual(await house.office.reload(), { changed: ["certificate"], needRestart: [] });
    const [a, b] = house.office.certificates;
    assert.equal(await shownTo("a.example"), a?.fingerprint);
    assert.equal(await shownTo("b.example"), b?.fingerprint);
    assert.equal(await shownTo("c.example"), a?.fingerprint);
    await house.stop();
    directory.remove();
  },
);

function fingerprintShown(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

test("what needs a restart is named at every reload until it was restarted", async () => {
  const directory = temporaryDirectory();
  const keys = { host_name: "new.example.org", "listen.pop3": "127.0.0.1:1", "limits.message": "1MiB" };
  const house = await openTestOffice({ dataDir: directory.path, readConfig: () => testConfig(directory.path, keys) });
  for (let i = 0; i < 2; i += 1) {
    const { needRestart } = await house.office.reload();
    assert.deepEqual([...needRestart].sort(), ["host_name", "limits.message", "listen"]);
  }
  await house.stop();
  directory.remove();
});

test("a configuration that became wrong changes nothing", async () => {
  const directory = temporaryDirectory();
  const house = await openTestOffice({
    dataDir: directory.path,
    readConfig: () => testConfig(directory.path, { "limits.idle": "soon" }),
  });
  const before = house.office.certificates;
  await assert.rejects(house.office.reload(), ConfigError);
  assert.deepEqual(house.office.certificates, before);
  const talk = new Talk(house.port("pop3"));
  assert.match((await talk.line()) ?? "", /^\+OK/);
  talk.close();
  await house.stop();
  directory.remove();
});
