// Signs that a sender is not who the name says. Told, never judged: a person decides.
import type { MailAddress, SenderWarning } from "../contract.ts";
import { decodeWords } from "../mime/header.ts";
import type { Header } from "../mime/header.ts";
import { hidesCharacters } from "./safe-header-text.ts";

/** Scripts whose letters are mistaken for each other. */
const LOOKALIKES = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

export interface Senders {
  readonly from: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
}

export function senderWarnings(header: Header, { from, replyTo }: Senders): readonly SenderWarning[] {
  const fields = header.rawAll("from");
  const warnings: SenderWarning[] = [];
  if (fields.length > 1 || from.length > 1) warnings.push("several-from");
  if (from.some(holdsOtherAddress)) warnings.push("name-holds-address");
  if (from.some(({ name, address }) => mixesScripts(name) || mixesScripts(address.slice(address.lastIndexOf("@"))))) {
    warnings.push("mixed-scripts");
  }
  if (fields.some((field) => hidesCharacters(decodeWords(field)))) warnings.push("hidden-characters");
  // A list answers for its members; everybody else answers from where they write.
  if (!header.has("list-id") && !header.has("list-post") && replyTo.some((reply) => isElsewhere(reply, from))) {
    warnings.push("reply-elsewhere");
  }
  return warnings;
}

function holdsOtherAddress({ name, address }: MailAddress): boolean {
  const named = name.match(/[^\s<>"'()@]{1,64}@[^\s<>"'()@]{1,255}/g) ?? [];
  return named.some((one) => one.toLowerCase() !== address.toLowerCase());
}

/** Letters of two scripts that look alike within one word. */
function mixesScripts(text: string): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).some(
    (word) => LOOKALIKES.filter((script) => script.test(word)).length > 1,
  );
}

function isElsewhere(reply: MailAddress, from: readonly MailAddress[]): boolean {
  const domain = domainOf(reply);
  if (domain === "" || from.length === 0) return false;
  return !from.map(domainOf).some((own) => own === domain || own.endsWith(`.${domain}`) || domain.endsWith(`.${own}`));
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
