/** Makes each thing once: what `Intl` has for dates, lists and numbers takes as long to make as a row to draw. */
export function kept<A extends unknown[], T>(make: (...like: A) => T): (...like: A) => T {
  const made = new Map<string, T>();
  return (...like) => {
    const key = JSON.stringify(like);
    const found = made.get(key) ?? make(...like);
    made.set(key, found);
    return found;
  };
}
