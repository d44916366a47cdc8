// What a person would try first: a server that cuts the line, a huge message, a distant server, our own server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { TEST_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import { checkSource, exportState, markSeen, type FetchEvent } from "../../src/retriever/index.ts";
import { openTestOffice } from "../office/test-office.ts";
import type { CollectingOrder } from "./collecting-process.ts";
import { manyMessages, openSetting, SIX, sourceFor, temporaryFolder } from "./fixture.ts";

for (const how of ["fin", "bare-fin", "reset"] as const)
  test(`the end of the connection (${how}) inside every message ends the run, in clear and in TLS`, async (context) => {
    const { key, cert } = TEST_CERTIFICATE;
    for (const tls of [undefined, { key, cert, implicit: true }]) {
      const setting = await openSetting(context, {
        faults: [{ on: "RETR", drop: 60, how }],
        ...(tls === undefined ? {} : { tls }),
      });
      const keys = tls === undefined ? {} : { tls: "implicit", pin: pinOf(cert) };
      const report = await setting.run(keys);
      assert.deepEqual([report.outcome, report.exitCode, setting.texts().length], ["failed", 69, 0]);
    }
  });

function pinOf(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

test("two hundred small messages take at most twelve round trips", async (context) => {
  const setting = await openSetting(context, { messages: manyMessages(200), latencyMs: 10 });
  assert.equal((await setting.run()).arrived.messages, 200);
  const [connection] = setting.peer.connections;
  assert.ok(connection !== undefined && connection.roundTrips <= 12, `${connection?.roundTrips} round trips`);
  assert.equal(setting.peer.connections.length, 1);
});

const program = fileURLToPath(new URL("./collecting-process.ts", import.meta.url));

/**
 * V8 sizes its young generation by what a program allocated while it started, and lets dropped chunks lie until that is
 * full. Held small, the peak tells what collecting keeps, not how much else the test's process has loaded.
 */
const YOUNG_GENERATION = "--max-semi-space-size=8";

async function peakOctets(order: CollectingOrder): Promise<number> {
  const child = spawn(
    process.execPath,
    [YOUNG_GENERATION, "--conditions=restante-source", program, JSON.stringify(order)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  await once(child, "close");
  const { report, peak } = JSON.parse(told) as {
    readonly peak: number;
    readonly report: { readonly arrived: { readonly messages: number } };
  };
  assert.equal(report.arrived.messages, 1);
  return peak;
}

test("a message of 60 MB goes through with less than 50 MB of memory, into a store and a Maildir", async (context) => {
  const big = Buffer.alloc(60_000_000, `${"x".repeat(74)}\r\n`, "latin1");
  big.write("Subject: big\r\n\r\n", "latin1");
  const peaks: number[] = [];
  for (const message of ["Subject: small\r\n\r\nx\r\n", big]) {
    const folder = temporaryFolder(context);
    await using peer = await scriptedPeer({ messages: [message] });
    const deliver = [{ to: "store:anna" }, { to: `maildir:${join(folder, "Maildir")}` }];
    peaks.push(await peakOctets({ folder, port: peer.port, keys: { deliver, timeout: "1m" }, dieAfter: undefined }));
  }
  const [small = 0, large = 0] = peaks;
  assert.ok(large - small < 50_000_000, `${large - small} octets more`);
});

test("plan and check change nothing, here or there", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "0" } } });
  const before = await setting.plan();
  assert.deepEqual(
    before.messages.map(({ action, why, thenDelete }) => [action, why, thenDelete]),
    SIX.map(() => ["fetch", "new", 'server.keep is "0"']),
  );
  const check = await checkSource(setting.source(), setting.house);
  assert.deepEqual([check.messages, check.fresh, check.toRemove], [6, 6, 0]);
  assert.deepEqual(
    [setting.state.sources(), exportState(setting.state, "work"), setting.peer.maildrop.messages.length],
    [[], [], 6],
  );
  assert.ok(!setting.peer.commands.some((line) => /^(?:RETR|DELE)/.test(line)));
  await setting.run({ server: { keep: "forever" } });
  const after = await setting.plan();
  assert.deepEqual(
    after.messages.map(({ action }) => action),
    Array<string>(6).fill("delete"),
  );
  assert.equal(setting.peer.maildrop.messages.length, 6);
});

