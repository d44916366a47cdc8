// Who one writes as, and through which submission server.
import { isLoopback } from "../../../config/index.ts";
import {
  finishRemoval,
  removeIdentity,
  secretName,
  testServer,
  type SubmissionServer,
} from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { oneByOne } from "../sources/one-by-one.ts";
import { identitiesOf, mustBeIdentity, shownIdentity } from "../writing/identities.ts";
import type { Some } from "./handler.ts";

export function identityHandlers(
  reading: Reading,
): Some<"identities" | "saveIdentity" | "removeIdentity" | "testIdentity"> {
  const { identities, secrets, hostName } = reading.house.writing;
  /** A password is of the address that is there: no removal comes between one that is entered and its password. */
  const changing = oneByOne();
  /** A password that is kept goes to the server it was entered for, and to no other that somebody types in. */
  const refuseOtherServer = async ({ account, address, server }: Asked): Promise<void> => {
    if ((await secrets.read(secretName(account, address))) === undefined) return;
    const { server: known } = (await identities.find(account, address)) ?? {};
    if (isSameLogin(known, server)) return;
    throw new ApiError("bad-request", "the server is another one; enter its password, too", {
      reason: "password-of-another-server",
    });
  };
  /** Before another server is saved, or none: whatever ends in between, no server is beside the password of another. */
  const forgetUnlessOf = async (server: Place | null, { account, address }: Owner): Promise<void> => {
    const { server: known } = (await identities.find(account, address)) ?? {};
    if (!isSameLogin(known, server ?? undefined)) await secrets.remove(secretName(account, address));
  };
  return {
    async identities({ account }) {
      reading.account(account);
      const found = await identitiesOf(reading, account);
      return { identities: await Promise.all(found.map((identity) => shownIdentity(reading, identity))) };
    },
    saveIdentity: ({ password, server, ...identity }) =>
      changing(async () => {
        const { account, address } = identity;
        reading.account(account);
        // What was removed, and its password not yet, is of no server that is entered now.
        await finishRemoval({ identities, secrets }, identity);
        if (server !== null) {
          refuseBareServer(server);
          if (password === undefined) await refuseOtherServer({ account, address, server });
        }
        await forgetUnlessOf(server, { account, address });
        await identities.save({ ...identity, ...(server === null ? {} : { server }) });
        if (server !== null && password !== undefined) await secrets.write(secretName(account, address), password);
        reading.events.tell({ kind: "settings-changed" });
        return shownIdentity(reading, await mustBeIdentity(reading, account, address));
      }),
    removeIdentity: (place) =>
      changing(async () => {
        const { account, address } = place;
        reading.account(account);
        const isRemoved = await removeIdentity({ identities, secrets }, place);
        if (!isRemoved && (await identities.find(account, address)) !== undefined)
          throw new ApiError("conflict", "this address was changed in another window, and stays", {
            reason: "address-changed",
          });
        reading.events.tell({ kind: "settings-changed" });
        return {};
      }),
    async testIdentity({ account, address, password, server }, { signal }) {
      reading.account(account);
      refuseBareServer(server);
      if (password === undefined) await refuseOtherServer({ account, address, server });
      const { user, mechanism, ...place } = server;
      const secret = password ?? (await secrets.read(secretName(account, address))) ?? "";
      const auth = user === undefined ? undefined : authOf({ mechanism, user, secret });
      const trouble = await testServer({ server: { ...place, auth }, name: hostName, signal });
      return trouble === undefined
        ? { trouble: null, words: "The server took the login. Mail can be sent.", reply: "" }
        : { trouble: trouble.code, words: trouble.words, reply: trouble.reply };
    },
  };
}

type Place = Pick<SubmissionServer, "host" | "port" | "tls"> & { readonly user?: string | undefined };

interface Owner {
  readonly account: string;
  readonly address: string;
}

interface Asked extends Owner {
  readonly server: Place;
}

/** Two that are not there are the same. */
function isSameLogin(one: Place | undefined, other: Place | undefined): boolean {
  return one?.host === other?.host && one?.port === other?.port && one?.tls === other?.tls && one?.user === other?.user;
}

function authOf(o: {
  readonly mechanism: "plain" | "login" | "xoauth2";
  readonly user: string;
  readonly secret: string;
}): SubmissionServer["auth"] {
  const { mechanism, user, secret } = o;
  if (mechanism === "xoauth2") return { kind: mechanism, user, token: () => Promise.resolve(secret) };
  return { kind: mechanism, user, password: secret };
}

function refuseBareServer({ tls, host }: { readonly tls: string; readonly host: string }): void {
  if (tls === "none" && !isLoopback(host))
    throw new ApiError(
      "bad-request",
      "without TLS the password would go over the network for all to read; choose TLS",
      { reason: "server-in-the-clear" },
    );
}
