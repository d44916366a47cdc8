// Addresses to offer when somebody writes: those that were seen in mail of persons.
import type { MailAddress } from "../../../message/index.ts";
import type { Statements } from "../statements.ts";

export interface AddressesInput {
  readonly accounts: readonly number[];
  readonly prefix: string;
  readonly limit: number;
}

export function addressesWith(db: Statements, { accounts, prefix, limit }: AddressesInput): readonly MailAddress[] {
  const begins = `${prefix.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return db
    .all<MailAddress>(
      // Name and address are those of the row with the latest name.
      `SELECT name, address, max(iif(name = '', 0, named_at)) AS named FROM correspondent
     WHERE account IN (SELECT value FROM json_each(?))
       AND (folded LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')
     GROUP BY folded ORDER BY sum(messages) DESC, named DESC, folded LIMIT ?`,
      JSON.stringify(accounts),
      begins,
      begins,
      `% ${begins}`,
      limit,
    )
    .map(({ name, address }) => ({ name, address }));
}
