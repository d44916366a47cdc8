// Recipients as people type and paste them, and as chips show them.
import type { Draft } from "../../api/schema/index.ts";

export type Address = Draft["to"][number];

/** Something before one @, something with no blank after it: enough to tell a slip from an address. */
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$|^"[^"]+"@[^\s@<>,;"]+$/;

export function isAddress({ address }: Address): boolean {
  return ADDRESS.test(address);
}

/** Reads `Mina <mina@example.org>, b@example.org; c@example.org`. What is no address stays, to be corrected. */
export function readAddresses(text: string): readonly Address[] {
  return pieces(text).map((piece) => {
    const [, name = "", address = ""] = /^(.*?)<([^<>]*)>$/s.exec(piece) ?? [];
    if (address === "") return { name: "", address: piece };
    return { name: name.trim().replace(/^"(.*)"$/s, "$1"), address: address.trim() };
  });
}

/** Parted at commas, semicolons and ends of lines, but not within quotes or angle brackets. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let piece = "";
  let isQuoted = false;
  let isAngled = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === "<") isAngled = true;
    else if (letter === ">") isAngled = false;
    if (!isQuoted && !isAngled && /[,;\r\n]/.test(letter)) {
      found.push(piece.trim());
      piece = "";
    } else piece += letter;
  }
  found.push(piece.trim());
  return found.filter((one) => one !== "");
}

/** Whether the address, or a word of the name, begins with what is typed. The server offers by the same rule. */
export function beginsLike({ name, address }: Address, typed: string): boolean {
  const start = typed.toLowerCase();
  return start !== "" && (address.toLowerCase().startsWith(start) || ` ${name.toLowerCase()}`.includes(` ${start}`));
}

/** `before` and what of `added` is not in it yet. */
export function withAddresses(before: readonly Address[], added: readonly Address[]): Address[] {
  const seen = new Set(before.map(({ address }) => address.toLowerCase()));
  const fresh = added.filter(({ address }) => {
    const key = address.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...before, ...fresh];
}

export function written({ name, address }: Address): string {
  return name === "" ? address : `${name} <${address}>`;
}

/** By the name, which whoever wrote it may have chosen: one with an "@", of any form, may pass for another address. */
export function chipText(one: Address): string {
  if (one.name === "") return one.address;
  return one.name.normalize("NFKC").includes("@") ? written(one) : one.name;
}
