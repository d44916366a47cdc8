// Who somebody is, in few words. Anybody may call themselves anything: a name that passes for an address, or for another
// name, gives way to the address it came with.
import type { MailAddress } from "../contract.ts";

/** Scripts whose letters are mistaken for each other. */
const LOOKALIKES = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** The name, or the address where there is no name to go by; empty when there is neither. */
export function shownName({ name, address }: MailAddress): string {
  const isName = name !== "" && (address === "" || !isMisleading({ name, address }));
  return isName ? name : address;
}

/** Whether its name passes for another address, or for another name. */
export function isMisleading(person: MailAddress): boolean {
  return holdsOtherAddress(person) || mixesScripts(person.name);
}

export function holdsOtherAddress({ name, address }: MailAddress): boolean {
  // NFKC: there are other forms of "@", which look like it.
  const plain = name.normalize("NFKC");
  const named = [...addressesIn(plain), ...addressesIn(closedUp(plain)).filter(hasDomain)];
  return named.some((one) => one.toLowerCase() !== address.toLowerCase());
}

function addressesIn(text: string): readonly string[] {
  return text.match(/[^\s<>"'()@]{1,64}@+[^\s<>"'()@]{1,255}/g) ?? [];
}

/** Without the blanks, quotes and brackets beside an "@", over which eyes pass. */
function closedUp(text: string): string {
  return text.replace(/[\s<>"'()]+/g, (between, at: number) =>
    text[at - 1] === "@" || text[at + between.length] === "@" ? "" : between,
  );
}

/** People are "Pat @ the studio" too. */
function hasDomain(address: string): boolean {
  return /@[^@]+\.[^@]+$/.test(address);
}

/** Letters of two scripts that look alike within one word. */
export function mixesScripts(text: string): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).some(
    (word) => LOOKALIKES.filter((script) => script.test(word)).length > 1,
  );
}
