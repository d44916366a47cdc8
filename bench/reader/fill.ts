// A store of many letters in many accounts, and one account that hostile letters and bursts go to.
import { readFileSync } from "node:fs";
import { generatedVerifier } from "../../packages/mail/src/accounts/generated-password.ts";
import { createKeyFile, readKeyFile } from "../../packages/mail/src/accounts/key-file.ts";
import { openSqliteMailstore, type Mailstore } from "../../packages/mail/src/mailstore/index.ts";
import { hostile } from "../../packages/mail/test/message/corpus.ts";
import { letterOctets, letters, type Letter } from "../../packages/mail/test/mailstore/reading/letters.ts";

const PLACED_AT_ONCE = 128;
const WORDS = 80;
/** One letter in so many is a newsletter of a hundred kilobytes. */
const NEWSLETTER_EVERY = 250;
/** Those made to make a parser, a sanitiser or a browser stand still. */
const BOMBS = ["h60", "h61", "h63", "h64", "h65", "h67", "h88"];

export interface Filled {
  /** Account ids, in their order. */
  readonly accounts: readonly string[];
  readonly messages: number;
  /** Messages with a large HTML body. */
  readonly newsletters: readonly MessagePlace[];
  readonly bombs: readonly (MessagePlace & { readonly name: string })[];
}

export interface MessagePlace {
  readonly account: string;
  readonly messageId: number;
}

export async function fillReader(
  data: string,
  o: { readonly messages: number; readonly accounts: number; readonly password: string },
): Promise<Filled> {
  const key = (await readKeyFile(`${data}/password.key`)) ?? (await createKeyFile(`${data}/password.key`));
  const store = await openSqliteMailstore({ directory: data });
  const accounts: string[] = [];
  for (let n = 0; n < o.accounts; n += 1) {
    const login = `reader${n}`;
    const verifier = generatedVerifier(key, { login, password: o.password });
    const made = await store.directory.addAccount({
      name: login,
      popDelete: { kind: "remove" },
      login: { login, kind: "password", verifier, scram: undefined, disabled: false },
    });
    accounts.push(made.account);
  }
  const newsletters: MessagePlace[] = [];
  let pending: Promise<void>[] = [];
  for (const letter of letters({ ...o, words: WORDS })) {
    const account = accounts[letter.account] ?? "";
    const html = letter.n % NEWSLETTER_EVERY === 0;
    pending.push(
      place(store, account, letter, html).then((messageId) => {
        if (html) newsletters.push({ account, messageId });
      }),
    );
    if (pending.length < PLACED_AT_ONCE) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
  const bombs = await placeBombs(store, accounts[0] ?? "");
  await store.close();
  return { accounts, messages: o.messages + bombs.length, newsletters, bombs };
}

async function place(store: Mailstore, account: string, letter: Letter, html: boolean): Promise<number> {
  const { isArchived, keywords, receivedAt } = letter;
  const octets = letterOctets(letter, { html });
  return placeOctets(store, account, octets, { mailbox: isArchived ? "Archive" : "INBOX", keywords, receivedAt });
}

async function placeBombs(store: Mailstore, account: string): Promise<Filled["bombs"]> {
  const placed = [];
  for (const name of BOMBS) {
    const octets = Buffer.from(hostile(name).octets()).toString("latin1").replaceAll(/\r?\n/g, "\r\n");
    const messageId = await placeOctets(store, account, Buffer.from(octets, "latin1"), { receivedAt: 0 });
    placed.push({ name, account, messageId });
  }
  return placed;
}

async function placeOctets(
  store: Mailstore,
  account: string,
  octets: Uint8Array,
  o: Parameters<Mailstore["place"]>[2],
): Promise<number> {
  const writer = store.newBody();
  await writer.write(octets);
  return (await store.place(account, await writer.finish(), o)).messageId;
}

/** What was written down of an earlier filling. */
export function readFilled(file: string): Filled {
  return JSON.parse(readFileSync(file, "utf8")) as Filled;
}
