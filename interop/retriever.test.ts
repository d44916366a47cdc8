// The retriever collects from the distribution's Dovecot: everything octet for octet, kept, then removed, and nothing twice.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadConfig, type SourceConfig } from "../packages/mail/src/config/index.ts";
import { SILENT } from "../packages/mail/src/observe/index.ts";
import { FetchState, runSource, statePath, type FetchHouse } from "../packages/mail/src/retriever/index.ts";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";
import { startDovecot, type Dovecot } from "./dovecot.ts";
import { differing, manyLetters } from "./letters.ts";
import { needs, TRANSPORTS, type Transport } from "./peers.ts";

const COUNT = 1_000;
const MODES = { cleartext: "none", STLS: "stls-required", TLS: "implicit" } as const;
const users = TRANSPORTS.map((transport) => `user-${transport.toLowerCase()}`);

let running: Promise<Dovecot> | undefined;
after(async () => {
  const dovecot = await running;
  await dovecot?.stop();
});

interface Place {
  readonly folder: string;
  readonly house: FetchHouse;
}

async function withPlace(run: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "restante-collect-"));
  const state = FetchState.open(statePath(folder));
  try {
    await writeFile(join(folder, "ca.pem"), TEST_CERTIFICATE.cert);
    const signal = new AbortController().signal;
    await run({ folder, house: { state, dataDir: folder, env: process.env, log: SILENT, signal } });
  } finally {
    state.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function sourceOf(o: {
  readonly folder: string;
  readonly dovecot: Dovecot;
  readonly transport: Transport;
  readonly user: string;
  readonly keep: string;
}): SourceConfig {
  const { folder, dovecot, transport, user, keep } = o;
  const work = {
    host: "127.0.0.1",
    port: transport === "TLS" ? dovecot.tlsPort : dovecot.port,
    tls: MODES[transport],
    ca: join(folder, "ca.pem"),
    user,
    password: dovecot.password,
    server: { keep },
    deliver: [{ to: `maildir:${join(folder, "Maildir")}`, line_ends: "crlf" }],
  };
  return loadConfig({ defaults: { data: folder, source: { work } } }).config.sources[0] as SourceConfig;
}

async function collected(folder: string): Promise<readonly string[]> {
  const path = join(folder, "Maildir", "new");
  return Promise.all((await readdir(path)).map((name) => readFile(join(path, name), "latin1")));
}

for (const [at, transport] of TRANSPORTS.entries())
  void test(
    `from Dovecot over ${transport} ${COUNT} letters are collected octet for octet, kept, removed, and not collected twice`,
    needs("dovecot"),
    async () => {
      running ??= startDovecot(users);
      const dovecot = await running;
      const user = users[at] ?? "";
      const sent = manyLetters(COUNT);
      const texts = sent.map((letter) => letter.toString("latin1"));
      await dovecot.fill(user, sent);
      await withPlace(async ({ folder, house }) => {
        const kept = sourceOf({ folder, dovecot, transport, user, keep: "forever" });
        const first = await runSource(kept, house);
        assert.deepEqual([first.arrived.messages, first.error?.message], [COUNT, undefined]);
        assert.equal((await runSource(kept, house)).arrived.messages, 0);
        assert.deepEqual(differing(await collected(folder), texts), []);
        const removing = sourceOf({ folder, dovecot, transport, user, keep: "0" });
        const asked = await runSource(removing, house);
        assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["many"]]);
        const removed = await runSource(removing, { ...house, allowed: new Set(["many"]) });
        assert.deepEqual([removed.removed, (await dovecot.left(user)).length], [COUNT, 0]);
        assert.equal((await collected(folder)).length, COUNT);
      });
      await dovecot.fill(user, sent.slice(0, 250));
      await withPlace(async ({ folder, house }) => {
        const report = await runSource(sourceOf({ folder, dovecot, transport, user, keep: "0" }), house);
        assert.deepEqual([report.arrived.messages, report.removed, (await dovecot.left(user)).length], [250, 250, 0]);
        assert.deepEqual(differing(await collected(folder), texts.slice(0, 250)), []);
      });
    },
  );
