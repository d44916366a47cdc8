// Who an account may write as: the identities its owner made, and, until there is one, its own addresses.
import { secretName, type Identity } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { IdentityRow } from "../schema/writing.ts";

export async function identitiesOf(reading: Reading, account: string): Promise<readonly Identity[]> {
  const made = await reading.house.writing.identities.list(account);
  const addresses = new Set(made.map(({ address }) => address.toLowerCase()));
  const own = ownAddresses(reading, account).filter((address) => !addresses.has(address.toLowerCase()));
  return [
    ...made,
    ...own.map((address, at) => ({
      account,
      address,
      name: "",
      signature: "",
      signatureHtml: "",
      isDefault: made.length === 0 && at === 0,
    })),
  ];
}

/** Throws ApiError `bad-request`: nobody writes as somebody else. */
export async function mustBeIdentity(reading: Reading, account: string, address: string): Promise<Identity> {
  const found = (await identitiesOf(reading, account)).find(
    (one) => one.address.toLowerCase() === address.toLowerCase(),
  );
  if (found === undefined)
    throw new ApiError("bad-request", "choose one of your own addresses as sender, or add this one in the settings");
  return found;
}

export async function shownIdentity(reading: Reading, identity: Identity): Promise<IdentityRow> {
  const { account, address, name, signature, isDefault, server } = identity;
  const secret = await reading.house.writing.secrets.read(secretName(account, address));
  return {
    account,
    address,
    name,
    signature,
    isDefault,
    server: server === undefined ? null : { ...server, mechanism: server.mechanism === "login" ? "login" : "plain" },
    hasPassword: secret !== undefined,
  };
}

function ownAddresses(reading: Reading, account: string): readonly string[] {
  const addresses = reading.addressesOf(account);
  if (addresses.length > 0) return addresses;
  const name = reading.house.store.directory.account(account)?.name ?? "";
  return [`${name}@localhost`];
}
