// An address goes with its password, whatever ends in between: that it shall go is written down beside the password first,
// and the next start finishes what is written down. No other password goes because a store does not know its address: the
// store may be an older one, put back alone.
import { secretName, type Identities, type Identity, type SecretFiles } from "./identities.ts";

/** Behind the name of a password; the name of none ends so, since an address's @ is encoded there. */
const MARK = "@removing";

interface Parts {
  readonly identities: Identities;
  readonly secrets: SecretFiles;
}

/** False when it is not there, or was changed since that version: then it stays, with its password. */
export async function removeIdentity(
  { identities, secrets }: Parts,
  place: { readonly account: string; readonly address: string; readonly version: number },
): Promise<boolean> {
  const name = secretName(place.account, place.address);
  await finishRemoval({ identities, secrets }, place);
  await secrets.write(`${name}${MARK}`, "");
  const isRemoved = await identities.remove(place);
  await finish(secrets, { name, isThere: !isRemoved });
  return isRemoved;
}

/** Takes the addresses an account wrote as away with it: `remove` makes it forget them. */
export async function removeIdentitiesWith(
  { identities, secrets }: Parts,
  account: string,
  remove: () => Promise<void>,
): Promise<void> {
  const names = (await identities.list(account)).map(({ address }) => secretName(account, address));
  for (const name of names) await secrets.write(`${name}${MARK}`, "");
  await remove();
  for (const name of names) await finish(secrets, { name, isThere: false });
}

/** What was begun of this address and came to no end, because the disk failed. To be done before it is entered again. */
export async function finishRemoval(
  { identities, secrets }: Parts,
  { account, address }: Pick<Identity, "account" | "address">,
): Promise<void> {
  const name = secretName(account, address);
  if ((await secrets.read(`${name}${MARK}`)) === undefined) return;
  await finish(secrets, { name, isThere: (await identities.find(account, address)) !== undefined });
}

/** What a process began that ended in the middle of it. `identities`: of every account. */
export async function finishRemovals(
  secrets: SecretFiles,
  identities: readonly Pick<Identity, "account" | "address">[],
): Promise<void> {
  const known = new Set(identities.map(({ account, address }) => secretName(account, address)));
  for (const mark of (await secrets.names()).filter((name) => name.endsWith(MARK))) {
    const name = mark.slice(0, -MARK.length);
    await finish(secrets, { name, isThere: known.has(name) });
  }
}

/** One that is there was not removed, or was entered again. */
async function finish(
  secrets: SecretFiles,
  { name, isThere }: { readonly name: string; readonly isThere: boolean },
): Promise<void> {
  if (!isThere) await secrets.remove(name);
  await secrets.remove(`${name}${MARK}`);
}
