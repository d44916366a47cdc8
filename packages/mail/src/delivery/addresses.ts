// Senders and recipients as they are given on a command line.
import type { Accounts } from "../accounts/index.ts";
import { DeliveryError } from "./delivery-error.ts";
import { readPath, type Mailbox, type Path } from "./lmtp/path.ts";

/** Reads `local@domain`, a bare login, or `<>` and the empty string for the sender of a bounce. Throws DeliveryError `bad-address`. */
export function readAddress(text: string): Path {
  const path = text === "" || text === "<>" ? "<>" : text.startsWith("<") ? text : `<${text}>`;
  const found = readPath(path);
  if (found === undefined || found.rest !== "")
    throw new DeliveryError(
      "bad-address",
      `${JSON.stringify(text)} is not a mail address: write anna@example.org, or the name of an account`,
    );
  return found.path;
}

/** The account that gets mail for `text`. Throws DeliveryError `bad-address`, `no-such-user`, `not-our-domain`. */
export function findAccount(
  accounts: Pick<Accounts, "recipient">,
  text: string,
): { readonly account: string; readonly mailbox: Mailbox } {
  const path = readAddress(text);
  if (path.kind === "null")
    throw new DeliveryError("bad-address", "the recipient's address is empty: name an account or an address");
  const answer = accounts.recipient({ local: path.local, domain: path.domain });
  if (answer.kind === "account")
    return { account: answer.account, mailbox: { local: path.local, domain: path.domain } };
  throw new DeliveryError(
    answer.kind,
    answer.kind === "no-such-user"
      ? `nobody here gets mail for ${text}: restante address list and account list show who gets which`
      : `${text} is not in a domain of ours: the configuration key "domains" names them`,
  );
}
