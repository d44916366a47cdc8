// A house without any account gets its first with its first source, so that whoever begins in the reader needs no command.
import { AccountError } from "../../../accounts/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { oneByOne } from "./one-by-one.ts";

/** Whether there is an account is asked, and one made or taken back, by one at a time. */
const inTurn = oneByOne();

/**
 * Runs `add` with the login of an account that is there as long as it runs. One that was made for it stays only when `add`
 * resolves: whoever is refused may choose another name. Its generated password is nobody's: a mail program gets one when
 * somebody sets it. Throws ApiError.
 */
export function withAccount<T>(reading: Reading, written: string, add: (login: string) => Promise<T>): Promise<T> {
  const login = written.normalize("NFC").toLowerCase();
  return inTurn(async () => {
    if (reading.house.accounts.accountOf(login) !== undefined) return add(login);
    await makeFirst(reading, login);
    try {
      const added = await add(login);
      reading.events.tell({ kind: "resync" });
      return added;
    } catch (error) {
      await takeBack(reading, login).catch((cause: unknown) =>
        reading.house.log.error({ login, error: cause }, "an account without a source could not be taken back"),
      );
      throw error;
    }
  });
}

async function makeFirst({ house: { accounts, store } }: Reading, login: string): Promise<void> {
  if (store.directory.accounts().length > 0)
    throw new ApiError("not-found", "there is no such account", { reason: "no-account" });
  try {
    await accounts.add({ name: login });
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    throw new ApiError("bad-request", error.message, { cause: error, reason: "bad-account-name" });
  }
}

/** Mail that was delivered to it meanwhile keeps it, and so does a source that could not be taken out. */
async function takeBack(reading: Reading, login: string): Promise<void> {
  const { accounts, store, settings } = reading.house;
  const account = accounts.accountOf(login);
  if (account === undefined) return;
  const mail = await store.messages(account, { after: 0, limit: 1 });
  const isFed = settings.sources().some(({ destinations }) => destinations.some((one) => reading.isInto(one, account)));
  if (mail.length === 0 && !isFed) await accounts.remove(login);
  else reading.events.tell({ kind: "resync" });
}
