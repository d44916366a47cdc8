// What comes in: lines of any length, in any pieces, more of them than anybody should send.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { heldOctets } from "../support/garbage.ts";
import { messageOf, testServer } from "../support/test-server.ts";

requirement(
  "P3-S-001",
  "the session starts with a greeting of one line, and then the server waits",
  async (context) => {
    const { connect } = await testServer(context);
    const client = await connect();
    assert.equal(await client.line(), "+OK POP3 ready");
    // Whatever else had been sent by itself would come before this reply.
    assert.match(await client.command("QUIT"), /^\+OK bye/);
    assert.equal(await client.rest(), "");
  },
);

requirement("P3-S-003", "a greeting of a thousand characters is cut to 512 octets", async (context) => {
  const { connect } = await testServer(context, { greeting: "x".repeat(1_000) });
  const line = await (await connect()).line();
  assert.equal(line.length, 510);
  assert.match(line, /^\+OK x+$/);
});

requirement("P3-S-044", "a greeting with < in it is refused when the server is made", async (context) => {
  await assert.rejects(testServer(context, { greeting: "<1.2@example>" }), RangeError);
});

requirement("P3-S-007", "a USER of 255 octets is answered like any other", async (context) => {
  const { connect } = await testServer(context);
  const client = await connect();
  await client.line();
  assert.equal(await client.command(`USER ${"n".repeat(248)}`), "+OK send the password");
  assert.match(await client.command("PASS wrong"), /^-ERR \[AUTH\]/);
});

requirement(
  "P3-S-008",
  "10 MB without a line end are not kept: one -ERR, and the next command is answered",
  async (context) => {
    const { login } = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
    const client = await login("mrose");
    const before = heldOctets();
    const piece = Buffer.alloc(65_536, "x");
    for (let sent = 0; sent < 10_000_000; sent += piece.length) {
      await new Promise<void>((resolve) => client.socket.write(piece, () => resolve()));
    }
    const held = heldOctets() - before;
    assert.ok(held < 1_000_000, `${held} octets are held`);
    client.send("\r\nSTAT\r\n");
    assert.equal(await client.line(), "-ERR line too long");
    assert.equal(await client.line(), "+OK 1 120");
  },
);

requirement("P3-S-153", "200 commands in one write are answered one by one, in order", async (context) => {
  const { login } = await testServer(context, {
    maildrops: { mrose: Array.from({ length: 200 }, (_, i) => messageOf(100 + i)) },
  });
  const client = await login("mrose");
  client.send(Array.from({ length: 200 }, (_, i) => `LIST ${i + 1}\r\n`).join(""));
  for (let number = 1; number <= 200; number += 1) assert.equal(await client.line(), `+OK ${number} ${99 + number}`);
});

requirement(
  "P3-S-135",
  "QUIT and FIN in one segment still remove what is marked, and are answered",
  async (context) => {
    const { login, connect, untilEnded, ended } = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
    const client = await login("mrose");
    await client.command("DELE 1");
    client.socket.end("QUIT\r\n");
    assert.equal(await client.rest(), "+OK bye\r\n");
    await untilEnded(1);
    assert.equal(ended[0]?.removed, 1);
    assert.equal(await (await connect()).login("mrose"), "+OK maildrop has 0 messages (0 octets)");
  },
);

requirement("P3-S-136", "QUIT without a line end and FIN remove nothing", async (context) => {
  const { login, untilEnded, ended, connect } = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
  const client = await login("mrose");
  await client.command("DELE 1");
  client.socket.end("QUIT");
  assert.equal(await client.rest(), "");
  await untilEnded(1);
  assert.deepEqual([ended[0]?.removed, ended[0]?.left, ended[0]?.reason], [0, 1, "disconnected"]);
  assert.equal(await (await connect()).login("mrose"), "+OK maildrop has 1 message (120 octets)");
});

void test("commands that came before FIN are all answered before the connection closes", async (context) => {
  const { login } = await testServer(context, { maildrops: { mrose: [messageOf(120), messageOf(300_000)] } });
  const client = await login("mrose");
  client.socket.end("RETR 2\r\nSTAT\r\nNOOP\r\n");
  const rest = await client.rest();
  assert.ok(rest.endsWith(".\r\n+OK 2 300120\r\n+OK still here\r\n"));
  assert.equal(
    rest.length,
    "+OK 300000 octets\r\n".length + 300_000 + ".\r\n+OK 2 300120\r\n+OK still here\r\n".length,
  );
});

requirement("P3-S-005", "no status indicator stands alone: a space and text follow it", async (context) => {
  const { login } = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
  const client = await login("mrose");
  for (const command of ["STAT", "LIST 1", "UIDL 1", "DELE 1", "NOOP", "RSET", "FOO", "RETR 9", "QUIT"]) {
    assert.match(await client.command(command), /^(\+OK|-ERR) [\x21-\x7e]/, command);
  }
});
