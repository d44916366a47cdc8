// What a check of a password costs: run with `node --conditions=restante-source packages/mail/bench/verification.ts`.
// Each answer is asserted before it is timed.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bench } from "tinybench";
import { openAccounts } from "../src/accounts/index.ts";
import { openSqliteMailstore } from "../src/mailstore/index.ts";

const peer = { address: "127.0.0.1", encrypted: true, protocol: "pop3" };
const chosen = "correct horse battery";

const folder = await mkdtemp(join(tmpdir(), "restante-bench-"));
const store = await openSqliteMailstore({ directory: folder });
const accounts = await openAccounts({
  store,
  domains: ["example.org"],
  hostName: "localhost",
  keyFile: join(folder, "passwords.key"),
  defaultPopDelete: { kind: "remove" },
});
const { authenticator } = accounts;
try {
  await accounts.add({ name: "anna", password: chosen });
  const { password: generated } = await accounts.add({ name: "gina" });
  const check = async (login: string, password: string, expected: string): Promise<void> => {
    assert.equal((await authenticator.checkPassword(login, password, peer)).kind, expected);
  };
  const bench = new Bench({ time: 500 })
    .add("generated password", () => check("gina", generated, "accepted"))
    .add("chosen password, accepted before", () => check("anna", chosen, "accepted"))
    .add("chosen password, by address", () => check("anna@example.org", chosen, "accepted"))
    .add("refusal: one slow hash", () => check("nobody", chosen, "refused"))
    .add("keys of a SCRAM login", async () => {
      assert.ok((await authenticator.scramKeys("gina", peer, "sha256")).owner);
    });
  await bench.run();
  console.table(bench.table());
} finally {
  await accounts.close();
  await store.close();
  await rm(folder, { recursive: true });
}
