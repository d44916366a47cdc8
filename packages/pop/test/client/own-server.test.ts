// Our client against our server: nothing made up on either side.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connect, type Pop3Options } from "@restante/pop/client";
import { deriveScramKeys, type Authenticator } from "@restante/pop/sasl";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { messageOf, testServer } from "../support/test-server.ts";

const { cert, key } = TEST_CERTIFICATE;
const owner = { account: "anna", login: "anna" };
const salt = randomBytes(16);
const keys = {
  sha256: await deriveScramKeys("secret", salt, 4_096),
  sha1: await deriveScramKeys("secret", salt, 4_096, { hash: "sha1" }),
};

const authenticator: Authenticator = {
  checkPassword: (login, password) =>
    Promise.resolve(password === "secret" ? { kind: "accepted", account: login, login } : { kind: "refused" }),
  scramKeys: (_login, _peer, hash) => Promise.resolve({ ...keys[hash], owner }),
};

test("over cleartext, STLS and TLS everything comes octet for octet and goes when it is told to", async (context) => {
  const messages = [1, 2, 50, 500, 5_000, 50_000, 500_000].map((octets) => messageOf(octets + 13));
  for (const tls of ["none", "stls-required", "implicit"] as const) {
    const { server, listening } = await testServer(context, {
      tls: { cert, key },
      authenticator,
      maildrops: { anna: messages },
    });
    const { port } = tls === "implicit" ? await server.listenTls({ host: "127.0.0.1", port: 0 }) : listening;
    const options: Pop3Options = {
      host: "127.0.0.1",
      port,
      tls,
      tlsOptions: { ca: cert },
      auth: { user: "anna", password: "secret" },
    };
    {
      await using pop = await connect(options);
      const said: string[] = [];
      for await (const message of pop.messages()) said.push((await message.retrieve().toBuffer()).toString("latin1"));
      assert.deepEqual(said, messages, tls);
      await pop.delete([2, 4]);
    }
    await using again = await connect(options);
    assert.equal((await again.stat()).count, messages.length, "left without commit");
    await again.delete([2, 4]);
    assert.equal((await again.commit()).status, "committed");
    await using last = await connect(options);
    assert.equal((await last.stat()).count, messages.length - 2);
  }
});

test("with TLS the login is bound to the connection", async (context) => {
  const { server, ended, untilEnded } = await testServer(context, {
    tls: { cert, key },
    authenticator,
    maildrops: { anna: [] },
  });
  const { port } = await server.listenTls({ host: "127.0.0.1", port: 0 });
  const pop = await connect({
    host: "127.0.0.1",
    port,
    tlsOptions: { ca: cert },
    auth: { user: "anna", password: "secret" },
  });
  await pop.commit();
  await untilEnded(1);
  assert.equal(ended[0]?.mechanism, "SCRAM-SHA-256-PLUS");
});

test("a message of sixty megabytes costs a process less than fifty of memory", async (context) => {
  const line = `${"x".repeat(76)}\r\n`;
  const octets = Math.ceil(60_000_000 / line.length) * line.length;
  const { listening } = await testServer(context, { maildrops: { anna: [line.repeat(octets / line.length)] } });
  const program = fileURLToPath(new URL("slow-reader.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=restante-source", program, String(listening.port)],
    // Compiled code that is read from a cache lies in memory beside what the client needs.
    { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" } },
  );
  const { received, grown } = JSON.parse(stdout) as { readonly received: number; readonly grown: number };
  assert.equal(received, octets);
  assert.ok(grown < 50_000_000, `${grown} octets`);
});
