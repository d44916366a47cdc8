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
