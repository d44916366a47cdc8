// Small things every answer shows in the same way.

/** Keywords that begin with a dollar sign are the house's own; the others are labels. */
export function labelsOf(keywords: readonly string[]): string[] {
  return keywords.filter((keyword) => !keyword.startsWith("$"));
}

/** Without what is undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
