// Every message of the corpus, benign and hostile, through our POP2 and POP1 servers into our clients: octet for octet.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connectPop1, connectPop2, type PopSession } from "@restante/pop/client";
import { testServer } from "../support/test-server.ts";

const folder = join(import.meta.dirname, "../../../mail/test/fixtures");

/** All `.eml` files below the folder, as latin1 text. */
function corpus(): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".eml"));
  return files.toSorted().map((name) => readFileSync(join(folder, name), "latin1"));
}

/** What delivery makes of a message: each LF with its CR, a CRLF at the end. */
function canonical(message: string): string {
  const lines = message.replace(/(?<!\r)\n/g, "\r\n");
  return lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
}

const auth = { user: "anna", password: "secret" };
const WAYS = {
  pop2: (port: number): Promise<PopSession> => connectPop2({ host: "127.0.0.1", port, auth }),
  pop1: (port: number): Promise<PopSession> => connectPop1({ host: "127.0.0.1", port, auth, removes: true }),
};

for (const generation of ["pop2", "pop1"] as const) {
  void test(`the whole corpus goes through ${generation}, octet for octet, and is gone when it was taken`, async (context) => {
    const messages = corpus();
    assert.ok(messages.length >= 100, `${messages.length} messages`);
    const server = await testServer(context, { generation, maildrops: { anna: messages } });
    const session = await WAYS[generation](server.listening.port);
    for (const [at, message] of messages.entries()) {
      const expected = canonical(message);
      // RFC 937: a message of no octets is not there.
      if (generation === "pop2" && expected === "") continue;
      const body = (await session.retrieve(at + 1).toBuffer()).toString("latin1");
      assert.ok(body === expected, `message ${at + 1} came otherwise`);
      await session.delete(at + 1);
    }
    assert.equal((await session.commit()).status, "committed");
    const maildrop = await server.store.open("anna", { holder: "test", onBusy: "reject" });
    assert.equal(maildrop.octets, 0);
    assert.deepEqual(server.failures, []);
  });
}
