// What accounts, logins and labels may be called: a short list of characters, so that a name means the same to every
// mail program, shell and log, and can be the local part of an address.
import { AccountError } from "./contract.ts";

const NAME_OCTETS_MAX = 64;
const LABEL_OCTETS_MAX = 32;

interface Rule {
  readonly broken: RegExp | ((name: string) => boolean);
  readonly complaint: string;
}

const NAME_RULES: readonly Rule[] = [
  { broken: /^$/, complaint: "is empty: give a name such as anna or anna@example.org" },
  {
    broken: /\//,
    complaint: "holds a slash, which stands between a name and the label of an app password: leave it out",
  },
  { broken: /[^a-z0-9._+@-]/, complaint: 'may hold only letters a-z, digits, ".", "_", "-", "+" and "@"' },
  {
    broken: (name) => name.length > NAME_OCTETS_MAX,
    complaint: `is longer than ${NAME_OCTETS_MAX} characters: shorten it`,
  },
  { broken: /^[^a-z0-9]/, complaint: "must begin with a letter or a digit" },
  {
    broken: /\.\.|\.@|\.$|@\./,
    complaint: "has a dot where a mail address cannot have one: put letters on both sides of each",
  },
  { broken: /@.*@|@$/, complaint: 'may hold one "@", with a domain after it, as in anna@example.org' },
];

const LABEL_RULES: readonly Rule[] = [
  { broken: /^$/, complaint: "is empty: name the device, for example phone" },
  { broken: /[^a-z0-9._-]/, complaint: 'may hold only letters a-z, digits, ".", "_" and "-"' },
  {
    broken: (label) => label.length > LABEL_OCTETS_MAX,
    complaint: `is longer than ${LABEL_OCTETS_MAX} characters: shorten it`,
  },
];

/** The name of a new account in the form it is kept, lower case. Throws AccountError `bad-name`. */
export function newAccountName(text: string): string {
  return checked(text, { what: "the name", rules: NAME_RULES });
}

/** The login of a new app password, `name/label`. Throws AccountError `bad-name`. */
export function appPasswordLogin(name: string, label: string): string {
  return `${name}/${checked(label, { what: "the label", rules: LABEL_RULES })}`;
}

/** A name or login as it is looked up. */
export function foldName(text: string): string {
  return text.toLowerCase();
}

function checked(text: string, o: { readonly what: string; readonly rules: readonly Rule[] }): string {
  const name = foldName(text);
  const rule = o.rules.find(({ broken }) => (typeof broken === "function" ? broken(name) : broken.test(name)));
  if (rule !== undefined) throw new AccountError("bad-name", `${o.what} ${JSON.stringify(text)} ${rule.complaint}`);
  return name;
}
