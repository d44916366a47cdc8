// Flags of other mail stores and the keywords they are here (RFC 8621 §4.1.1 for the names).

/** Maildir info letters. */
const MAILDIR_FLAGS: Readonly<Record<string, string>> = {
  D: "$draft",
  F: "$flagged",
  P: "$forwarded",
  R: "$answered",
  S: "$seen",
  T: "$deleted",
};

/** `Status` and `X-Status` of mbox mail programs. */
const MBOX_FLAGS: Readonly<Record<string, string>> = {
  A: "$answered",
  D: "$deleted",
  F: "$flagged",
  R: "$seen",
  T: "$draft",
};

/** Letters of a Maildir info; lower case ones are Dovecot's own keywords, named in its file. */
export function keywordsOfMaildirFlags(letters: string, named: ReadonlyMap<string, string>): readonly string[] {
  return unique([...letters].map((letter) => MAILDIR_FLAGS[letter] ?? named.get(letter)));
}

export function keywordsOfMboxStatus(letters: string): readonly string[] {
  return unique([...letters].map((letter) => MBOX_FLAGS[letter]));
}

/** The letters that say `keywords`, in the order of ASCII as Maildir wants them, and what they cannot say. */
export function maildirFlagsOf(keywords: readonly string[]): {
  readonly letters: string;
  readonly others: readonly string[];
} {
  const letterOf = new Map(Object.entries(MAILDIR_FLAGS).map(([letter, keyword]) => [keyword, letter]));
  const letters = keywords.flatMap((keyword) => letterOf.get(keyword) ?? []);
  return { letters: letters.sort().join(""), others: keywords.filter((keyword) => !letterOf.has(keyword)) };
}

function unique(keywords: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(keywords.filter((keyword) => keyword !== undefined))];
}
