// Every octet of every message, for several clients at once that read by fits and starts: nothing is lost, doubled,
// or ever seen by another session.
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { testServer } from "../support/test-server.ts";

const accounts = ["ann", "bob", "cyd"];
const messages = 60;
const rounds = 40;

/** Message `n` of `account`: 1 to 9,000 octets of body that no other message has, some with dots at line starts. */
function body(account: string, n: number): string {
  const line = `${n % 3 === 0 ? "." : ""}${account} ${n} ${"abcdefghij".repeat(n % 7)}\r\n`;
  return line.repeat(1 + ((n * 37) % 120));
}

const stuffed = (text: string): string => text.replace(/(^|\r\n)\./g, "$1..");

function expected(account: string): string {
  const replies = Array.from({ length: messages }, (_, i) => {
    const text = body(account, i + 1);
    return `+OK ${text.length} octets\r\n${stuffed(text)}.\r\n`;
  });
  return replies.join("").repeat(rounds);
}

/** Asks for everything at once, stops until the server has filled the socket, then reads a little at a time. */
async function readByFits(client: LineClient, length: number): Promise<string> {
  const run = Array.from({ length: messages }, (_, i) => `RETR ${i + 1}\r\n`).join("");
  client.socket.removeAllListeners("data");
  client.socket.pause();
  client.send(run.repeat(rounds));
  for (let turns = 0; turns < 50; turns += 1) await nextTurn();
  const pieces: string[] = [];
  let read = 0;
  while (read < length) {
    const piece = client.socket.read() as Buffer | null;
    if (piece === null) {
      if (client.socket.destroyed) throw new Error(`the connection ended after ${read} of ${length} octets`);
      await nextTurn();
      continue;
    }
    read += piece.length;
    pieces.push(piece.toString("latin1"));
    for (let turns = piece.length % 5; turns > 0; turns -= 1) await nextTurn();
  }
  return pieces.join("");
}

async function play(context: TestContext, encrypted: boolean): Promise<void> {
  const { key, cert } = TEST_CERTIFICATE;
  const maildrops = Object.fromEntries(
    accounts.map((account) => [account, Array.from({ length: messages }, (_, i) => body(account, i + 1))]),
  );
  const server = await testServer(context, { maildrops, tls: { key, cert } });
  const { port } = await server.server.listenTls({ host: "127.0.0.1", port: 0 });
  const play = async (account: string): Promise<void> => {
    const client = encrypted ? await LineClient.connectTls({ port }) : await server.connect();
    context.after(() => client.socket.destroy());
    await client.login(account);
    const wanted = expected(account);
    const got = await readByFits(client, wanted.length);
    // Not by assert.equal: the difference of two texts of megabytes is no help.
    assert.ok(got === wanted, `${account} read something else than was written`);
  };
  await Promise.all(accounts.map(play));
  assert.deepEqual(server.failures, []);
}

void test("three clients in cleartext, reading by fits and starts, get exactly their mail", (context) =>
  play(context, false));
void test("three clients inside TLS, reading by fits and starts, get exactly their mail", (context) =>
  play(context, true));
