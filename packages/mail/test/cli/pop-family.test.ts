// `restante pop` against POP2 and POP1 servers.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { MemoryStore } from "@restante/pop/maildrop";
import { createPop3Server } from "@restante/pop/server";
import { here } from "./command-line.ts";

const PASSWORD = { RESTANTE_POP_PASSWORD: "secret" };

/** A server of one account with two messages in INBOX and one in Notes; what is left in a mailbox. */
async function serverOf(context: TestContext, generation: "pop2" | "pop1") {
  const store = new MemoryStore();
  store.addAccount("anna");
  for (const [text, mailbox] of [
    ["Subject: one\r\n\r\n.\r\n", "INBOX"],
    ["Subject: two\r\n\r\nFrom here\r\n", "INBOX"],
    ["Subject: note\r\n\r\n", "Notes"],
  ] as const)
    await store.deliver("anna", { body: [Buffer.from(text)] }, { mailbox });
  const server = createPop3Server({
    store,
    authenticator: {
      checkPassword: () => Promise.resolve({ kind: "accepted", account: "anna", login: "anna" }),
      scramKeys: () => Promise.reject(new Error("none")),
    },
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0, generation });
  context.after(() => server.stop({ withinMs: 0 }));
  return {
    url: `${generation}://anna@127.0.0.1:${port}`,
    async left(mailbox = "INBOX") {
      const maildrop = await store.open("anna", { holder: "test", onBusy: "reject", mailbox });
      await maildrop.release();
      return maildrop.count;
    },
  };
}

for (const generation of ["pop2", "pop1"] as const) {
  test(`list, get, top and delete speak ${generation}, in any mailbox`, async (context) => {
    const { url, left } = await serverOf(context, generation);
    const listed = await here(["pop", "list", url, "--json"], { env: PASSWORD });
    assert.deepEqual(JSON.parse(listed.stdout), {
      count: 2,
      octets: 46,
      isComplete: false,
      messages: [
        { n: 1, octets: 19, uniqueId: null },
        { n: 2, octets: 27, uniqueId: null },
      ],
    });
    const got = await here(["pop", "get", url, "2"], { env: PASSWORD });
    assert.deepEqual([got.code, got.stdout.replaceAll("\r", "")], [0, "Subject: two\n\nFrom here\n"]);
    const topped = await here(["pop", "top", url, "1"], { env: PASSWORD });
    assert.deepEqual([topped.code, topped.stdout.replaceAll("\r", "")], [0, "Subject: one\n\n"]);
    const notes = await here(["pop", "list", `${url}/Notes`], { env: PASSWORD });
    assert.match(notes.stdout, /^number {2}octets {2}unique-id\n {5}1 {6}17 {2}-\n$/);
    const removed = await here(["pop", "delete", url, "1-"], { env: PASSWORD });
    assert.deepEqual([removed.code, await left(), await left("Notes")], [0, 0, 1]);
  });
}

test("what only POP3 can be asked is refused before anything is said", async () => {
  for (const command of ["capa", "verify"]) {
    const { code, stderr } = await here(["pop", command, "pop2://anna@127.0.0.1:1"], { env: PASSWORD });
    assert.equal(code, 64);
    assert.match(stderr, /pop2 servers cannot be asked this/);
  }
});
