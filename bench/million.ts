// One session with a million messages: how soon LIST begins and how long it takes, and the memory it takes meanwhile.
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { openSqliteMailstore } from "../packages/mail/src/mailstore/index.ts";
import { placeInOneTransaction } from "../packages/mail/test/mailstore/many-messages.ts";
import { memoryKb } from "./processes.ts";

const memoryEveryMs = 50;

/** Fills up a maildrop that has one message, while nobody has the data directory open. */
export async function fillUp(data: string, o: { readonly user: string; readonly count: number }): Promise<void> {
  const store = await openSqliteMailstore({ directory: data });
  const found = store.directory.accountNamed(o.user);
  await store.close();
  if (found === undefined) throw new Error(`no account ${o.user} in ${join(data, "mail.db")}`);
  placeInOneTransaction(data, { account: found.account, count: o.count - 1 });
}

export interface LongListing {
  /** From PASS to the first octet of LIST's reply. */
  readonly firstOctetMs: number;
  readonly listMs: number;
  readonly uidlMs: number;
  /** The highest seen, less what it was before the session. */
  readonly memoryKb: number;
}

/** Logs in, lists, asks for the unique-ids, quits. Throws when a listing has not `count` lines. */
export async function listAll(o: {
  readonly pid: number;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly count: number;
}): Promise<LongListing> {
  const idle = memoryKb(o.pid);
  let highest = idle;
  const watch = setInterval(() => (highest = Math.max(highest, memoryKb(o.pid))), memoryEveryMs);
  const socket = createConnection({ host: "127.0.0.1", port: o.port, noDelay: true });
  try {
    await once(socket, "data");
    await replyTo(socket, `USER ${o.user}`, "\r\n");
    const began = performance.now();
    await replyTo(socket, `PASS ${o.password}`, "\r\n");
    const list = await replyTo(socket, "LIST", "\r\n.\r\n");
    const uidl = await replyTo(socket, "UIDL", "\r\n.\r\n");
    await replyTo(socket, "QUIT", "\r\n");
    for (const { lines } of [list, uidl])
      if (lines !== o.count + 2) throw new Error(`${lines - 2} lines of ${o.count}`);
    return {
      firstOctetMs: list.firstAt - began,
      listMs: list.lastAt - list.firstAt,
      uidlMs: uidl.lastAt - uidl.firstAt,
      memoryKb: highest - idle,
    };
  } finally {
    clearInterval(watch);
    socket.destroy();
  }
}

interface Reply {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly lines: number;
}

async function replyTo(socket: Socket, command: string, end: string): Promise<Reply> {
  socket.write(`${command}\r\n`);
  let firstAt: number | undefined;
  let lines = 0;
  let tail = "";
  while (!tail.endsWith(end)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    if (firstAt === undefined && chunk[0] !== 0x2b) throw new Error(`${command}: ${chunk.toString("latin1", 0, 80)}`);
    firstAt ??= performance.now();
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
    tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - end.length))).slice(-end.length);
  }
  return { firstAt: firstAt ?? Number.NaN, lastAt: performance.now(), lines };
}
