// The reading index at 100,000 messages in 20 accounts: list pages, search as somebody types, and indexing. Each figure's
// answer is looked at before it is timed. Wall time is of this process beside whatever else the machine does; CPU is its own.
// node --conditions=restante-source packages/mail/bench/reading.ts
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { brotliCompressSync } from "node:zlib";
import { openMailReader } from "../src/message/index.ts";
import { openReadingIndex, openSqliteMailstore } from "../src/mailstore/index.ts";
import { openForReading } from "../src/mailstore/sqlite/database.ts";
import { listPage, type ListInput } from "../src/mailstore/sqlite/reading/list.ts";
import { parseQuery } from "../src/mailstore/sqlite/reading/search-query.ts";
import { searchPage, type SearchInput } from "../src/mailstore/sqlite/reading/search.ts";
import { soughtMailboxes } from "../src/mailstore/sqlite/reading/sought-mailboxes.ts";
import { Statements } from "../src/mailstore/sqlite/statements.ts";
import { fillIndex, MAILBOXES } from "../test/mailstore/reading/many-entries.ts";

const messages = 100_000;
const accounts = Array.from({ length: 20 }, (_, i) => i + 1);
const words = 80;
const ingested = 3_000;
const directory = mkdtempSync(join(tmpdir(), "restante-bench-"));

function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

function report(name: string, times: readonly number[], cpu: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  const mean = (cpu / times.length).toFixed(2);
  console.log(
    `${name.padEnd(46)} p50 ${at(0.5).padStart(6)} ms, p95 ${at(0.95).padStart(6)} ms, cpu ${mean.padStart(6)} ms`,
  );
}

function time(name: string, rounds: number, work: (round: number) => void): void {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    work(round);
    times.push(performance.now() - began);
  }
  report(name, times, cpuMs(cpu));
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`wrong answer: ${what}`);
}

function lists(db: Statements): void {
  const input: ListInput = {
    accounts,
    mailbox: undefined,
    role: "inbox",
    starred: false,
    unread: false,
    source: undefined,
    view: "conversations",
    before: undefined,
    limit: 100,
  };
  const first = listPage(db, input);
  must(first.rows.length === 100 && (first.total ?? 0) > 10_000, "a page of the inbox");
  console.log(`a page of 100 rows: ${brotliCompressSync(JSON.stringify(first)).length} octets after brotli`);
  time("inbox of 20 accounts, conversations", 100, () => listPage(db, input));
  time("inbox of 20 accounts, messages", 100, () => listPage(db, { ...input, view: "messages" }));
  time("inbox of one account", 100, () => listPage(db, { ...input, accounts: [7] }));
  time("unread of 20 accounts", 100, () => listPage(db, { ...input, unread: true }));
  let before: number | undefined;
  time("the next page, and the next", 100, () => (before = listPage(db, { ...input, before }).next));
}

function planned(text: string): Pick<SearchInput, "plan" | "places"> {
  const { plan } = parseQuery(text);
  return { plan, places: soughtMailboxes(plan.mailboxes, MAILBOXES) };
}

function searches(db: Statements): void {
  const search = (text: string, order: "newest" | "best" = "newest", of = accounts): ReturnType<typeof searchPage> =>
    searchPage(db, {
      accounts: of,
      ...planned(text),
      onServer: undefined,
      order,
      after: undefined,
      limit: 50,
    });
  must(search("common").rows.length === 50, "a common word");
  const typed = ["co", "com", "comm", "commo", "common", "common w", "common w1", "common w12"];
  time("as somebody types: a common word", 80, (round) => search(typed[round % typed.length] ?? ""));
  time("as somebody types, in one account of 20", 80, (round) =>
    search(typed[round % typed.length] ?? "", "newest", [7]),
  );
  time("two letters that begin every word", 20, () => search("w1"));
  time("a rare word", 100, (round) => search(`w${19_000 + round} `));
  time("a common word, unread, in the archive", 20, () => search("common is:unread in:archive "));
  time("a common word, the best first", 10, () => search("common ", "best"));
}

async function indexing(): Promise<void> {
  const store = await openSqliteMailstore({ directory: join(directory, "store") });
  const login = { login: "bench", kind: "password", verifier: "", scram: undefined, disabled: false } as const;
  const { account } = await store.directory.addAccount({ name: "bench", popDelete: { kind: "remove" }, login });
  const line = `${"Some words of a letter that is neither long nor short. ".repeat(6)}\r\n`;
  for (let n = 0; n < ingested; n += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        store.deliver(account, {
          body: [
            Buffer.from(
              `From: Pat <pat@x.example>\r\nTo: robin@y.example\r\nSubject: number ${n + i}\r\nMessage-ID: <${n + i}@x>\r\n` +
                `MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${line.repeat(10)}`,
            ),
          ],
        }),
      ),
    );
  }
  const reader = openMailReader({ threads: 1 });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const index = await openReadingIndex({ store, reader });
  must(await index.caughtUp(account, { withinMs: 600_000 }), "indexing came to an end");
  const wallMs = performance.now() - began;
  const perMessage = cpuMs(cpu) / ingested;
  delay.disable();
  const page = await index.list({ accounts: [account], role: "inbox", view: "messages", limit: 1 });
  must(page.total === ingested, "every message has its row");
  console.log(
    `indexing, parsing included: ${((ingested * 1_000) / wallMs).toFixed(0)} messages/s, ${perMessage.toFixed(2)} ms CPU each ` +
      `(${(1_000 / perMessage).toFixed(0)} a second and core); the event loop stood still for at most ${(delay.max / 1e6).toFixed(0)} ms`,
  );
  await index.close();
  await reader.close();
  await store.close();
}

try {
  await indexing();
  const path = join(directory, "search.db");
  const cpu = process.cpuUsage();
  const writer = fillIndex(path, { messages, accounts: accounts.length, words });
  console.log(`rows and words alone: ${(messages / (cpuMs(cpu) / 1_000)).toFixed(0)} messages a second and core`);
  writer.database.close();
  console.log(`${messages} messages of ${words} words: ${(statSync(path).size / 1_048_576).toFixed(0)} MiB`);
  const db = new Statements(openForReading(path, { onEventLoop: false }));
  lists(db);
  searches(db);
  db.database.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
