// Requirements that no folder keeps alone: the server, its mechanisms and a store together, on a real socket.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { addAccount, deliver, temporaryStore } from "../../packages/mail/test/mailstore/temporary-store.ts";
import { temporaryDirectory } from "../../packages/mail/test/temporary-directory.ts";
import { TEST_CERTIFICATE } from "../../packages/pop/test/support/certificate.ts";
import type { LineClient } from "../../packages/pop/test/support/line-client.ts";
import { testServer, type TestServerOptions } from "../../packages/pop/test/support/test-server.ts";
import { requirement } from "../../scripts/conformance/requirement.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

requirement(
  ["P3-S-030", "P3-S-215"],
  "a server without settings offers PLAIN inside TLS, and SCRAM that shows no password",
  async (context) => {
    const client = await overTls(context);
    assert.match(saslLine(await client.list("CAPA")), / PLAIN\b/);
    assert.match(saslLine(await client.list("CAPA")), / SCRAM-SHA-256\b/);
    assert.match(await client.command(`AUTH PLAIN ${base64("\0mrose\0secret")}`), /^\+OK /);
  },
);

requirement(
  "P3-S-230",
  "LOGIN asks for name and password inside TLS, and is neither offered nor taken without it",
  async (context) => {
    const { connect } = await testServer(context, { host: "0.0.0.0", tls: TEST_CERTIFICATE, maildrops: { mrose: [] } });
    const client = await connect();
    await client.line();
    assert.doesNotMatch(saslLine(await client.list("CAPA")), /LOGIN|PLAIN/);
    assert.match(await client.command("AUTH LOGIN"), /^-ERR /);
    await client.command("STLS");
    await client.startTls();
    assert.match(saslLine(await client.list("CAPA")), / LOGIN\b/);
    assert.equal(await client.command("AUTH LOGIN"), "+ VXNlcm5hbWU6");
    assert.equal(await client.command(base64("mrose")), "+ UGFzc3dvcmQ6");
    assert.match(await client.command(base64("secret")), /^\+OK /);
  },
);

requirement(
  "P3-S-232",
  "no mechanism brings a security layer, so after AUTH everything stays in the same TLS",
  async (context) => {
    const client = await overTls(context);
    const offered = saslLine(await client.list("CAPA"))
      .split(" ")
      .slice(1);
    // RFC 4616 §1, RFC 5802 §1: neither PLAIN nor SCRAM negotiates a layer; LOGIN has none either.
    const layerless = ["LOGIN", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    assert.deepEqual([...offered].toSorted(), layerless);
    const finished = client.tls.getPeerFinished();
    assert.match(await client.command(`AUTH PLAIN ${base64("\0mrose\0secret")}`), /^\+OK /);
    assert.match(await client.command("NOOP"), /^\+OK /);
    assert.deepEqual(client.tls.getPeerFinished(), finished);
  },
);

/** As delivered, and as RETR must give it; counted by hand from RFC 1939 §11: CRLF is two octets, stuffing none. */
const SHAPES: readonly (readonly [delivered: string, retrieved: string, octets: number])[] = [
  ["", "", 0],
  ["a", "a\r\n", 3],
  ["a\nb\n", "a\r\nb\r\n", 6],
  ["a\r\nb\r\n", "a\r\nb\r\n", 6],
  ["a\r\nb", "a\r\nb\r\n", 6],
  ["\n\n", "\r\n\r\n", 4],
  [".\n", ".\r\n", 3],
  ["..\r\n.\r\n", "..\r\n.\r\n", 7],
  ["x\n.\nSTAT\n", "x\r\n.\r\nSTAT\r\n", 12],
  ["a\rb\r\n", "a\rb\r\n", 5],
  ["a\0b\r\n", "a\0b\r\n", 5],
  ["caf\xe9\n", "caf\xe9\r\n", 6],
];

for (const store of ["memory", "SQLite"] as const) {
  requirement(
    ["P3-S-076", "P3-S-077", "P3-S-102", "P3-S-104"],
    `LIST and STAT say the octets that RETR sends (${store})`,
    async (context) => {
      const client = await loggedIn(
        context,
        store,
        SHAPES.map(([delivered]) => delivered),
      );
      const listed = SHAPES.map(([, , octets], at) => `${at + 1} ${octets}`);
      assert.deepEqual(await client.list("LIST"), listed);
      assert.equal(await client.command("STAT"), "+OK 12 63");
      for (const [at, [, retrieved]] of SHAPES.entries()) {
        assert.match(await client.command(`RETR ${at + 1}`), /^\+OK /);
        assert.equal(await client.data(), retrieved);
      }
    },
  );

  requirement(
    ["P3-S-106", "P3-S-121"],
    `RETR neither adds nor changes a header, and sends NUL as it is (${store})`,
    async (context) => {
      const header = "From: a@b.example\r\nX-Odd:\tfolded\r\n  twice \r\nsubject: lower\0case\r\nStatus: RO\r\n";
      const client = await loggedIn(context, store, [`${header}\r\nbody\0\r\n`]);
      await client.command("RETR 1");
      assert.equal(await client.data(), `${header}\r\nbody\0\r\n`);
      assert.deepEqual(await client.list("TOP 1 0"), `${header}`.split("\r\n"));
    },
  );
}

requirement("P3-S-114", "TOP and RETR leave a message unread", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "Subject: x\n\nbody\n");
  const { login } = await testServer(context, { around: () => store, authenticator: opensOnly(account) });
  const client = await login("mrose");
  await client.list("TOP 1 1");
  await client.list("RETR 1");
  await client.command("QUIT");
  const [inbox] = await store.reader.counts(account);
  assert.deepEqual([inbox?.messages, inbox?.unread], [1, 1]);
});

