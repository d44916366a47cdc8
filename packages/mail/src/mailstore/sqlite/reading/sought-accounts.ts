// Which accounts `account:` means, of those that whoever asks may search. It looks at no other: one that is somebody
// else's is as unknown as one that never was.
import type { SearchProblem } from "../../reading-index.ts";
import { fold } from "../folding.ts";
import type { NamedTerm } from "./search-query.ts";

export interface KnownAccount {
  readonly account: number;
  readonly name: string;
}

export interface SoughtAccounts {
  readonly accounts: readonly number[];
  readonly problems: readonly SearchProblem[];
}

/**
 * Several are any of them: mail is of one account. As of a mailbox, what is typed last stands for all that begin so where
 * none is called so, and of a name that is nobody's nothing is found: without the term there would be the mail of all.
 */
export function soughtAccounts(terms: readonly NamedTerm[], known: readonly KnownAccount[]): SoughtAccounts {
  const wanted = new Set<number>();
  const unwanted = new Set<number>();
  const problems: SearchProblem[] = [];
  const folded = known.map(({ account, name }) => ({ account, name: fold(name) }));
  for (const { name, isNegated, mayGoOn } of terms) {
    const meant = meantBy(folded, fold(name), mayGoOn);
    if (meant.length === 0) problems.push({ code: "no-account", account: name });
    for (const account of meant) (isNegated ? unwanted : wanted).add(account);
  }
  const isAny = terms.every(({ isNegated }) => isNegated);
  const accounts = known.flatMap(({ account }) =>
    (isAny || wanted.has(account)) && !unwanted.has(account) ? [account] : [],
  );
  return { accounts, problems };
}

/** By its name, else by how its name begins, else by its number, which nobody sees. */
function meantBy(folded: readonly KnownAccount[], typed: string, mayGoOn: boolean): readonly number[] {
  const those = (isMeant: (one: KnownAccount) => boolean): readonly number[] | undefined => {
    const meant = folded.filter(isMeant).map(({ account }) => account);
    return meant.length === 0 ? undefined : meant;
  };
  return (
    those(({ name }) => name === typed) ??
    (mayGoOn ? those(({ name }) => name.startsWith(typed)) : undefined) ??
    those(({ account }) => String(account) === typed) ??
    []
  );
}
