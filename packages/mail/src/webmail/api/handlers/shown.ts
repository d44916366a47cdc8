// Small things every answer shows in the same way.

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
