// Who an account may write as: the identities its owner made, and, until there is one, its own addresses.
import type { IndexedMessage } from "../../../mailstore/index.ts";
import type { ReadMessage } from "../../../message/index.ts";
import { answeringAddress, secretName, type Identity, type KnownIdentity } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { IdentityRow } from "../schema/writing.ts";

/** `version` 0: an address of the account's own that nobody entered. */
export async function identitiesOf(reading: Reading, account: string): Promise<readonly KnownIdentity[]> {
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
      isDefault: made.length === 0 && at === 0,
      version: 0,
    })),
  ];
}

/** Who answers a message; undefined when nobody can be written as. */
export async function answeringIdentity(
  reading: Reading,
  indexed: IndexedMessage,
  message: ReadMessage,
): Promise<Identity | undefined> {
  const { account, origin } = indexed;
  const identities = await identitiesOf(reading, account);
  const entered = new Set((await reading.house.writing.identities.list(account)).map(({ address }) => address));
  const address = answeringAddress(message, {
    addresses: identities.map((one) => one.address),
    isEntered: (one) => entered.has(one),
    deliveredTo: origin.kind === "delivered" ? origin.name : mailboxOf(reading, origin.name),
  });
  return identities.find((one) => one.address === address);
}

/** The address whose mailbox a source collects, as far as its login is one. */
function mailboxOf(reading: Reading, source: string): string | undefined {
  return reading.house.settings.sources().find(({ name }) => name === source)?.user;
}

/** Throws ApiError `bad-request`: nobody writes as somebody else. */
export async function mustBeIdentity(reading: Reading, account: string, address: string): Promise<KnownIdentity> {
  const found = (await identitiesOf(reading, account)).find(
    (one) => one.address.toLowerCase() === address.toLowerCase(),
  );
  if (found === undefined)
    throw new ApiError("bad-request", "choose one of your own addresses as sender, or add this one in the settings", {
      reason: "not-your-address",
    });
  return found;
}

export async function shownIdentity(reading: Reading, identity: KnownIdentity): Promise<IdentityRow> {
  const { account, address, name, signature, isDefault, server, version } = identity;
  const secret = await reading.house.writing.secrets.read(secretName(account, address));
  return {
    account,
    address,
    name,
    signature,
    isDefault,
    server: server ?? null,
    hasPassword: secret !== undefined,
    version,
  };
}

function ownAddresses(reading: Reading, account: string): readonly string[] {
  const addresses = reading.addressesOf(account);
  if (addresses.length > 0) return addresses;
  const name = reading.house.store.directory.account(account)?.name ?? "";
  return [`${name}@localhost`];
}
