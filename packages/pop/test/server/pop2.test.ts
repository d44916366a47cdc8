// POP2 on real sockets: what goes wrong, and what other sessions see of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { changedStore } from "../support/changed-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { LineClient } from "../support/line-client.ts";
import { messageOf, testServer, type TestServer } from "../support/test-server.ts";

const maildrops = { anna: [messageOf(120), messageOf(200)] };
const pop2 = { generation: "pop2", maildrops } as const;

async function helo(server: TestServer): Promise<LineClient> {
  const client = await server.connect();
  await client.line();
  assert.equal(await client.command("HELO anna secret"), "#2 messages");
  return client;
}

/** Reads the current message and acknowledges it. */
async function take(client: LineClient, octets: number, acknowledgement: string): Promise<string> {
  assert.equal(await client.command("READ"), `=${octets} octets`);
  client.send("RETR\r\n");
  assert.equal(await client.octets(octets), messageOf(octets));
  return client.command(acknowledgement);
}

async function octetsLeft({ store }: TestServer): Promise<readonly number[]> {
  const maildrop = await store.open("anna", { holder: "test", onBusy: "reject" });
  await maildrop.release();
  return Array.from({ length: maildrop.count }, (_, i) => maildrop.octetsOf(i + 1));
}

for (const how of ["close", "reset"] as const) {
  requirement(
    "P2-S-021",
    `ACKD and then a connection lost (${how}) without QUIT: nothing is removed`,
    async (context) => {
      const server = await testServer(context, pop2);
      const client = await helo(server);
      assert.equal(await take(client, 120, "ACKD"), "=200 octets");
      await client.leave(how);
      await server.untilEnded(1);
      assert.deepEqual(await octetsLeft(server), [120, 200]);
      assert.deepEqual(server.failures, []);
    },
  );
}

requirement(
  ["P2-S-021", "P2-S-027"],
  "silence is answered with an error and the end of the connection",
  async (context) => {
    const clock = new FakeClock();
    const server = await testServer(context, { ...pop2, clock });
    const client = await helo(server);
    assert.equal(await take(client, 120, "ACKD"), "=200 octets");
    clock.advance(600_000);
    server.server.sweep();
    assert.equal(await client.rest(), "- the server ends this session\r\n");
    client.end();
    await server.untilEnded(1);
    assert.equal(server.ended[0]?.reason, "idle");
    assert.deepEqual(await octetsLeft(server), [120, 200]);
  },
);

requirement("P2-S-031", "mail that comes during the session is not seen and not removed", async (context) => {
  const server = await testServer(context, pop2);
  const client = await helo(server);
  await server.store.deliver("anna", { body: [Buffer.from(messageOf(300))] });
  assert.equal(await client.command("READ 3"), "=0 no such message");
  assert.equal(await client.command("READ 1"), "=120 octets");
  assert.equal(await take(client, 120, "ACKD"), "=200 octets");
  assert.equal(await take(client, 200, "ACKD"), "=0 no such message");
  assert.equal(await client.command("QUIT"), "+ bye");
  assert.deepEqual(await octetsLeft(server), [300]);
});

requirement("P2-S-034", "one session has a mailbox, whatever generation it speaks", async (context) => {
  const server = await testServer(context, { maildrops });
  const [two, one] = await Promise.all(
    (["pop2", "pop1"] as const).map((generation) => server.server.listen({ host: "127.0.0.1", port: 0, generation })),
  );
  const pop3 = await server.login("anna");
  const busy = await LineClient.connect({ port: two?.port ?? 0 });
  context.after(() => busy.socket.destroy());
  await busy.line();
  assert.equal(await busy.command("HELO anna secret"), "- maildrop is locked by another session");
  assert.equal(await busy.rest(), "");
  await pop3.command("QUIT");
  const holder = await LineClient.connect({ port: two?.port ?? 0 });
  context.after(() => holder.socket.destroy());
  await holder.line();
  assert.equal(await holder.command("HELO anna secret"), "#2 messages");
  const refused = await server.connect();
  assert.match(await refused.login("anna"), /^-ERR \[IN-USE\] /);
  const pop1 = await LineClient.connect({ port: one?.port ?? 0 });
  context.after(() => pop1.socket.destroy());
  assert.equal(await pop1.login("anna"), "+OK logged in");
  assert.equal(await pop1.command("RETR INBOX"), "-ERR maildrop is locked by another session");
});

