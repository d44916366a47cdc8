// Who somebody is, in few words. Anybody may call themselves anything: a name that passes for an address, or for another
// name, gives way to the address it came with.

interface Person {
  readonly name: string;
  readonly address: string;
}

/** Scripts with letters that are taken for Latin ones. */
const LIKE_LATIN = "[\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Script=Armenian}\\p{Script=Cherokee}]";
const LATIN = "\\p{Script=Latin}";
/** Both in one word. */
const LOOKALIKE = new RegExp(`${LATIN}[\\p{L}\\p{M}]*${LIKE_LATIN}|${LIKE_LATIN}[\\p{L}\\p{M}]*${LATIN}`, "u");

/** The name, or the address where that is no name to go by; empty when there is neither. */
export function shownName({ name, address }: Person): string {
  if (name === "") return address;
  const isMisleading = name.includes("@") || LOOKALIKE.test(name);
  return isMisleading && address !== "" ? address : name;
}