requirement(
  "P3-S-085",
  "unique-ids stay when a message is moved, and when the store is copied and opened elsewhere",
  async (context) => {
    const home = await temporaryStore(context);
    const account = await addAccount(home.store, "mrose");
    const first = await deliver(home.store, account, "one");
    await deliver(home.store, account, "two");
    const before = await uniqueIds(context, home.store, account);
    await home.store.move(account, [first], "Archive");
    await home.store.move(account, [first], "INBOX");
    const moved = await uniqueIds(context, home.store, account);
    assert.deepEqual([...moved].toSorted(), [...before].toSorted());
    await home.store.close();
    const directory = join(temporaryDirectory(context), "elsewhere");
    cpSync(home.directory, directory, { recursive: true });
    const elsewhere = await temporaryStore(context, { directory });
    assert.deepEqual(await uniqueIds(context, elsewhere.store, account), moved);
    await deliver(elsewhere.store, account, "three");
    const [, , third] = await uniqueIds(context, elsewhere.store, account);
    assert.ok(third !== undefined && !moved.includes(third), "a new message has a new unique-id");
  },
);

type Store = Awaited<ReturnType<typeof temporaryStore>>["store"];

/** The unique-ids as a session of their own is told them, in order. */
async function uniqueIds(context: TestContext, store: Store, account: string): Promise<readonly string[]> {
  const { login } = await testServer(context, { around: () => store, authenticator: opensOnly(account) });
  const client = await login("mrose");
  const lines = await client.list("UIDL");
  await client.command("QUIT");
  return lines.map((line) => line.replace(/^\d+ /, ""));
}

async function loggedIn(
  context: TestContext,
  kind: "memory" | "SQLite",
  messages: readonly string[],
): Promise<LineClient> {
  if (kind === "memory") return (await testServer(context, { maildrops: { mrose: messages } })).login("mrose");
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (const message of messages) await deliver(store, account, message);
  return (await testServer(context, { around: () => store, authenticator: opensOnly(account) })).login("mrose");
}

/** The password `secret` opens this account, whatever the login. */
function opensOnly(account: string): NonNullable<TestServerOptions["authenticator"]> {
  return {
    checkPassword: (login, password) =>
      Promise.resolve(password === "secret" ? { kind: "accepted", account, login } : { kind: "refused" }),
    scramKeys: () => Promise.reject(new Error("no SCRAM here")),
  };
}

async function overTls(context: TestContext): Promise<LineClient> {
  const { connect } = await testServer(context, { tls: TEST_CERTIFICATE, maildrops: { mrose: [] } });
  const client = await connect();
  await client.line();
  await client.command("STLS");
  await client.startTls();
  return client;
}

function saslLine(capabilities: readonly string[]): string {
  return capabilities.find((line) => line.startsWith("SASL")) ?? "";
}