test("what is marked as seen is never collected and never removed", async (context) => {
  const setting = await openSetting(context);
  assert.equal(await markSeen(setting.source(), setting.house), 6);
  assert.equal(await markSeen(setting.source(), setting.house), 0);
  setting.peer.maildrop.deliver("Subject: news\r\n\r\nx\r\n");
  const report = await setting.run({ server: { keep: "0" } });
  assert.deepEqual([report.arrived.messages, report.removed, setting.peer.maildrop.messages.length], [1, 1, 6]);
});

test("newest first, so many a run, and the rest the next time", async (context) => {
  const setting = await openSetting(context);
  const keys = { fetch: { order: "newest", max_messages: 4 } };
  assert.equal((await setting.run(keys)).arrived.messages, 4);
  const retrieved = setting.peer.commands.filter((line) => line.startsWith("RETR"));
  assert.deepEqual(retrieved.slice(0, 4), ["RETR 6", "RETR 5", "RETR 4", "RETR 3"]);
  assert.equal((await setting.run(keys)).arrived.messages, 2);
});

test("a run tells how far it is, message by message, and at its end what happened", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const kinds = (kind: FetchEvent["kind"]): readonly FetchEvent[] =>
    setting.events.filter((event) => event.kind === kind);
  assert.deepEqual(
    kinds("phase").map((event) => (event.kind === "phase" ? event.phase : "")),
    ["connect", "auth", "list", "retr", "store", "done"],
  );
  assert.equal(kinds("message").length, 6);
  const last = kinds("progress").at(-1);
  assert.ok(last?.kind === "progress");
  assert.deepEqual(last.done, last.total);
  assert.equal(last.total.messages, 6);
  assert.ok(last.octetsPerSecond > 0);
  assert.equal(setting.events.at(-1)?.kind, "finished");
});

test("the audit knows of each message when it was stored and why it was removed", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  await setting.run({ server: { keep: "0" } });
  const rows = setting.state.audit({ source: "work", limit: 100 });
  assert.deepEqual(
    rows.map(({ uniqueId, removedWhy, octets }) => [uniqueId, removedWhy, octets]).sort(),
    SIX.map((text, i) => [`peer-${i + 1}`, 'server.keep is "0"', text.length]),
  );
  assert.ok(
    rows.every(
      ({ sha256, storedAt, removedAt }) =>
        /^[0-9a-f]{64}$/.test(sha256) && storedAt > 0 && (removedAt ?? 0) >= storedAt,
    ),
  );
  assert.deepEqual(setting.state.audit({ after: rows[4]?.auditId ?? 0, limit: 10 }), rows.slice(5));
});

requirement(
  "P3-C-099",
  "from our own server, over STLS, everything comes octet for octet, is kept, removed, and comes no second time",
  async (context) => {
    const server = await openTestOffice();
    context.after(() => server.stop());
    const { store, accounts } = server.office.house;
    const { password } = await accounts.add({ name: "anna" });
    const account = store.directory.accountNamed("anna")?.account ?? "";
    const mails = [
      ...SIX,
      "Subject: 8-bit\r\n\r\n\xe4\xff\x00\r\n.\r\n..\r\n",
      `Subject: long\r\n\r\n${"x".repeat(200_000)}\r\n`,
      ...manyMessages(100),
    ];
    for (const text of mails) await store.deliver(account, { body: [Buffer.from(text, "latin1")] });
    const setting = await openSetting(context);
    const [certificate] = server.office.certificates;
    const keys = {
      port: server.port("pop3"),
      tls: "stls-required",
      pin: certificate?.fingerprint ?? "",
      password,
      deliver: [{ to: `maildir:${join(setting.folder, "Maildir")}` }],
    };
    assert.deepEqual(
      [(await setting.run(keys)).arrived.messages, (await setting.run(keys)).arrived.messages],
      [mails.length, 0],
    );
    assert.deepEqual(setting.texts(), [...mails].sort());
    const removing = await setting.run({ ...keys, server: { keep: "0" } }, { allowed: new Map([["many", Infinity]]) });
    assert.deepEqual([removing.removed, store.directory.account(account)?.messages], [mails.length, 0]);
    const source = sourceFor({ folder: setting.folder, port: server.port("pop3"), keys });
    assert.equal((await checkSource(source, setting.house)).messages, 0);
  },
);
