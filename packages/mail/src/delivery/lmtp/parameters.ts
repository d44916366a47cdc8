// The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531). RCPT has none here.

export interface MailParameters {
  /** Octets the client says the message has. */
  readonly declaredOctets: number | undefined;
  readonly utf8: boolean;
}

type Refusal = "bad-parameter" | "unknown-parameter";

interface Draft {
  declaredOctets: number | undefined;
  utf8: boolean;
}

/** Takes one parameter in; false when its value is wrong. */
type Take = (draft: Draft, value: string | undefined) => boolean;

const MAIL_PARAMETERS: Readonly<Record<string, Take>> = {
  SIZE(draft, value) {
    if (value === undefined || !/^[0-9]{1,20}$/.test(value)) return false; // RFC 1870 §4
    draft.declaredOctets = Number(value);
    return true;
  },
  BODY(_draft, value) {
    return /^(?:7BIT|8BITMIME)$/i.test(value ?? ""); // either way the octets are kept as they come
  },
  SMTPUTF8(draft, value) {
    draft.utf8 = true;
    return value === undefined; // RFC 6531 §3.4: takes no value
  },
};

/** Reads what follows the path of MAIL. */
export function readMailParameters(rest: string): MailParameters | Refusal {
  const draft: Draft = { declaredOctets: undefined, utf8: false };
  const seen = new Set<string>();
  for (const [keyword, value] of splitParameters(rest)) {
    const take = Object.hasOwn(MAIL_PARAMETERS, keyword) ? MAIL_PARAMETERS[keyword] : undefined;
    if (take === undefined) return "unknown-parameter";
    if (seen.has(keyword) || !take(draft, value)) return "bad-parameter";
    seen.add(keyword);
  }
  return draft;
}

/** True when something follows the path of RCPT. */
export function hasParameters(rest: string): boolean {
  return rest.trim() !== "";
}

function splitParameters(rest: string): [keyword: string, value: string | undefined][] {
  return rest
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const equals = word.indexOf("=");
      return equals === -1
        ? [word.toUpperCase(), undefined]
        : [word.slice(0, equals).toUpperCase(), word.slice(equals + 1)];
    });
}
