// The trial of `up --demo`: two accounts whose passwords every start prints again, and sample mail that comes once.
import { createReadStream, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { deliverStream } from "../delivery/index.ts";
import { OWN_FILES } from "../files/index.ts";
import { FILES } from "./data-files.ts";
import type { House } from "./open-house.ts";

export interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

const USERS = ["demo", "friend"] as const;

/** samples: the ones each account was given; delivery ids alone are forgotten after a week. */
const noteSchema = z.object({
  accounts: z.array(z.object({ user: z.string(), password: z.string() })),
  samples: z.record(z.string(), z.array(z.string())).default({}),
});
type Note = z.output<typeof noteSchema>;

/** Makes what is not there yet and gives the accounts whose password is known. `changed` names those somebody gave another. */
export async function openDemo(
  dataDir: string,
  house: House,
): Promise<{ readonly accounts: readonly DemoAccount[]; readonly changed: readonly string[] }> {
  const note = readNote(dataDir);
  const accounts: DemoAccount[] = [];
  const changed: string[] = [];
  for (const user of USERS) {
    const known = await openAccount({ dataDir, house, note, user });
    if (await opens(house, known)) accounts.push(known);
    else changed.push(user);
  }
  for (const user of USERS) await deliverSamples({ dataDir, house, user, note });
  return { accounts, changed };
}

interface Step {
  readonly dataDir: string;
  readonly house: House;
  readonly note: Note;
  readonly user: string;
}

/** The account as noted; made, or given a password that can be noted, when it is not there or not noted. */
async function openAccount({ dataDir, house, note, user }: Step): Promise<DemoAccount> {
  const exists = house.accounts.list().some((account) => account.name === user);
  const noted = note.accounts.find((account) => account.user === user);
  if (exists && noted !== undefined) return noted;
  const secret = exists
    ? await house.accounts.setPassword(user)
    : await house.accounts.add({ name: user, popDelete: { kind: "trash", days: 30 } });
  const made = { user, password: secret.password };
  note.accounts = [...note.accounts.filter((account) => account.user !== user), made];
  if (!exists) delete note.samples[user];
  writeNote(dataDir, note);
  return made;
}

/** A password somebody chose with `account passwd` is not ours to change back. */
async function opens({ accounts }: House, { user, password }: DemoAccount): Promise<boolean> {
  const verdict = await accounts.authenticator.checkPassword(user, password, {
    address: "127.0.0.1",
    encrypted: true,
    protocol: "demo",
  });
  return verdict.kind === "accepted";
}

const SAMPLES = fileURLToPath(new URL("demo/", OWN_FILES));

async function deliverSamples({ dataDir, house, user, note }: Step): Promise<void> {
  const given = new Set(note.samples[user]);
  const files = readdirSync(join(SAMPLES, user))
    .filter((name) => name.endsWith(".eml") && !given.has(name))
    .sort();
  if (files.length === 0) return;
  for (const name of files) {
    await deliverStream({
      store: house.store,
      accounts: house.accounts,
      recipient: `${user}@localhost`,
      body: createReadStream(join(SAMPLES, user, name)),
      deliveryId: `demo/${name}`,
    });
  }
  note.samples[user] = [...given, ...files];
  writeNote(dataDir, note);
}

function readNote(dataDir: string): Note {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(join(dataDir, FILES.demoAccounts), "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { accounts: [], samples: {} };
    throw new Error(
      `${join(dataDir, FILES.demoAccounts)} cannot be read: remove it, and the demo accounts get new passwords`,
      { cause: error },
    );
  }
}

function writeNote(dataDir: string, note: Note): void {
  const path = join(dataDir, FILES.demoAccounts);
  writeFileSync(`${path}.new`, `${JSON.stringify(note, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
