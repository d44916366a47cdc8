// A server whose certificate nobody vouches for: what is told of it, who may trust it, and what that is worth afterwards.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../../scripts/conformance/requirement.ts";
import {
  EXPIRED_CERTIFICATE,
  NAMED_CERTIFICATE,
  OTHER_CERTIFICATE,
  TEST_CERTIFICATE,
} from "../../../../pop/test/support/certificate.ts";
import { loadConfig } from "../../../src/config/index.ts";
import type { RouteInput, SourceStatus } from "../../../src/webmail/api/schema/index.ts";
import { temporaryDirectory } from "../../office/test-office.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const SECRET = "s3cret-word";
const directory = temporaryDirectory();
const file = join(directory.path, "restante.toml");
let office: ReaderOffice;
const open: { close(): unknown }[] = [];

before(async () => {
  const defaults = { data: directory.path, host_name: "mail.example.org", "listen.web": "127.0.0.1:0" };
  const readConfig = () => loadConfig({ defaults, ...(existsSync(file) ? { file } : {}) }).config;
  office = await openReaderOffice({ dataDir: directory.path, readConfig });
  await office.account("anna");
  await office.account("ben");
});
after(async () => {
  await office.stop();
  for (const one of open) await one.close();
  directory.remove();
});

const fingerprintOf = ({ cert }: { readonly cert: string }): string => new X509Certificate(cert).fingerprint256;

async function serverWith({ key, cert }: { readonly key: string; readonly cert: string }): Promise<ScriptedPeer> {
  const peer = await scriptedPeer({ password: SECRET, tls: { key, cert, implicit: true } });
  open.push(peer);
  return peer;
}

const at = ({ port }: { readonly port: number }) =>
  ({ host: "127.0.0.1", port, tls: "implicit", user: "anna", password: SECRET }) as const;

async function added(name: string, peer: { readonly port: number }, account = "anna"): Promise<SourceStatus> {
  const wishes = { account, keep: { kind: "forever" }, first: { kind: "everything" }, octetsMax: null } as const;
  return whenRun(name, () => office.ask("addSource", { ...at(peer), ...wishes, name }));
}

/** The source after the run that `act` brings about. */
async function whenRun(source: string, act: () => Promise<unknown>): Promise<SourceStatus> {
  const ended = new Promise<void>((resolve) => {
    const unlisten = office.house.office.collecting.listen((event) => {
      if (event.source !== source || event.kind !== "waiting") return;
      unlisten();
      resolve();
    });
  });
  await act();
  await ended;
  return shown(source);
}

async function shown(name: string): Promise<SourceStatus> {
  const { sources } = await office.ask("sources", {});
  return sources.find(({ source }) => source === name) ?? assert.fail(`there is no ${name}`);
}

const trust = (source: string, pin: string | null): Promise<SourceStatus> =>
  whenRun(source, () => office.ask("changeSource", { source, pin }));

const written = (): string => readFileSync(file, "utf8");

test("the test of a source tells the certificate it failed for, and nothing was said to who showed it", async () => {
  const untrusted = await serverWith(TEST_CERTIFICATE);
  const { steps, trouble } = await office.ask("testSource", at(untrusted));
  assert.deepEqual(
    steps.map(({ state }) => state),
    ["ok", "failed", "skipped", "skipped"],
  );
  assert.equal(trouble?.code, "TLS_UNTRUSTED");
  assert.deepEqual(trouble.certificate, {
    fingerprint: fingerprintOf(TEST_CERTIFICATE),
    subject: "CN=localhost",
    issuer: "CN=localhost",
    names: ["localhost", "127.0.0.1"],
    validFrom: Date.parse("2026-11-23T10:17:10.000Z"),
    validTo: Date.parse("2126-10-30T10:17:10.000Z"),
  });
  for (const one of [EXPIRED_CERTIFICATE, NAMED_CERTIFICATE]) {
    const peer = await serverWith(one);
    const tested = await office.ask("testSource", at(peer));
    assert.equal(tested.trouble?.certificate?.fingerprint, fingerprintOf(one));
    assert.deepEqual(peer.commands, []);
  }
  assert.deepEqual(untrusted.commands, []);
  const nowhere = await office.ask("testSource", { ...at(untrusted), port: 1 });
  assert.equal(nowhere.trouble?.certificate, null);
});

