import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:tls";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { openSelfSigned } from "../../src/office/certificate/self-signed.ts";
import { here, inDirectory, spawned, startOffice } from "./command-line.ts";

async function writeCertificate(directory: string): Promise<string> {
  const { cert, key } = await openSelfSigned({
    dataDir: join(directory, `made-${Math.random()}`),
    hostName: "mail.example.org",
    now: Date.now(),
  });
  writeFileSync(join(directory, "chain.pem"), cert);
  writeFileSync(join(directory, "key.pem"), key);
  return cert;
}

test("listeners of an older generation alone are listeners", async () => {
  await inDirectory(async (directory) => {
    const file = writeConfig(directory, 'data = "mail"\n[listen]\npop1s = "127.0.0.1:0"\n');
    const office = await startOffice(["serve", "-c", file, "--json"]);
    assert.deepEqual(
      office.ready.listeners.map(({ protocol }) => protocol),
      ["pop1s"],
    );
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
  });
});

function writeConfig(directory: string, text: string): string {
  const file = join(directory, "restante.toml");
  writeFileSync(file, text);
  return file;
}

const CONFIG = `
data = "mail"
domains = ["example.org"]

[listen]
pop3s = "127.0.0.1:0"
lmtp = "lmtp.sock"

[tls]
certificate = "chain.pem"
key = "key.pem"

[log]
destination = "restante.log"
`.replace('"lmtp.sock"', '"unix:lmtp.sock"');

async function shownCertificate(port: number, ca: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, servername: "mail.example.org", ca });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test("serve opens what the file says, shows its certificate, and SIGHUP brings a new one", async () => {
  await inDirectory(async (directory) => {
    const cert = await writeCertificate(directory);
    const file = writeConfig(directory, CONFIG);
    const office = await startOffice(["serve", "-c", file, "--json"]);
    assert.deepEqual(
      office.ready.listeners.map(({ protocol, address }) => [protocol, address]),
      [
        ["pop3s", "127.0.0.1"],
        ["lmtp", join(directory, "lmtp.sock")],
      ],
    );
    assert.equal(await shownCertificate(office.port("pop3s"), cert), new X509Certificate(cert).fingerprint256);

    const fresh = await writeCertificate(directory);
    const log = join(directory, "restante.log");
    office.signal("SIGHUP");
    const reloaded = `"reloaded"`;
    while (!readFileSync(log, "utf8").includes(reloaded)) await here(["who", "-c", file]);
    assert.equal(await shownCertificate(office.port("pop3s"), fresh), new X509Certificate(fresh).fingerprint256);

    writeConfig(directory, CONFIG.replace('"127.0.0.1:0"', '"nonsense"'));
    office.signal("SIGHUP");
    while (!office.stderr().includes("the reload failed, nothing changed"))
      await here(["who", "--data", join(directory, "mail")]);
    assert.equal(await shownCertificate(office.port("pop3s"), fresh), new X509Certificate(fresh).fingerprint256);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
  });
});

test("a reload warns of what the new configuration gives reason to, once", async () => {
  await inDirectory(async (directory) => {
    const source = (name: string): string =>
      `[source.${name}]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\nuser = "anna"\npassword = { env = "X" }\naccount = "anna"\n`;
    const text = 'data = "mail"\n[listen]\npop3 = "127.0.0.1:0"\n';
    const file = writeConfig(directory, `${text}${source("one")}`);
    const office = await startOffice(["serve", "-c", file, "--json"]);
    writeConfig(directory, `${text}${source("one")}${source("two")}`);
    const told = (): number => office.stderr().split("one and two both collect the mailbox of anna").length - 1;
    office.signal("SIGHUP");
    while (told() === 0) await here(["who", "-c", file]);
    const reloads = (): number => office.stderr().split('"reloaded"').length - 1;
    while (reloads() < 1) await here(["who", "-c", file]);
    office.signal("SIGHUP");
    while (reloads() < 2) await here(["who", "-c", file]);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
    assert.equal(told(), 1);
  });
});

test("serve deletes for good what a POP client deletes, unless the file says otherwise", async () => {
  await inDirectory(async (directory) => {
    const file = writeConfig(directory, 'data = "mail"\n[listen]\npop3 = "127.0.0.1:0"\n');
    assert.equal((await here(["account", "add", "anna", "-c", file])).code, 0);
    assert.equal((await here(["account", "add", "bela", "--data", join(directory, "mail")])).code, 0);
    const accounts = JSON.parse((await here(["account", "list", "-c", file, "--json"])).stdout) as readonly {
      name: string;
      popDelete: string;
    }[];
    assert.deepEqual(
      accounts.map(({ name, popDelete }) => [name, popDelete]),
      [
        ["anna", "remove"],
        ["bela", "trash 30d"],
      ],
    );
  });
});

test("a configuration with mistakes ends serve with 78 and a line for each", async () => {
  await inDirectory(async (directory) => {
    const file = writeConfig(directory, 'hostname = "x"\n[listen]\npop3 = "110.0.0.1"\n');
    const { code, stderr, stdout } = await spawned(["serve", "-c", file]);
    assert.deepEqual([code, stdout], [78, ""]);
    assert.equal(
      stderr,
      `${file}:1:1: hostname: unknown key; did you mean host_name?\n` +
        `${file}:3:8: listen.pop3: "110.0.0.1" is not an address to listen on; write "host:port", such as "127.0.0.1:1110" or "[::1]:1110", or "off"\n`,
    );
  });
});

test("serve without a file, without listeners or with a wrong key says what to do", async () => {
  await inDirectory(async (directory) => {
    assert.match((await here(["serve"])).stderr, /^restante: serve needs a configuration; name it with -c FILE/);
    const empty = await here(["serve", "-c", writeConfig(directory, "")]);
    assert.equal(empty.code, 78);
    assert.match(empty.stderr, /names no listener; add \[listen\]/);
    await writeCertificate(directory);
    writeFileSync(join(directory, "key.pem"), "no key");
    const wrong = await here(["serve", "-c", writeConfig(directory, CONFIG)]);
    assert.equal(wrong.code, 78);
    assert.match(wrong.stderr, /restante: tls\.key: .*key\.pem holds no private key/);
  });
});
