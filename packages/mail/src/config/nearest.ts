// The name somebody probably meant.

/** "did you mean X?", or the list of what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return known.length > 12 ? "`restante config explain` lists every key" : `there is ${known.join(", ")}`;
}

/** The known name that is at most a third of its letters away; undefined when none is. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const best = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.round(name.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's distance, for names of at most 64 characters. */
function editDistance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 64), other.slice(0, 64)];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
