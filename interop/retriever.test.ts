// The retriever collects from the distribution's Dovecot and from the product: everything octet for octet, kept, then
// removed, and nothing twice.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig, type SourceConfig } from "../packages/mail/src/config/index.ts";
import { SILENT } from "../packages/mail/src/observe/index.ts";
import { FetchState, runSource, statePath, type FetchHouse } from "../packages/mail/src/retriever/index.ts";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";
import { differing, everyShape, manyLetters } from "./letters.ts";
import { TRANSPORTS, type Transport } from "./peers.ts";
import { startProduct } from "./product.ts";
import { everyMessage, letterCount, sourceServers, type Maildrop, type SourceServer } from "./source-servers.ts";

const AGAIN = 50;
const userOf = (transport: Transport): string => `collected-${transport.toLowerCase()}`;

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

async function sourceOf(o: {
  readonly folder: string;
  readonly server: SourceServer;
  readonly transport: Transport;
  readonly maildrop: Maildrop;
  readonly keep: string;
}): Promise<SourceConfig> {
  const { folder, server, transport, maildrop, keep } = o;
  const { host, port, tls, pin } = await server.way(transport);
  const work = {
    host,
    port,
    tls,
    ...(typeof pin === "string" ? { pin: [pin] } : { ca: join(folder, "ca.pem") }),
    user: maildrop.user,
    password: maildrop.password,
    server: { keep },
    deliver: [{ to: `maildir:${join(folder, "Maildir")}`, line_ends: "crlf" }],
  };
  return loadConfig({ defaults: { data: folder, source: { work } } }).config.sources[0] as SourceConfig;
}

async function collected(folder: string): Promise<readonly string[]> {
  const path = join(folder, "Maildir", "new");
  return Promise.all((await readdir(path)).map((name) => readFile(join(path, name), "latin1")));
}

/** Whom the built program collects for. */
const BY_PROGRAM = "collected-by-program";
const servers = sourceServers([...TRANSPORTS.map(userOf), BY_PROGRAM]);

for (const server of servers)
  for (const transport of TRANSPORTS)
    void test(
      `from ${server.name} over ${transport} letters are collected octet for octet, kept, removed, and not collected twice`,
      server.needs,
      async (context) => {
        const count = letterCount(transport, context);
        const maildrop = await server.maildrop(userOf(transport));
        const texts = await maildrop.add(manyLetters(count, everyShape()));
        await withPlace(async ({ folder, house }) => {
          const kept = await sourceOf({ folder, server, transport, maildrop, keep: "forever" });
          const first = await runSource(kept, house);
          assert.deepEqual([first.arrived.messages, first.error?.message], [count, undefined]);
          assert.equal((await runSource(kept, house)).arrived.messages, 0);
          assert.deepEqual(differing(await collected(folder), texts), []);
          const removing = await sourceOf({ folder, server, transport, maildrop, keep: "0" });
          const asked = await runSource(removing, house);
          assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["many"]]);
          const removed = await runSource(removing, { ...house, allowed: new Map([["many", count]]) });
          assert.deepEqual([removed.removed, (await maildrop.left()).length], [count, 0]);
          assert.equal((await collected(folder)).length, count);
          // What comes later is collected and removed by one run.
          const more = await maildrop.add(manyLetters(count + AGAIN, everyShape()).slice(count));
          const again = await runSource(removing, house);
          assert.deepEqual([again.error?.message, again.removed, await maildrop.left()], [undefined, AGAIN, []]);
          assert.deepEqual(differing(await collected(folder), [...texts, ...more]), []);
        });
      },
    );

const [dovecot] = servers as readonly [SourceServer, ...SourceServer[]];

void test(
  "from Dovecot the program collects octet for octet, into an account of the running office and into a Maildir as Maildirs are",
  dovecot.needs,
  async () => {
    const maildrop = await dovecot.maildrop(BY_PROGRAM);
    const kinds = everyShape();
    const texts = await maildrop.add(manyLetters(kinds.length, kinds));
    const { host, port } = await dovecot.way("cleartext");
    const office = await startProduct();
    const folder = await mkdtemp(join(tmpdir(), "restante-collect-"));
    try {
      const reader = { user: "reader", password: await office.account("reader") };
      const file = join(folder, "restante.toml");
      const source = [
        "[source.work]",
        `host = "${host}"`,
        `port = ${port}`,
        'tls = "none"',
        `user = "${maildrop.user}"`,
        `password = "${maildrop.password}"`,
        'account = "reader"',
        "[[source.work.deliver]]",
        `to = ${JSON.stringify(`maildir:${join(folder, "Maildir")}`)}`,
      ];
      await writeFile(file, `${source.join("\n")}\n`, { mode: 0o600 });
      for (const arrived of [texts.length, 0]) {
        const { code, stdout, stderr } = await office.cli(["fetch", "run", "-c", file, "--json"]);
        assert.equal(code, 0, stderr);
        assert.equal((JSON.parse(stdout) as { arrived: { messages: number } }).arrived.messages, arrived);
      }
      assert.deepEqual(differing(await everyMessage(office.port("pop3"), reader), texts), []);
      assert.deepEqual(differing(await asWireHasThem(folder, texts), texts), []);
      const removed = await office.cli(["fetch", "run", "-c", file, "--allow", "many", "--json"]);
      assert.equal(removed.code, 0);
      assert.equal((await maildrop.left()).length, texts.length, "nothing said that they are to go");
    } finally {
      await office.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** A message that LF line ends would change has kept its own; every other one has LF. */
async function asWireHasThem(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const known = new Set(texts);
  const found = await collected(folder);
  assert.ok(
    found.some((text) => !text.includes("\r")),
    "line ends are LF where nothing is said",
  );
  return found.map((text) => (known.has(text) ? text : text.replaceAll("\n", "\r\n")));
}
