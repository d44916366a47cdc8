// POP1 on real sockets: what goes wrong between RDEL and RCVD, and what other sessions see of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import type { CommitOutcome, Maildrop, MessageReader } from "@restante/pop/maildrop";
import { changedStore } from "../support/changed-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { LineClient } from "../support/line-client.ts";
import { madeUpStore, untilStill } from "../support/made-up-store.ts";
import { messageOf, testServer, type TestServer } from "../support/test-server.ts";

const SEPARATOR = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\r\n";
const maildrops = { fred: [messageOf(120), messageOf(200)] };
const DATA = maildrops.fred.map((message) => `${SEPARATOR}${message}\r\n`).join("");
const pop1 = { generation: "pop1", maildrops } as const;

/** Logged in, and `command` answered. */
async function opened(server: TestServer, command: string): Promise<{ client: LineClient; reply: string }> {
  const client = await server.connect();
  assert.equal(await client.login("fred"), "+OK logged in");
  return { client, reply: await client.command(command) };
}

async function receive(client: LineClient): Promise<void> {
  client.send("RCEV\r\n");
  assert.equal(await client.octets(DATA.length), DATA);
}

async function countLeft({ store }: TestServer): Promise<number> {
  const maildrop = await store.open("fred", { holder: "test", onBusy: "reject" });
  await maildrop.release();
  return maildrop.count;
}

for (const how of ["close", "reset"] as const) {
  requirement("P1-S-016", `a connection lost (${how}) before RCVD removes nothing and unlocks`, async (context) => {
    const server = await testServer(context, pop1);
    const { client, reply } = await opened(server, "RDEL INBOX");
    assert.equal(reply, `#${DATA.length} octets`);
    await receive(client);
    await client.leave(how);
    await server.untilEnded(1);
    assert.equal(await countLeft(server), 2);
    assert.deepEqual(server.failures, []);
  });
}

test("silence before RCVD removes nothing, and is not answered", async (context) => {
  const clock = new FakeClock();
  const server = await testServer(context, { ...pop1, clock });
  const { client } = await opened(server, "RDEL INBOX");
  await receive(client);
  clock.advance(600_000);
  server.server.sweep();
  assert.equal(await client.rest(), "");
  client.end();
  await server.untilEnded(1);
  assert.equal(await countLeft(server), 2);
});

requirement("P1-S-012", "mail that comes between # and RCVD survives", async (context) => {
  const server = await testServer(context, pop1);
  const { client } = await opened(server, "RDEL INBOX");
  await receive(client);
  await server.store.deliver("fred", { body: [Buffer.from("new\r\n")] });
  assert.equal(await client.command("RCVD"), "+OK mail removed, mailbox closed");
  const whole = `${SEPARATOR}new\r\n\r\n`;
  assert.equal(await client.command("RETR INBOX"), `#${whole.length} octets`);
});

/** What comes of a reader that fails at its chunk number `at`, counted over all readers of the session. */
function failing(at: number): (maildrop: Maildrop) => Partial<Maildrop> {
  let asked = 0;
  return (maildrop) => ({
    read(...of): MessageReader {
      const reader = maildrop.read(...of);
      return {
        next() {
          asked += 1;
          if (asked === at) return Promise.reject(new Error("/secret/path: the disk is gone"));
          return reader.next();
        },
        close: () => reader.close(),
      };
    },
  });
}

requirement(
  "P1-S-008",
  "a store that fails in the middle of the data ends the connection: no -ERR, nothing removed, unlocked",
  async (context) => {
    // Two messages are measured, the first is sent, the second fails.
    const server = await testServer(context, { ...pop1, around: changedStore(failing(4)) });
    const { client, reply } = await opened(server, "RDEL INBOX");
    assert.equal(reply, `#${DATA.length} octets`);
    client.send("RCEV\r\n");
    const rest = await client.rest().catch(() => client.received);
    assert.ok(rest.length < DATA.length && DATA.startsWith(rest), JSON.stringify(rest));
    await server.untilEnded(1);
    assert.equal(server.ended[0]?.reason, "store-failed");
    assert.equal(await countLeft(server), 2);
  },
);

