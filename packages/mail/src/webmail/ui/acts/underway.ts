// Acts on their way to the server: whoever takes back what was done last means the one asked for last, answered or not.

/** Resolves with the toast that can take it back; undefined when nothing was done, or nothing that can be taken back. */
type Act = Promise<number | undefined>;

/** The newest last. */
let underway: readonly Act[] = [];

/** Remembers an act, which does not reject, until it is over. */
export function beginUnderway(act: Act): void {
  underway = [...underway, act];
  void act.then(() => (underway = underway.filter((one) => one !== act)));
}

/** The newest that nobody has wished back yet; it is given to nobody else. */
export function takeUnderway(): Act | undefined {
  const newest = underway.at(-1);
  underway = underway.slice(0, -1);
  return newest;
}
