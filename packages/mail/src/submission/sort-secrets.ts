// Password files that are called otherwise than an identity's is. A file of before gets its name of now when it can be one
// identity's alone, so that nobody enters its password anew. What nobody is known of stays: another store may know of it,
// or a program wrote a token before its address was entered.
import { formerSecretName, secretName, type Identity, type SecretFiles } from "./identities.ts";

/** Of a source; they stand in the same folder. */
const SOURCE = /\.password$/;

/** `identities`: of every account. Safe twice, and after a kill. */
export async function sortSecrets(secrets: SecretFiles, identities: readonly Identity[]): Promise<void> {
  const known = new Set(identities.map(({ account, address }) => secretName(account, address)));
  const strange = (await secrets.names()).filter((name) => !SOURCE.test(name) && !known.has(name));
  for (const name of strange) {
    const owners = identities.filter(({ account, address }) => formerSecretName(account, address) === name);
    const [owner] = owners;
    if (owner !== undefined && owners.length === 1 && !isOfAnother(owner, name))
      await rename(secrets, { from: name, to: secretName(owner.account, owner.address) });
  }
}

/** Whether an address that was removed may have had it, whose name it is to this day. */
function isOfAnother({ account }: Identity, name: string): boolean {
  const encoded = name.slice(secretName(account, "").length).replaceAll("_", "%");
  try {
    return secretName(account, decodeURIComponent(encoded)) === name;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** What was entered since is newer. */
async function rename(
  secrets: SecretFiles,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  if ((await secrets.read(to)) === undefined) {
    const secret = await secrets.read(from);
    if (secret !== undefined) await secrets.write(to, secret);
  }
  await secrets.remove(from);
}
