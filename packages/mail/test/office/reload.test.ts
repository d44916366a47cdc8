import assert from "node:assert/strict";
import { test } from "node:test";
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
  const before = house.office.certificate;
  assert.equal(before.selfSigned, false);
  assert.deepEqual(await house.office.reload(), { changed: [], needRestart: [] });
  await write("two");
  assert.deepEqual(await house.office.reload(), { changed: ["certificate"], needRestart: [] });
  assert.notEqual(house.office.certificate.fingerprint, before.fingerprint);
  const { connect } = await import("node:tls");
  const shown = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: house.port("pop3s"), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", reject);
  });
  assert.equal(shown, house.office.certificate.fingerprint);
  await house.stop();
  directory.remove();
});

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
  const before = house.office.certificate.fingerprint;
  await assert.rejects(house.office.reload(), ConfigError);
  assert.equal(house.office.certificate.fingerprint, before);
  const talk = new Talk(house.port("pop3"));
  assert.match((await talk.line()) ?? "", /^\+OK/);
  talk.close();
  await house.stop();
  directory.remove();
});
