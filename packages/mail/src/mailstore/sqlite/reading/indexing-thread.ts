// The thread that fills search.db. It reads mail.db, asks the event loop's side for what the parser says of each message,
// and writes in batches. Whatever happens to it, mail.db is only ever read.
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { yieldToServing, type MessageSummary } from "../../../message/index.ts";
import type { IndexStop } from "../../reading-index.ts";
import { openForReading } from "../database.ts";
import { resultCode } from "../result-codes.ts";
import { Statements } from "../statements.ts";
import type { BatchEffects } from "./entries.ts";
import type { PlacedItem } from "./entry.ts";
import { dropBatch, isFollowed, nextBatch, progressOf, writeBatch, writeProgress, type Batch } from "./following.ts";
import type { FromIndexing, IndexingThreadOptions, IndexStanding, ToIndexing } from "./indexing-messages.ts";
import { headOf, MailStatements, nextHeads, readOctets, totalMessages } from "./mail-source.ts";
import { openSearch } from "./schema.ts";

/** Messages the parser is given at once: few, so that whoever opens one meanwhile does not wait behind many. */
const parsedAtOnce = 3;
/** Accounts are looked at anew now and then: a change whose commit had no answer is told to nobody. */
const lookMs = 60_000;
/** After a failure, such as a full disk. */
const retryMs = 15_000;
const headsAtOnce = 500;
const nothing: BatchEffects = { added: [], arrived: [], changed: new Set(), gone: [] };

if (parentPort === null) throw new Error("to be run as a worker thread");
const port = parentPort;
const options = workerData as IndexingThreadOptions;
const search = new Statements(openSearch(options.search));
const mail = new MailStatements(openForReading(options.mail, { onEventLoop: false }));

/** Accounts to look at, in the order they were told. */
const queue = new Set<number>();
const asked = new Map<number, (summary: MessageSummary | undefined) => void>();
let lastRequest = 0;
/** Told of this thread; of the one before nothing is known. */
let isToldWell = false;
let isLookDue = true;
const closing = new AbortController();
let wake = (): void => {};
let total = 0;
let lastStanding: IndexStanding = { waiting: 0, messages: 0 };

yieldToServing();
port.on("message", (message: ToIndexing) => {
  switch (message.kind) {
    case "changed":
      queue.add(message.account);
      break;
    case "summary":
      asked.get(message.request)?.(message.summary);
      asked.delete(message.request);
      return;
    case "close":
      closing.abort();
      for (const answer of asked.values()) answer(undefined);
      break;
  }
  wake();
});
const look = setInterval(() => {
  isLookDue = true;
  wake();
}, lookMs);

await work();
clearInterval(look);
search.database.close();
mail.database.close();
port.close();

