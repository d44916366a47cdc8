// The name somebody probably meant.

/** What the keys are called elsewhere, in other programs that collect mail. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  ssl: "tls",
  starttls: "tls",
  pass: "password",
  passwd: "password",
  username: "user",
  login: "user",
  interval: "every",
  poll: "every",
  folder: "mailbox",
  fingerprint: "pin",
};

/** What takes more than another name. */
const ALSO_DONE: Readonly<Record<string, string>> = {
  delete: 'server = { keep = "0" } removes there what is safely here',
  delete_after: 'server = { keep = "14d" } removes there what was here for so long',
};

/** "did you mean X?", or the list of what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const instead = known.includes("server") ? ALSO_DONE[name] : undefined;
  if (instead !== undefined) return instead;
  const alias = known.find((candidate) => candidate === ALSO_CALLED[name.toLowerCase()]);
  const meant = alias ?? nearest(name, known);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return known.length > 12 ? "`restante config schema` lists every key" : `write one of ${known.join(", ")}`;
}

/** The known name that is at most a third of its letters away; undefined when none is. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const best = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.round(name.length / 3) ? best.candidate : undefined;
}

/** How many letters are wrong, missing, too many or in the place of their neighbour, in names of at most 64 characters. */
function editDistance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 64), other.slice(0, 64)];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          (next[j - 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + cost,
          isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
