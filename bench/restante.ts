// Our own server for the benches: the built program on a data directory filled through the store.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAccounts } from "../packages/mail/src/accounts/index.ts";
import { openSqliteMailstore } from "../packages/mail/src/mailstore/index.ts";
import type { Population } from "./dovecot.ts";
import { mail } from "./mail-sets.ts";
import { start, type Running } from "./processes.ts";

const PROGRAM = fileURLToPath(new URL("../packages/mail/bin/restante.js", import.meta.url));
const LOOP_DELAY = fileURLToPath(new URL("loop-delay.ts", import.meta.url));

export interface RestanteOptions {
  readonly data: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly lmtpPort: number;
}

/** Makes one account a population, all with the same password, and delivers their mail. */
export async function fill(data: string, populations: readonly Population[], password: string): Promise<void> {
  const store = await openSqliteMailstore({ directory: data });
  const accounts = await openAccounts({
    store,
    domains: [],
    hostName: "localhost",
    keyFile: join(data, "accounts.key"),
    defaultPopDelete: { kind: "remove" },
  });
  for (const { user, set, count } of populations) {
    await accounts.add({ name: user, password });
    const { account } = store.directory.accountNamed(user) ?? { account: "" };
    const pending: Promise<unknown>[] = [];
    for (const message of mail(set, { user, count })) {
      pending.push(store.deliver(account, { body: [message] }));
      if (pending.length >= 64) await Promise.all(pending.splice(0));
    }
    await Promise.all(pending);
  }
  await accounts.close();
  await store.close();
}

export function startRestante(o: RestanteOptions): Promise<Running> {
  const listen = [`pop3=127.0.0.1:${o.port}`, `pop3s=127.0.0.1:${o.tlsPort}`, `lmtp=127.0.0.1:${o.lmtpPort}`];
  return start(
    [process.execPath, "--import", LOOP_DELAY, PROGRAM, "up", "--data", o.data, "--json", ...listen.flatMap((value) => ["--listen", value])],
    { port: o.port, env: { RESTANTE_BENCH_LOOP: join(o.data, "loop-delay.json") } },
  );
}
