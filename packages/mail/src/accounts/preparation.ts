// Names and passwords as they are compared: SASLprep (RFC 4013), the same when they are set and when they are checked.
import { createRequire } from "node:module";
import type saslprepModule from "@mongodb-js/saslprep";

/** More than any login (an address has at most 320 octets) or password that can be set here. */
const PREPARED_OCTETS_MAX = 1_024;

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** Loaded with the first text that needs it: its tables take long, and most names and passwords are printable ASCII. */
const loadSaslprep = (): typeof saslprepModule =>
  createRequire(import.meta.url)("@mongodb-js/saslprep") as typeof saslprepModule;

/** SASLprep of a string to compare with. Undefined when it has no prepared form, is empty or too long: it matches nothing (RFC 4616 §2). */
export function prepare(text: string): string | undefined {
  if (Buffer.byteLength(text) > PREPARED_OCTETS_MAX) return undefined;
  if (PRINTABLE_ASCII.test(text)) return text; // SASLprep leaves printable ASCII as it is; this is the path of nearly every login
  try {
    // RFC 4013 §2.5: a query may hold code points that Unicode 3.2 did not assign; a stored string may not.
    const prepared = loadSaslprep()(text, { allowUnassigned: true });
    return prepared === "" ? undefined : prepared;
  } catch {
    return undefined; // it throws for what RFC 4013 §2.3 and §2.4 prohibit, and when nothing is left of the text
  }
}

/** SASLprep of a string to store; throws an Error that names the rule it breaks. */
export function prepareToStore(text: string): string {
  return loadSaslprep()(text);
}
