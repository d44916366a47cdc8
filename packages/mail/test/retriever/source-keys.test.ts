// Keys of a source whose effect shows only in a run.
import assert from "node:assert/strict";
import { X509Certificate, createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import { openSetting, openWithStore, SIX } from "./fixture.ts";

test("mailbox: mail for a store goes to the mailbox that is named, and to no other", async (context) => {
  const setting = await openWithStore(context);
  assert.equal((await setting.run({ mailbox: "Lists/Work" })).arrived.messages, 6);
  const { store, account } = setting.anna;
  const messages = await store.messages(account, { after: 0, limit: 10 });
  assert.deepEqual(
    messages.map(({ mailbox }) => mailbox),
    SIX.map(() => "Lists/Work"),
  );
});

test('dedup.content "never": after all unique-ids and sizes changed, equal octets come a second time', async (context) => {
  const renumbered = SIX.map((octets, i) => ({ octets, uniqueId: `new-${i}`, listedOctets: 1_000 + i }));
  for (const [content, arrived, alreadyHere] of [
    ["after-migration", 0, 6],
    ["never", 6, 0],
  ] as const) {
    const setting = await openSetting(context, { keys: { dedup: { content } } });
    await setting.run();
    setting.peer.maildrop.replace(renumbered);
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.alreadyHere], [arrived, alreadyHere], content);
    assert.equal(setting.texts().length, 6 + arrived);
  }
});

test("certificate and key: a server that asks for a client certificate gets it, and without it nothing is collected", async (context) => {
  const setting = await openSetting(context, {
    tls: {
      key: TEST_CERTIFICATE.key,
      cert: TEST_CERTIFICATE.cert,
      implicit: true,
      requestCert: true,
      rejectUnauthorized: true,
      ca: OTHER_CERTIFICATE.cert,
    },
    mechanisms: ["EXTERNAL"],
  });
  const [certificate, key] = ["client.pem", "client.key"].map((name) => join(setting.folder, name));
  writeFileSync(certificate ?? "", OTHER_CERTIFICATE.cert);
  writeFileSync(key ?? "", OTHER_CERTIFICATE.key, { mode: 0o600 });
  const { publicKey } = new X509Certificate(TEST_CERTIFICATE.cert);
  const pin = `sha256/${createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64")}`;
  const keys = { tls: "implicit", pin, auth: { external: true } };
  const without = await setting.run({ ...keys, auth: {}, password: "secret" });
  assert.deepEqual([without.outcome, without.arrived.messages], ["failed", 0]);
  const report = await setting.run({ ...keys, password: undefined, certificate, key });
  assert.deepEqual([report.error, report.arrived.messages], [undefined, 6]);
  assert.ok(setting.peer.commands.some((command) => command.startsWith("AUTH EXTERNAL")));
});

test('fetch.only "all": every run fetches again what is there, and the removal rules go on', async (context) => {
  const all = { fetch: { only: "all" } };
  const aged = await openSetting(context, { keys: { ...all, server: { keep: "14d" } } });
  await aged.run();
  const day = 86_400_000;
  aged.aheadMs = day / 2;
  const again = await aged.run();
  assert.deepEqual([again.alreadyHere, again.removed, aged.texts().length], [6, 0, 6]);
  aged.aheadMs = 14 * day + 1_000;
  assert.equal(
    (await aged.run({}, { allowed: new Map([["clock", Infinity]]) })).removed,
    6,
    "its age counts from when it came first",
  );

  const lost = await openSetting(context, {
    keys: { ...all, server: { keep: "0" } },
    faults: [{ on: "QUIT", connection: 1, drop: 0, applies: false }],
  });
  await lost.run();
  const finished = await lost.run();
  assert.deepEqual([finished.removed, lost.peer.maildrop.messages.length], [6, 0], "a lost QUIT is finished");

  const owned = await openWithStore(context, { keys: { ...all, server: { delete_when_deleted_locally: true } } });
  await owned.run();
  const { store, account } = owned.anna;
  const [first] = await store.messages(account, { after: 0, limit: 1 });
  await store.remove(account, [first?.messageId ?? 0]);
  assert.deepEqual([(await owned.run()).removed, owned.peer.maildrop.messages.length], [1, 5]);
  const asked = { fetch: new Set<string>(), remove: new Set(["peer-2"]) };
  assert.equal((await owned.run({}, { asked })).removed, 1, "and so does what its owner asks for");
});
