// What is sent behind STLS in the clear is never taken for what is said inside TLS (CVE-2011-0411, CVE-2021-38084).
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { until } from "../support/until.ts";
import {
  messageOf,
  slowEverybody,
  testServer,
  type TestServer,
  type TestServerOptions,
} from "../support/test-server.ts";

const tls = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert };
const HELLO = Buffer.from("160301", "hex").toString("latin1");

function stlsServer(context: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  return testServer(context, { tls, maildrops: { mrose: [messageOf(120)] }, ...options });
}

/** What the server says to these pieces, each sent a turn of the event loop after the one before. */
async function answersTo(server: TestServer, pieces: readonly string[]): Promise<string> {
  const client = await server.connect();
  await client.line();
  for (const piece of pieces) {
    client.send(piece);
    await nextTurn();
  }
  client.end();
  return client.rest().catch(() => client.received);
}

requirement(
  "P3-S-174",
  "anything behind STLS in one segment closes the connection, and STLS is not answered",
  async (context) => {
    for (const behind of ["STAT\r\n", "USER mrose\r\nPASS secret\r\n", "x", "\n", HELLO, "\0"]) {
      const server = await stlsServer(context);
      assert.equal(await answersTo(server, [`STLS\r\n${behind}`]), "", JSON.stringify(behind));
      await server.untilEnded(1);
      assert.equal(server.ended[0]?.reason, "injection");
      assert.equal(server.ended[0]?.tls, undefined);
    }
  },
);

requirement("P3-S-174", "cut at any octet, nothing behind STLS is answered", async (context) => {
  const text = "STLS\r\nCAPA\r\nUSER mrose\r\n";
  for (let cut = 1; cut < text.length; cut += 1) {
    const server = await stlsServer(context);
    const answer = await answersTo(server, [text.slice(0, cut), text.slice(cut)]);
    // Behind the reply to STLS comes at most a TLS alert.
    assert.match(answer, /^(\+OK begin TLS now\r\n)?[^+-]*$/, `cut at ${cut}`);
    assert.doesNotMatch(answer, /capability|send the password/, `cut at ${cut}`);
    await server.untilEnded(1);
  }
});

requirement("P3-S-174", "replies to commands before STLS are sent, then the connection closes", async (context) => {
  const server = await stlsServer(context);
  const answer = await answersTo(server, ["USER mrose\r\nSTLS\r\nPASS secret\r\n"]);
  assert.equal(answer, "+OK send the password\r\n");
});

requirement("P3-S-174", "what came while a password was checked counts as behind STLS", async (context) => {
  const { authenticator, answers } = slowEverybody();
  const server = await stlsServer(context, { authenticator });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS wrong\r\n");
  await until(() => answers.length > 0);
  client.send("STLS\r\n");
  await nextTurn();
  client.send("STAT\r\n");
  await nextTurn();
  answers[0]?.();
  assert.equal(await client.rest(), "-ERR [AUTH] login refused: check name and password\r\n");
  client.end();
  await server.untilEnded(1);
  assert.equal(server.ended[0]?.reason, "injection");
});

void test("STLS alone, waiting behind a password being checked, starts TLS", async (context) => {
  const { authenticator, answers } = slowEverybody();
  const server = await stlsServer(context, { authenticator });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS wrong\r\nSTLS\r\n");
  await until(() => answers.length > 0);
  answers[0]?.();
  assert.match(await client.line(), /^-ERR \[AUTH\]/);
  assert.equal(await client.line(), "+OK begin TLS now");
  await client.startTls();
  assert.match(await client.command("CAPA"), /^\+OK/);
});
