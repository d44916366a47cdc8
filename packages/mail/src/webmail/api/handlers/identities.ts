// Who one writes as, and through which submission server.
import { secretName, testServer } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { identitiesOf, mustBeIdentity, shownIdentity } from "../writing/identities.ts";
import type { Some } from "./handler.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

export function identityHandlers(
  reading: Reading,
): Some<"identities" | "saveIdentity" | "removeIdentity" | "testIdentity"> {
  const { identities, secrets, hostName } = reading.house.writing;
  return {
    async identities({ account }) {
      reading.account(account);
      const found = await identitiesOf(reading, account);
      return { identities: await Promise.all(found.map((identity) => shownIdentity(reading, identity))) };
    },
    async saveIdentity({ password, server, ...identity }) {
      const { account, address } = identity;
      reading.account(account);
      if (server !== null) refuseBareServer(server);
      await identities.save({ ...identity, signatureHtml: "", ...(server === null ? {} : { server }) });
      if (password !== undefined) await secrets.write(secretName(account, address), password);
      reading.events.tell({ kind: "settings-changed" });
      return shownIdentity(reading, await mustBeIdentity(reading, account, address));
    },
    async removeIdentity({ account, address }) {
      reading.account(account);
      await identities.remove(account, address);
      await secrets.remove(secretName(account, address));
      reading.events.tell({ kind: "settings-changed" });
      return {};
    },
    async testIdentity({ account, address, password, server }, { signal }) {
      reading.account(account);
      refuseBareServer(server);
      const { user, mechanism, ...place } = server;
      const secret = password ?? (await secrets.read(secretName(account, address))) ?? "";
      const auth = user === undefined ? undefined : { kind: mechanism, user, password: secret };
      const trouble = await testServer({ server: { ...place, auth }, name: hostName, signal });
      return trouble === undefined
        ? { isOk: true, words: "The server took the login. Mail can be sent.", reply: "" }
        : { isOk: false, words: trouble.words, reply: trouble.reply };
    },
  };
}

function refuseBareServer({ tls, host }: { readonly tls: string; readonly host: string }): void {
  if (tls === "none" && !LOOPBACK.test(host))
    throw new ApiError("bad-request", "without TLS the password would go over the network for all to read; choose TLS");
}
