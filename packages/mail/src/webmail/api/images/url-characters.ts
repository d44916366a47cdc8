// What it costs to remember the URLs of a body's images: a short body may have very long ones.

/** What it takes to keep one beside its characters, and a body that has none. */
const EACH_CHARACTERS = 64;

export function urlCharacters(urls: Iterable<string>): number {
  let sum = EACH_CHARACTERS;
  for (const url of urls) sum += url.length + EACH_CHARACTERS;
  return sum;
}