async function work(): Promise<void> {
  while (!closing.signal.aborted) {
    const [account] = queue;
    try {
      if (isLookDue) {
        lookAtAll();
        // That a look went well is no sign that batches do.
        if (queue.size === 0) say(undefined);
      } else if (account === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else {
        const short = shortDisk();
        if (short !== undefined) await stopFor(short);
        else {
          await indexSome(account);
          say(undefined);
        }
      }
    } catch (error) {
      if (resultCode(error) === "corrupt") return tell({ kind: "damaged", reason: String(error) });
      await stopFor({ kind: "failure", words: error instanceof Error ? error.message : String(error) });
    }
  }
}

async function stopFor(reason: IndexStop): Promise<void> {
  say(reason);
  await wait(retryMs, undefined, { signal: closing.signal }).catch(() => {}); // Closing: the loop ends.
}

/** The next batch of an account, which stays in the queue while there is one. */
async function indexSome(account: number): Promise<void> {
  queue.delete(account);
  let isMore = true;
  try {
    isMore = await step(account);
  } finally {
    if (isMore) queue.add(account);
  }
}

/** Does one batch of an account. False when there is nothing more to do. */
async function step(account: number): Promise<boolean> {
  const { batch, octets } = readBatch(account);
  switch (batch.kind) {
    case "nothing":
      report(account, nothing, () => writeProgress(search, account, batch.progress));
      return false;
    case "drop":
      report(account, dropBatch(search, account, batch.messageIds));
      return progressOf(search, account) !== undefined || headOf(mail, account) !== undefined;
    case "index": {
      const summaries = await summarizeAll(octets);
      if (closing.signal.aborted) return false; // What has no answer now has one the next time.
      report(account, writeBatch(search, { account, batch, summaries }));
      return true;
    }
  }
}

interface ReadBatch {
  readonly batch: Batch;
  readonly octets: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
}

/** One state of mail.db: what changed, and the octets of what is new. */
function readBatch(account: number): ReadBatch {
  mail.database.exec("BEGIN");
  try {
    total = totalMessages(mail);
    const batch = nextBatch({ mail, search }, account);
    return { batch, octets: batch.kind === "index" ? octetsOf(account, batch.unknown) : new Map() };
  } finally {
    mail.database.exec("ROLLBACK");
  }
}

function octetsOf(account: number, items: readonly PlacedItem[]): ReadonlyMap<number, Uint8Array<ArrayBuffer>> {
  const read = new Map<number, Uint8Array<ArrayBuffer>>();
  for (const { messageId } of items) {
    const octets = readOctets(mail, options.bodies, { account, messageId });
    if (octets !== undefined) read.set(messageId, octets);
  }
  return read;
}

async function summarizeAll(
  messages: ReadonlyMap<number, Uint8Array<ArrayBuffer>>,
): Promise<ReadonlyMap<number, MessageSummary>> {
  const summaries = new Map<number, MessageSummary>();
  const left = messages.entries();
  const askForSome = async (): Promise<void> => {
    for (const [messageId, octets] of left) {
      const summary = await summarize(octets);
      if (summary !== undefined) summaries.set(messageId, summary);
    }
  };
  await Promise.all(Array.from({ length: parsedAtOnce }, askForSome));
  return summaries;
}

function summarize(octets: Uint8Array<ArrayBuffer>): Promise<MessageSummary | undefined> {
  if (closing.signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const request = (lastRequest += 1);
    asked.set(request, resolve);
    port.postMessage({ kind: "summarize", request, octets } satisfies FromIndexing, [octets.buffer]);
  });
}

function report(account: number, effects: BatchEffects, before: () => void = () => {}): void {
  const former = progressOf(search, account);
  if (former === undefined) before();
  const progress = former ?? progressOf(search, account);
  tell({
    kind: "indexed",
    account,
    modseq: progress?.modseq ?? 0,
    isWhole: progress === undefined || progress.below === 0,
    added: effects.added,
    arrived: effects.arrived,
    changed: [...effects.changed],
    gone: effects.gone,
    ...standing(),
  });
}

/** Every account whose mail is not what is known of it, and those that are known and gone. */
function lookAtAll(): void {
  total = totalMessages(mail);
  const left = new Set(search.all<{ account: number }>("SELECT account FROM followed").map(({ account }) => account));
  for (let after = 0; ;) {
    const heads = nextHeads(mail, after, headsAtOnce);
    for (const head of heads) {
      left.delete(head.account);
      if (isFollowed(head, progressOf(search, head.account))) report(head.account, nothing);
      else queue.add(head.account);
    }
    const last = heads.at(-1);
    if (last === undefined) break;
    after = last.account;
  }
  for (const account of left) queue.add(account);
  isLookDue = false;
  tell({ kind: "ready", ...standing() });
}

/** As of the last look at mail.db. */
function standing(): IndexStanding {
  const indexed = search.get<{ n: number }>("SELECT ifnull(sum(messages), 0) AS n FROM tally")?.n ?? 0;
  lastStanding = { waiting: Math.max(0, total - indexed), messages: total };
  return lastStanding;
}

/** Looks at mail.db anew. What keeps mail from being indexed may keep it from being counted, too. */
function standingNow(): IndexStanding {
  try {
    total = totalMessages(mail);
    return standing();
  } catch {
    return lastStanding;
  }
}

function shortDisk(): IndexStop | undefined {
  const { bavail, bsize } = statfsSync(dirname(options.search));
  const free = bavail * bsize;
  const floor = options.diskFloorOctets;
  return free < floor ? { kind: "disk", free, floor } : undefined;
}

/** Each try without success is told, as more may wait by then. */
function say(reason: IndexStop | undefined): void {
  if (reason === undefined && isToldWell) return;
  isToldWell = reason === undefined;
  tell({ kind: "stopped", reason, ...standingNow() });
}

function tell(message: FromIndexing): void {
  port.postMessage(message);
}
