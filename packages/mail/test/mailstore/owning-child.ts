// A process of its own that owns a data directory and does what the lines on its standard input say; one line of JSON
// answers each, with its id.
import { createInterface } from "node:readline";
import { openSqliteMailstore } from "../../src/mailstore/index.ts";
import { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { addAccount, deliver } from "./temporary-store.ts";

const directory = process.argv[2] ?? "";
let store: SqliteMailstore;

type Command = (argument: string) => Promise<unknown>;

let account = "";

const COMMANDS: Readonly<Record<string, Command>> = {
  async open() {
    const opened = await openSqliteMailstore({ directory });
    if (!(opened instanceof SqliteMailstore)) throw new Error("another driver");
    store = opened;
    return process.pid;
  },
  account: async (name) => (account = await addAccount(store, name)),
  use: async (id) => (account = id),
  deliver: (text) => deliver(store, account, text),
  /** Delivers a body of so many octets, for a full disk. */
  fill: (octets) => deliver(store, account, "x".repeat(Number(octets))),
  epoch: async () => store.parts.epoch,
  /** Holds the maildrop open. */
  hold: async () => (await store.open(account, { holder: "child", onBusy: "reject" })).count,
  /** QUIT with the first so many messages marked. */
  quit: async (count) => {
    const maildrop = await store.open(account, { holder: "child", onBusy: "reject" });
    return await maildrop.commit(new Set(Array.from({ length: Number(count) }, (_, i) => i + 1)));
  },
  count: async () => {
    const maildrop = await store.open(account, { holder: "child", onBusy: "reject" });
    await maildrop.release();
    return maildrop.count;
  },
  check: async () => (await store.check()).filter(({ severity }) => severity === "error").map(({ what }) => what),
  close: () => store.close(),
};

async function run(id: string, command: string, argument: string): Promise<void> {
  try {
    const value = await COMMANDS[command]?.(argument);
    process.stdout.write(`${JSON.stringify({ id, value: value ?? null })}\n`);
  } catch (error) {
    const { name, message, code, pid } = error as Error & { code?: string; pid?: number };
    process.stdout.write(`${JSON.stringify({ id, error: { name, message, code, pid } })}\n`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [id = "", command = "", ...rest] = line.split(" ");
  // Not waited for: commands that come together run together.
  void run(id, command, rest.join(" "));
}
