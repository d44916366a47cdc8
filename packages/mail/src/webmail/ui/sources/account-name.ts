/** Called so when the local part of an address has no letter an account may have. */
const ANYBODY = "me";
const CHARACTERS_MAX = 64;

/** What a person's first account is called unless they like another name better: the local part, as far as it can be one. */
export function accountNameFor(address: string): string {
  const [local = ""] = address.toLowerCase().split(/[@+]/);
  const name = local
    .replaceAll(/[^a-z0-9._-]/g, "")
    .replaceAll(/\.{2,}/g, ".")
    .slice(0, CHARACTERS_MAX)
    .replaceAll(/^[._-]+|\.+$/g, "");
  return name === "" ? ANYBODY : name;
}
