import assert from "node:assert/strict";
import { chmodSync, utimesSync } from "node:fs";
import { createServer as createWebServer } from "node:http";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { reachOffice, type ExaminedFinding } from "../../src/office/index.ts";
import { certificateHealth } from "../../src/office/doctor/certificate.ts";
import { listenerHealth } from "../../src/office/doctor/listeners.ts";
import type { LiveOffice } from "../../src/office/index.ts";
import { openTestOffice, temporaryDirectory, testConfig } from "./test-office.ts";

const bad = <T extends Pick<ExaminedFinding, "severity">>(findings: readonly T[]): readonly T[] =>
  findings.filter(({ severity }) => severity !== "ok");

test("a healthy post office has nothing to complain of, and every part was looked at", async () => {
  const house = await openTestOffice();
  const caller = await reachOffice({ config: house.config });
  const findings = await caller.call("doctor", {});
  assert.deepEqual(bad(findings), []);
  assert.deepEqual([...new Set(findings.map(({ part }) => part))].sort(), [
    "certificate",
    "clock",
    "disk",
    "files",
    "index",
    "listeners",
    "store",
  ]);
  await caller.close();
  await house.stop();
});

test("a secret that others can read is found, with the command that mends it", async () => {
  const directory = temporaryDirectory();
  const config = testConfig(directory.path);
  const caller = await reachOffice({ config, create: true });
  await caller.call("account.add", { name: "anna" });
  const key = join(directory.path, "password.key");
  chmodSync(key, 0o644);
  const found = bad(await caller.call("doctor", {})).find(({ part }) => part === "files");
  assert.equal(found?.severity, "error");
  assert.equal(found?.repair, `chmod 600 ${key}`);
  await caller.close();
  directory.remove();
});

test("a store written in the future is found", async () => {
  const house = await openTestOffice();
  const caller = await reachOffice({ config: house.config });
  const future = new Date(Date.now() + 3 * 86_400_000);
  utimesSync(join(house.config.dataDir, "mail.db"), future, future);
  const found = bad(await caller.call("doctor", {})).find(({ part }) => part === "clock");
  assert.equal(found?.what, "the store was written 2 days in the future");
  await caller.close();
  await house.stop();
});

test("a running owner says whether its mail is indexed", async () => {
  const house = await openTestOffice({ keys: { "listen.web": "127.0.0.1:0" } });
  const caller = await reachOffice({ config: house.config });
  const found = (await caller.call("doctor", {})).find(({ part }) => part === "index");
  assert.deepEqual(found, { part: "index", what: "all mail is indexed for reading", severity: "ok" });
  await caller.close();
  await house.stop();
});

test("without a running owner the doctor says what it could not look at", async () => {
  const directory = temporaryDirectory();
  const caller = await reachOffice({ config: testConfig(directory.path), create: true });
  const found = bad(await caller.call("doctor", {}));
  assert.deepEqual(
    found.map(({ part, severity }) => [part, severity]),
    [["listeners", "warning"]],
  );
  await caller.close();
  directory.remove();
});

function liveWith(o: Partial<LiveOffice>): LiveOffice {
  return {
    startedAt: 0,
    listeners: [],
    certificates: [],
    webAddress: () => undefined,
    sessions: () => [],
    kick: () => false,
    indexHealth: () => Promise.resolve([]),
    reload: () => Promise.resolve({ changed: [], needRestart: [] }),
    ...o,
  };
}

test("a certificate is fine, soon over, or over", () => {
  const now = Date.UTC(2026, 10, 23);
  const severity = (validTo: number): unknown =>
    certificateHealth(
      liveWith({ certificates: [{ names: [], fingerprint: "AB", selfSigned: false, validTo }] }),
      now,
    )[0]?.severity;
  assert.equal(severity(now + 15 * 86_400_000), "ok");
  assert.equal(severity(now + 13 * 86_400_000), "warning");
  assert.equal(severity(now), "error");
  const several = [
    { names: ["a.example", "b.example"], fingerprint: "AB", selfSigned: false, validTo: now + 90 * 86_400_000 },
    { names: ["c.example"], fingerprint: "CD", selfSigned: false, validTo: now },
  ];
  assert.deepEqual(
    certificateHealth(liveWith({ certificates: several }), now).map(({ what }) => what),
    [
      "the certificate for a.example and 1 more is good for 90 days, SHA-256 AB",
      "the certificate for c.example has expired",
    ],
  );
});

test("the reader's listener, which says nothing before it is asked, is asked", async () => {
  const reader = createWebServer((_request, response) => response.writeHead(403).end()).listen(0, "127.0.0.1");
  await once(reader, "listening");
  const { port } = reader.address() as { readonly port: number };
  const listener = { protocol: "web", address: "127.0.0.1", port, tls: false } as const;
  assert.deepEqual(bad(await listenerHealth(liveWith({ listeners: [listener] }))), []);
  reader.close();
  await once(reader, "close");
});

test("a listener that is gone, or speaks something else, is found", async () => {
  const other = createServer((socket) => socket.end("220 not POP3\r\n")).listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { readonly port: number };
  const listener = { protocol: "pop3", address: "127.0.0.1", port, tls: false } as const;
  assert.deepEqual((await listenerHealth(liveWith({ listeners: [listener] })))[0]?.severity, "error");
  other.close();
  await once(other, "close");
  const [gone] = await listenerHealth(liveWith({ listeners: [listener] }));
  assert.match(gone?.what ?? "", /does not answer \(.*ECONNREFUSED/);
});
