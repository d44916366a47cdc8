// What the store alone costs, without a server around it: processor time of this process (its threads included) per unit of work.
// node --conditions=restante-source packages/mail/bench/mailstore.ts
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openSqliteMailstore, type Mailstore } from "../src/mailstore/index.ts";
import { placeInOneTransaction } from "../test/mailstore/many-messages.ts";

const directory = mkdtempSync(join(tmpdir(), "restante-bench-"));

interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly count: number;
}

async function measure({ name, unit, count }: Measured, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const perUnit = (micros: number): string => (micros / count).toFixed(1).padStart(9);
  console.log(`${name.padEnd(44)} cpu ${perUnit(user + system)} us, wall ${perUnit(wallMs * 1_000)} us per ${unit}`);
}

async function addAccount(store: Mailstore, name: string): Promise<string> {
  const login = { login: name, kind: "password", verifier: "", scram: undefined, disabled: false } as const;
  return (await store.directory.addAccount({ name, popDelete: { kind: "remove" }, login })).account;
}

async function fill(
  store: Mailstore,
  o: { readonly account: string; readonly messages: number; readonly octets: number },
): Promise<void> {
  const body = Buffer.from(`Subject: x\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(Math.ceil(o.octets / 72))}`);
  for (let n = 0; n < o.messages; n += 64) {
    const count = Math.min(64, o.messages - n);
    await Promise.all(
      Array.from({ length: count }, () =>
        store.deliver(o.account, { prefix: Buffer.from("Return-Path: <a@b>\r\n"), body: [body] }),
      ),
    );
  }
}

async function sessions(store: Mailstore, account: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await (await store.open(account, { holder: "bench", onBusy: "reject" })).release();
}

async function drain(
  store: Mailstore,
  o: { readonly account: string; readonly window: number; readonly rounds: number },
): Promise<void> {
  for (let round = 0; round < o.rounds; round += 1) {
    const maildrop = await store.open(o.account, { holder: "bench", onBusy: "reject" });
    let octets = 0;
    for (let n = 1; n <= maildrop.count; n += o.window) {
      const count = Math.min(o.window, maildrop.count - n + 1);
      const reader = maildrop.read(Array.from({ length: count }, (_, i) => n + i));
      for (let chunk = reader.next(); chunk !== undefined; chunk = reader.next()) {
        const got = chunk instanceof Promise ? await chunk : chunk;
        if (got === undefined) break;
        octets += got.octets.length;
      }
    }
    if (octets !== maildrop.octets) throw new Error(`read ${octets} of ${maildrop.octets}`);
    await maildrop.release();
  }
}

let store = await openSqliteMailstore({ directory });
const names = ["ten", "small", "office", "attach", "hundred-thousand", "million"] as const;
const accounts = new Map<string, string>();
for (const name of names) accounts.set(name, await addAccount(store, name));
const account = (name: (typeof names)[number]): string => accounts.get(name) ?? "";

await fill(store, { account: account("ten"), messages: 10, octets: 4_000 });
await measure({ name: "delivery of 30 kB, 64 at once", unit: "message", count: 2_048 }, () =>
  fill(store, { account: account("million"), messages: 2_048, octets: 30_000 }),
);
await fill(store, { account: account("small"), messages: 1_000, octets: 4_000 });
await fill(store, { account: account("office"), messages: 1_000, octets: 44_000 });
await fill(store, { account: account("attach"), messages: 10, octets: 10_000_000 });
await store.close();
placeInOneTransaction(directory, { account: account("hundred-thousand"), count: 100_000 });
placeInOneTransaction(directory, { account: account("million"), count: 1_000_000 });
store = await openSqliteMailstore({ directory });

const delay = monitorEventLoopDelay({ resolution: 1 });
await measure({ name: "login, 10 messages", unit: "session", count: 20_000 }, () =>
  sessions(store, account("ten"), 20_000),
);
await measure({ name: "login, 1,000 messages, unchanged", unit: "session", count: 10_000 }, () =>
  sessions(store, account("small"), 10_000),
);
await measure({ name: "login, 100,000 messages, first", unit: "session", count: 1 }, () =>
  sessions(store, account("hundred-thousand"), 1),
);
await measure({ name: "login, 100,000 messages, unchanged", unit: "session", count: 1_000 }, () =>
  sessions(store, account("hundred-thousand"), 1_000),
);
const before = process.memoryUsage.rss();
await measure({ name: "login, 1,000,000 messages, first", unit: "session", count: 1 }, () =>
  sessions(store, account("million"), 1),
);
console.log(`memory for it: ${((process.memoryUsage.rss() - before) / 1_048_576).toFixed(0)} MiB`);

for (const [name, rounds] of [
  ["small", 25],
  ["office", 5],
  ["attach", 5],
] as const) {
  const megaOctets =
    (((await store.open(account(name), { holder: "b", onBusy: "takeover" })).octets * rounds) / 1_000_000) | 0;
  await (await store.open(account(name), { holder: "b", onBusy: "takeover" })).release();
  for (const window of [1, 32]) {
    delay.reset();
    delay.enable();
    await measure({ name: `drain ${name}, window ${window}`, unit: "MB", count: megaOctets }, () =>
      drain(store, { account: account(name), window, rounds }),
    );
  }
}
await store.close();
rmSync(directory, { recursive: true });
