// Names of people, mailboxes and keywords as they are compared.
import { PopError } from "@restante/pop/maildrop";
import { KEYWORDS_MAX } from "../contract.ts";

const nameOctetsMax = 255;
const keywordPattern = /^[\x21-\x7e]{1,64}$/;

/** Logins, accounts and addresses are compared without case; two ways to write one letter are one. */
export function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** The name a mailbox is kept under: INBOX without case (RFC 9051 §5.1), any other as it is. Throws RangeError. */
export function mailboxName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (name === "" || Buffer.byteLength(name) > nameOctetsMax || /[\x00-\x1f\x7f]/.test(name)) {
    throw new RangeError("a mailbox name has 1 to 255 octets and no control characters");
  }
  return /^inbox$/i.test(name) ? "INBOX" : name.normalize("NFC");
}

/** Keywords as they are kept: lower case, sorted, each once. Throws RangeError. */
export function packKeywords(keywords: readonly string[]): string {
  const set = new Set(keywords.map((keyword) => keyword.toLowerCase()));
  if (set.size > KEYWORDS_MAX) throw new RangeError(`a message has at most ${KEYWORDS_MAX} keywords`);
  for (const keyword of set) {
    if (!keywordPattern.test(keyword)) throw new RangeError("a keyword has 1 to 64 printable ASCII characters");
  }
  return [...set].sort().join(" ");
}

export function unpackKeywords(keywords: string): readonly string[] {
  return keywords === "" ? [] : keywords.split(" ");
}

export function isSeen(keywords: string): boolean {
  return unpackKeywords(keywords).includes("$seen");
}

/** The number behind an account's opaque name; undefined when it never was one of ours. */
export function accountNumber(account: string): number | undefined {
  return /^[1-9]\d{0,11}$/.test(account) ? Number(account) : undefined;
}

/** As accountNumber; throws PopError NO_SUCH_ACCOUNT. */
export function knownAccountNumber(account: string): number {
  const number = accountNumber(account);
  if (number === undefined) throw new PopError("NO_SUCH_ACCOUNT", `no account ${JSON.stringify(account)}`);
  return number;
}
