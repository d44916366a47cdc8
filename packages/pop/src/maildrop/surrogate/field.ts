// One header field of an internationalised message as a client that reads only ASCII may see it (RFC 6858 §2).
import { presentableAddresses, presentablePath } from "./addresses.ts";
import { isAsciiText } from "./ascii.ts";
import { encodedText } from "./encoded-words.ts";
import { presentableMimeValue } from "./mime-value.ts";

/** Makes a field's value presentable; undefined when it cannot be. */
type Rule = (value: string, taken: number) => string | undefined;

const unfolded = (value: string): string => value.replaceAll("\r\n", "");
const addresses: Rule = (value, taken) => presentableAddresses(unfolded(value), taken);
const parameters: Rule = (value) => presentableMimeValue(value.trim());

/** RFC 6858 §2.1 to §2.3; a field that is not here is taken out (§2.4). */
const RULES: Readonly<Record<string, Rule>> = {
  bcc: addresses,
  cc: addresses,
  from: addresses,
  "reply-to": addresses,
  "resent-bcc": addresses,
  "resent-cc": addresses,
  "resent-from": addresses,
  "resent-sender": addresses,
  "resent-to": addresses,
  "return-path": presentablePath,
  sender: addresses,
  to: addresses,
  "content-type": parameters,
  "content-disposition": parameters,
  subject: (value, taken) => encodedText(unfolded(value).trim(), taken),
};

export interface Field {
  /** Lower case; empty for a line that is no field. */
  readonly name: string;
  /** Behind the colon, folded as it came, without its last CRLF. */
  readonly value: string;
}

/** Takes a field with its CRLFs apart. */
export function fieldOf(text: string): Field {
  const [, name = "", value = ""] = /^([^\s:]+)[ \t]*:(.*?)\r?\n?$/su.exec(text) ?? [];
  return { name: name.toLowerCase(), value };
}

/** What stands in place of a field that holds more than ASCII: itself made presentable, or nothing. */
export function presentableField(text: string): string {
  const { name, value } = fieldOf(text);
  const written = text.slice(0, name.length);
  const made = isAsciiText(written) ? RULES[name]?.(value, written.length + 1) : undefined;
  if (made === undefined || made === "" || !isAsciiText(made)) return "";
  return `${written}: ${made}\r\n`;
}
