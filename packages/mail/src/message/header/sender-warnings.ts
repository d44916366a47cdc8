// Signs that a sender is not who the name says. Told, never judged: a person decides.
import type { MailAddress, SenderWarning } from "../contract.ts";
import { decodeWords } from "../mime/header.ts";
import type { Header } from "../mime/header.ts";
import { hidesCharacters } from "./safe-header-text.ts";
import { holdsOtherAddress, mixesScripts } from "./shown-name.ts";

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

function isElsewhere(reply: MailAddress, from: readonly MailAddress[]): boolean {
  const domain = domainOf(reply);
  if (domain === "" || from.length === 0) return false;
  return !from.map(domainOf).some((own) => own === domain || own.endsWith(`.${domain}`) || domain.endsWith(`.${own}`));
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
