// Small things every answer shows in the same way.
import { isMisleading, type MailAddress, shownName } from "../../../message/index.ts";
import type { Person } from "../schema/index.ts";

export function shownPerson({ name, address }: MailAddress): Person {
  return { name, address, shown: shownName({ name, address }) };
}

/** For whom mail is written to: a name that passes for something else is neither shown nor sent. */
export function honestly(person: MailAddress): MailAddress {
  return isMisleading(person) ? { name: "", address: person.address } : person;
}

/** Keywords that begin with a dollar sign are the house's own; the others are labels. */
export function labelsOf(keywords: readonly string[]): string[] {
  return keywords.filter((keyword) => !keyword.startsWith("$"));
}

/** A receipt was sent for this message, here or by a program that brought it along: none is asked for again. */
export const RECEIPT_SENT = "$mdnsent";

/** Without what is undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