requirement(
  "P1-S-006",
  "a mailbox that cannot be read through is refused before anything is sent, and unlocked",
  async (context) => {
    for (const at of [1, 2]) {
      const server = await testServer(context, { ...pop1, around: changedStore(failing(at)) });
      const { client, reply } = await opened(server, "RDEL INBOX");
      assert.equal(reply, "-ERR mail is not available now, try again later");
      assert.equal(await client.command("NOOP"), "+OK still here");
      assert.equal(await countLeft(server), 2);
      assert.equal(await client.command("RETR INBOX"), `#${DATA.length} octets`);
    }
  },
);

requirement(
  "P1-S-010",
  "a removal that fails is told by -ERR; the mailbox is unlocked and the mail still there",
  async (context) => {
    for (const [outcome, said] of [
      ["failed", "some deleted messages not removed"],
      ["unknown", "cannot tell whether messages were removed"],
      ["lost-lease", "another session took the maildrop over, nothing was removed"],
    ] as const satisfies readonly (readonly [CommitOutcome, string])[]) {
      const server = await testServer(context, {
        ...pop1,
        around: changedStore(() => ({ commit: () => Promise.resolve(outcome) })),
      });
      const { client } = await opened(server, "RDEL INBOX");
      await receive(client);
      assert.equal(await client.command("RCVD"), `-ERR ${said}`);
      assert.equal(await countLeft(server), 2);
      assert.equal(await client.command("RETR INBOX"), `#${DATA.length} octets`);
    }
  },
);

requirement(
  ["P1-S-006", "P1-S-023"],
  "two sessions on one mailbox: the second is refused, and goes on",
  async (context) => {
    const server = await testServer(context, pop1);
    const first = await opened(server, "RETR INBOX");
    const second = await opened(server, "RDEL INBOX");
    assert.equal(second.reply, "-ERR maildrop is locked by another session");
    assert.equal(await second.client.command("NOOP"), "+OK still here");
    assert.equal(await first.client.command("RSET"), "+OK mailbox closed");
    assert.equal(await second.client.command("RDEL INBOX"), `#${DATA.length} octets`);
    const { port } = await server.server.listen({ host: "127.0.0.1", port: 0 });
    assert.ok(port > 0);
  },
);

requirement("P1-S-009", "another mailbox is read and emptied by name, INBOX is left alone", async (context) => {
  const server = await testServer(context, { ...pop1, mailboxes: { "fred/My notes": ["note\r\n"] } });
  const { client, reply } = await opened(server, "RDEL My notes");
  const data = `${SEPARATOR}note\r\n\r\n`;
  assert.equal(reply, `#${data.length} octets`);
  client.send("RCEV\r\n");
  assert.equal(await client.octets(data.length), data);
  assert.equal(await client.command("RCVD"), "+OK mail removed, mailbox closed");
  assert.equal(await client.command("RETR My notes"), "#0 octets");
  assert.equal(await client.command("RSET"), "+OK mailbox closed");
  assert.equal(await client.command("RETR INBOX"), `#${DATA.length} octets`);
});

const MIB = 1_048_576;

test("a mailbox of 128 MiB and a client that does not read: what is read ahead of it is bounded", async (context) => {
  const store = madeUpStore({ count: 128, octets: MIB });
  const server = await testServer(context, { generation: "pop1", around: () => store });
  const { client, reply } = await opened(server, "RETR INBOX");
  assert.equal(reply, `#${128 * (MIB + SEPARATOR.length + 2)} octets`);
  assert.equal(store.made.octets, 128 * MIB);
  client.socket.removeAllListeners("data");
  client.socket.pause();
  client.send("RCEV\r\n");
  await untilStill(store.made);
  // What the two sockets hold of a connection over loopback is some MiB; the mailbox is a hundred.
  assert.ok(store.made.octets - 128 * MIB < 32 * MIB, `${store.made.octets - 128 * MIB} octets were made`);
});
