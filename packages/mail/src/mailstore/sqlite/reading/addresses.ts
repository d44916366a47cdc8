// Addresses to offer when somebody writes: those that were seen in mail of persons.
import type { MailAddress } from "../../../message/index.ts";
import type { Statements } from "../statements.ts";

export interface AddressesInput {
  readonly account: number;
  readonly prefix: string;
  readonly limit: number;
}

export function addressesWith(db: Statements, { account, prefix, limit }: AddressesInput): readonly MailAddress[] {
  const begins = `${prefix.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return db
    .all<MailAddress>(
      `SELECT name, address FROM correspondent
     WHERE account = ? AND (folded LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')
     ORDER BY messages DESC, named_at DESC, folded LIMIT ?`,
      account,
      begins,
      begins,
      `% ${begins}`,
      limit,
    )
    .map(({ name, address }) => ({ name, address }));
}
