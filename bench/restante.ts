// Our own server for the benches: the built program on a data directory filled through the store.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedVerifier } from "../packages/mail/src/accounts/generated-password.ts";
import { openAccounts } from "../packages/mail/src/accounts/index.ts";
import { createKeyFile, readKeyFile, type HouseKey } from "../packages/mail/src/accounts/key-file.ts";
import { openSqliteMailstore, type Mailstore } from "../packages/mail/src/mailstore/index.ts";
import type { Population } from "./dovecot.ts";
import { mail } from "./mail-sets.ts";
import { start, type Running } from "./processes.ts";

export const PROGRAM = fileURLToPath(new URL("../packages/mail/bin/restante.js", import.meta.url));
const BUILT = fileURLToPath(new URL("../packages/mail/dist/program/main.js", import.meta.url));
const LOOP_DELAY = fileURLToPath(new URL("loop-delay.ts", import.meta.url));

export interface RestanteOptions {
  readonly data: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly lmtpPort: number;
  /** Ports of the older generations; without them they are off. */
  readonly family?: { readonly pop2: number; readonly pop1: number };
  /** Port of the web reader; without it there is none. */
  readonly webPort?: number;
}

/** People who only hold a session open: a maildrop is one session's alone, so each has an account. */
export interface IdlePeople {
  readonly count: number;
  readonly messages: number;
}

/** Makes one account a population, all with the same password, and delivers their mail. */
export async function fill(
  data: string,
  o: { readonly populations: readonly Population[]; readonly idle: IdlePeople; readonly password: string },
): Promise<void> {
  const keyFile = join(data, "password.key");
  const key = (await readKeyFile(keyFile)) ?? (await createKeyFile(keyFile));
  const store = await openSqliteMailstore({ directory: data });
  const accounts = await openAccounts({
    store,
    domains: [],
    hostName: "localhost",
    keyFile,
    defaultPopDelete: { kind: "remove" },
  });
  for (const population of o.populations) {
    await accounts.add({ name: population.user, password: o.password });
    const { account } = store.directory.accountNamed(population.user) ?? { account: "" };
    await deliverAll(store, account, population);
  }
  await addIdlePeople(store, key, o);
  await accounts.close();
  await store.close();
}

/** The check of a chosen password takes 64 MiB for 70 ms: whoever measures memory has none of that in it. */
export async function giveQuickVerifier(
  data: string,
  o: { readonly user: string; readonly password: string },
): Promise<void> {
  const key = await readKeyFile(join(data, "password.key"));
  if (key === undefined) throw new Error(`no password.key in ${data}`);
  const store = await openSqliteMailstore({ directory: data });
  const verifier = generatedVerifier(key, { login: o.user, password: o.password });
  await store.directory.changeLogin(o.user, { verifier });
  await store.close();
}

/** A chosen password costs 70 ms to hash, each; ten thousand get the verifier of a generated one. */
async function addIdlePeople(
  store: Mailstore,
  key: HouseKey,
  o: { readonly idle: IdlePeople; readonly password: string },
): Promise<void> {
  for (let first = 0; first < o.idle.count; first += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const login = `idle${first + n}`;
        const verifier = generatedVerifier(key, { login, password: o.password });
        const { account } = await store.directory.addAccount({
          name: login,
          popDelete: { kind: "remove" },
          login: { login, kind: "password", verifier, scram: undefined, disabled: false },
        });
        await deliverAll(store, account, { user: login, set: "huge", count: o.idle.messages });
      }),
    );
  }
}

async function deliverAll(store: Mailstore, account: string, { user, set, count }: Population): Promise<void> {
  const pending: Promise<unknown>[] = [];
  for (const message of mail(set, { user, count })) {
    pending.push(store.deliver(account, { body: [message] }));
    if (pending.length >= 64) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
}

/** Without a web port there is no reader, and mail that was just filled in is not indexed while serving is measured. */
export function startRestante(o: RestanteOptions): Promise<Running> {
  if (!existsSync(BUILT)) throw new Error("the program is not built; run npm run build");
  const { family, webPort } = o;
  const listen = [
    `web=${webPort === undefined ? "off" : `127.0.0.1:${webPort}`}`,
    `pop3=127.0.0.1:${o.port}`,
    `pop3s=127.0.0.1:${o.tlsPort}`,
    `lmtp=127.0.0.1:${o.lmtpPort}`,
  ];
  if (family !== undefined) listen.push(`pop2=127.0.0.1:${family.pop2}`, `pop1=127.0.0.1:${family.pop1}`);
  return start(
    [
      process.execPath,
      "--import",
      LOOP_DELAY,
      PROGRAM,
      "up",
      "--data",
      o.data,
      "--json",
      ...listen.flatMap((value) => ["--listen", value]),
    ],
    { port: o.port, env: { BENCH_LOOP_FILE: join(o.data, "loop-delay.json") } },
  );
}