test("FOLD while another session waits: the mailbox before is free, the next one held", async (context) => {
  const server = await testServer(context, { ...pop2, mailboxes: { "anna/Notes": [messageOf(50)] } });
  const client = await helo(server);
  assert.equal(await take(client, 120, "ACKD"), "=200 octets");
  assert.equal(await client.command("FOLD Notes"), "#1 message");
  assert.equal(await client.command("FOLD nowhere"), "#0 messages");
  assert.deepEqual(await octetsLeft(server), [200]);
  assert.equal(await client.command("FOLD INBOX"), "#1 message");
  assert.equal(await client.command("QUIT"), "+ bye");
  client.end();
  await server.untilEnded(1);
  const { removed, left, retrieved, protocol, reason } = server.ended[0] ?? assert.fail();
  assert.deepEqual(
    { removed, left, messages: retrieved.messages, protocol, reason },
    { removed: 1, left: 3, messages: 1, protocol: "pop2", reason: "quit" },
  );
});

test("a store that breaks off inside a message ends the connection, and nothing more is said", async (context) => {
  const server = await testServer(context, {
    ...pop2,
    maildrops: { anna: [messageOf(700_000), messageOf(20)] },
    around: changedStore((maildrop) => ({
      read: (...of) => {
        const reader = maildrop.read(...of);
        let chunks = 0;
        return {
          next: () => {
            if ((chunks += 1) === 2) throw new Error("the disk is gone");
            return reader.next();
          },
          close: () => reader.close(),
        };
      },
    })),
  });
  const client = await helo(server);
  assert.equal(await client.command("READ"), "=700000 octets");
  client.send("RETR\r\n");
  const rest = await client.rest().catch(() => client.received);
  assert.ok(messageOf(700_000).startsWith(rest));
  await server.untilEnded(1);
  assert.deepEqual([server.ended[0]?.reason, server.failures.length], ["store-failed", 1]);
});

requirement(
  "P2-S-032",
  "away from loopback POP2 is spoken inside TLS, or where cleartext is allowed",
  async (context) => {
    const { key, cert } = TEST_CERTIFICATE;
    const server = await testServer(context, { maildrops, tls: { key, cert }, host: "0.0.0.0" });
    const { port } = await server.server.listenTls({ host: "0.0.0.0", port: 0, generation: "pop2" });
    const client = await LineClient.connectTls({ port });
    context.after(() => client.socket.destroy());
    assert.equal(await client.line(), "+ POP2 localhost ready");
    assert.equal(await client.command("HELO anna secret"), "#2 messages");
    assert.equal(server.server.sessions()[0]?.protocol, "pop2s");
    assert.equal(server.server.sessions()[0]?.state, "mbox");
    const open = await testServer(context, {
      ...pop2,
      host: "0.0.0.0",
      allowsFamilyCleartext: true,
      hostName: "pop.example",
    });
    const other = await open.connect();
    assert.equal(await other.line(), "+ POP2 pop.example ready");
    assert.equal(await other.command("HELO anna secret"), "#2 messages");
  },
);

test("who is not let in reads why, in the words of the protocol", async (context) => {
  for (const [generation, said] of [
    ["pop2", "- too many connections, try again later\r\n"],
    ["pop1", "-ERR too many connections, try again later\r\n"],
  ] as const) {
    const server = await testServer(context, { generation, limits: { connectionsMax: 0 } });
    const client = await server.connect();
    assert.equal(await client.rest(), said);
  }
});

test("a session that is kicked reads that it is over", async (context) => {
  const server = await testServer(context, pop2);
  const client = await helo(server);
  assert.equal(server.server.kick(server.server.sessions()[0]?.session ?? ""), true);
  assert.equal(await client.rest(), "- the server ends this session\r\n");
});