requirement(
  "P3-C-044",
  "a source that is set up trusts the certificate it was shown, and no other: one that comes in its place gets no password",
  async () => {
    const [first, second] = [await serverWith(TEST_CERTIFICATE), await serverWith(OTHER_CERTIFICATE)];
    const server = await switchTo(first);
    const failed = await added("own", server);
    assert.deepEqual([failed.state, failed.trouble?.code, failed.pins], ["needs-you", "TLS_UNTRUSTED", []]);
    assert.deepEqual(
      [failed.trouble?.certificate?.fingerprint, failed.mayTrust],
      [fingerprintOf(TEST_CERTIFICATE), true],
    );
    assert.deepEqual(first.commands, [], "nothing was said, no name and no password");

    const trusted = await trust("own", fingerprintOf(TEST_CERTIFICATE));
    assert.deepEqual([trusted.lastOutcome, trusted.arrivedLast, trusted.trouble], ["ok", 3, null]);
    assert.deepEqual([trusted.pins, trusted.mayTrust], [[fingerprintOf(TEST_CERTIFICATE)], false]);
    assert.match(written(), /^pin = \[ ?"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}" ?\]$/m);

    // The same place, another certificate.
    server.leadTo(second);
    const changed = await whenRun("own", () => office.ask("checkSources", { source: "own" }));
    assert.deepEqual([changed.state, changed.trouble?.code], ["needs-you", "TLS_PIN"]);
    assert.equal(changed.trouble?.certificate?.fingerprint, fingerprintOf(OTHER_CERTIFICATE));
    assert.deepEqual(second.commands, [], "no password was sent");
    assert.equal(changed.mayTrust, false, "it was collected from before");
    const refused = await office.refused("changeSource", { source: "own", pin: fingerprintOf(OTHER_CERTIFICATE) });
    assert.deepEqual(refused, [422, "refused"]);

    const revoked = await trust("own", null);
    assert.deepEqual([revoked.pins, revoked.trouble?.code, revoked.mayTrust], [[], "TLS_UNTRUSTED", false]);
    assert.doesNotMatch(written(), /pin/);
    assert.deepEqual(second.commands, []);

    // Whoever takes it out and adds it again sets it up.
    await office.ask("removeSource", { source: "own" });
    const anew = await added("own", server);
    assert.deepEqual([anew.trouble?.code, anew.mayTrust], ["TLS_UNTRUSTED", true]);
    assert.equal((await trust("own", fingerprintOf(OTHER_CERTIFICATE))).lastOutcome, "ok");
  },
);

requirement("P3-C-044", "what is trusted for one source says nothing for another, of whichever account", async () => {
  const [hers, his] = [await serverWith(TEST_CERTIFICATE), await serverWith(OTHER_CERTIFICATE)];
  await added("hers", hers);
  await added("his", his, "ben");
  await added("beside", hers, "ben");
  const before = written();
  // Whoever can make one of them show a certificate gets it trusted for no other.
  const foreign = await office.refused("changeSource", { source: "his", pin: fingerprintOf(TEST_CERTIFICATE) });
  assert.deepEqual(foreign, [409, "conflict"]);
  const unknown = await office.refused("changeSource", { source: "nobody", pin: fingerprintOf(TEST_CERTIFICATE) });
  assert.deepEqual(unknown, [404, "not-found"]);
  assert.equal(written(), before);
  assert.equal((await trust("hers", fingerprintOf(TEST_CERTIFICATE))).lastOutcome, "ok");
  const heard = hers.commands.length;
  const beside = await whenRun("beside", () => office.ask("checkSources", { source: "beside" }));
  assert.deepEqual([beside.trouble?.code, beside.pins], ["TLS_UNTRUSTED", []]);
  assert.equal(hers.commands.length, heard, "the same server, and another source: nothing was said");
  assert.deepEqual(his.commands, []);
});

test("what is no SHA-256 fingerprint, as it is shown, is trusted by nobody", async () => {
  const peer = await serverWith(TEST_CERTIFICATE);
  await added("plain", peer);
  const fingerprint = fingerprintOf(TEST_CERTIFICATE);
  const before = written();
  for (const pin of [
    "",
    "sha256/",
    fingerprint.toLowerCase(),
    fingerprint.replaceAll(":", ""),
    fingerprint.slice(3),
    `${fingerprint}\n`,
    `${fingerprint}", "${fingerprint}`,
    [fingerprint],
    7,
  ]) {
    const wanted = { source: "plain", pin } as unknown as RouteInput<"changeSource">;
    assert.deepEqual(await office.refused("changeSource", wanted), [400, "bad-request"], String(pin));
  }
  assert.equal(written(), before);
  assert.deepEqual(peer.commands, []);
});

test("a source that was verified until now is not trusted by its fingerprint when it fails", async () => {
  const peer = await serverWith(TEST_CERTIFICATE);
  const failed = await added("known", peer);
  office.house.office.collecting.memory()?.learn("known", { hasWorked: true });
  const later = await whenRun("known", () => office.ask("checkSources", { source: "known" }));
  assert.deepEqual([failed.mayTrust, later.mayTrust], [true, false]);
  assert.deepEqual(later.trouble?.advice, ["between"]);
  const wanted = { source: "known", pin: fingerprintOf(TEST_CERTIFICATE) };
  assert.deepEqual(await office.refused("changeSource", wanted), [422, "refused"]);
  assert.deepEqual(peer.commands, []);
});

test("a source that is taken out and added again is set up anew, and is not logged in to sooner than its server wants", async () => {
  const peer = await serverWith(TEST_CERTIFICATE);
  await added("again", peer);
  const memory = office.house.office.collecting.memory();
  memory?.learn("again", { hasWorked: true, lastLoginAt: 1_700_000_000_000, loginDelayMs: 900_000 });
  await office.ask("removeSource", { source: "again" });
  assert.equal((await added("again", peer)).mayTrust, true);
  const { hasWorked, lastLoginAt, loginDelayMs } = memory?.find("again") ?? assert.fail("it is forgotten");
  assert.deepEqual([hasWorked, lastLoginAt, loginDelayMs], [false, 1_700_000_000_000, 900_000]);
});

/** One place, whoever is behind it. */
async function switchTo(first: ScriptedPeer): Promise<{ readonly port: number; leadTo(peer: ScriptedPeer): void }> {
  let onward = first.port;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const there = connect({ host: "127.0.0.1", port: onward });
    for (const one of [socket, there]) sockets.add(one.on("error", () => one.destroy()));
    socket.pipe(there).pipe(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: ({ port }) => void (onward = port),
  };
}
