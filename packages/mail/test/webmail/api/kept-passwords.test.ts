// A password that is kept for an address is of the server it was entered for, whatever becomes of that server.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openIdentities, secretName } from "../../../src/submission/index.ts";
import { secretFiles } from "../../../src/submission/secret-files.ts";
import { identityHandlers } from "../../../src/webmail/api/handlers/identities.ts";
import type { Reading } from "../../../src/webmail/api/reading.ts";
import type { Call } from "../../../src/webmail/api/contract.ts";
import { addAccount, temporaryStore } from "../../mailstore/temporary-store.ts";

const CALL = { person: { origin: "" }, signal: new AbortController().signal } satisfies Call;
const ADDRESS = "anna@kept.example";
const SERVER = { host: "one.example", port: 465, tls: "implicit", user: "anna", mechanism: "plain" } as const;
const OTHER = { ...SERVER, host: "two.example" };
const REFUSED = { code: "bad-request", reason: "password-of-another-server" };

async function opened(context: TestContext) {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const identities = openIdentities(store.documents);
  const secrets = secretFiles(join(directory, "secrets"));
  const house = { writing: { identities, secrets, hostName: "mail.example.org" } };
  const reading = { house, account: () => account, addressesOf: () => [ADDRESS], events: { tell: () => undefined } };
  const { saveIdentity, testIdentity } = identityHandlers(reading as unknown as Reading);
  const identity = { account, address: ADDRESS, name: "Anna", signature: "", isDefault: false };
  type Changes = Partial<Pick<Parameters<typeof saveIdentity>[0], "name" | "server" | "password">>;
  return {
    identities,
    secrets,
    identity,
    name: secretName(account, ADDRESS),
    save: (change: Changes) => saveIdentity({ ...identity, server: SERVER, ...change }, CALL),
    test: (server: typeof SERVER | typeof OTHER) => testIdentity({ account, address: ADDRESS, server }, CALL),
  };
}

test("a password goes with its server, and not before", async (context) => {
  const { secrets, name, save } = await opened(context);
  await save({ password: "s3cret" });
  assert.equal((await save({ name: "Anna B." })).hasPassword, true);
  assert.equal((await save({ server: null })).hasPassword, false);
  assert.equal(await secrets.read(name), undefined);
  assert.equal((await save({ server: null, password: "of none" })).hasPassword, false);
  assert.equal((await save({ server: OTHER })).hasPassword, false);
});

test("a password that is kept of a server nobody knows any more goes to none that is typed in", async (context) => {
  const { identities, identity, secrets, name, save, test } = await opened(context);
  await identities.save(identity);
  await secrets.write(name, "s3cret");
  assert.equal((await save({ server: null })).hasPassword, true, "what takes no server away takes no password away");
  await assert.rejects(test(OTHER), REFUSED);
  await assert.rejects(save({ server: OTHER }), REFUSED);
  assert.equal((await save({ server: OTHER, password: "other" })).hasPassword, true);
  assert.equal(await secrets.read(name), "other");
});

test("another server is never saved beside the password of the one before, also when its own cannot be written", async (context) => {
  const { identities, identity, secrets, name, save } = await opened(context);
  await save({ password: "s3cret" });
  context.mock.method(secrets, "write", () => Promise.reject(new Error("no room")));
  await assert.rejects(save({ server: OTHER, password: "other" }), /no room/);
  assert.equal((await identities.find(identity.account, ADDRESS))?.server?.host, OTHER.host);
  assert.equal(await secrets.read(name), undefined);
});
