// How the large providers are reached over POP3, and what their users must do first. Every row is only a beginning:
// setup tries it before it writes anything. Hosts, ports and names are those of Thunderbird's public database of mail
// providers (ISPDB, March 2026); those of Fastmail, mailbox.org, QQ and NetEase, which it lacks, are as several mail
// programs have them. What nobody has published is not here: setup then asks the DNS.

export interface Provider {
  readonly name: string;
  readonly domains: readonly string[];
  /** Undefined: no POP3 that this program can use, and `note` says why. */
  readonly host: string | undefined;
  /** What the server calls the user: the whole address unless given. */
  readonly user?: "local-part";
  readonly note?: ProviderNote;
}

/** What a person has to know or do; one sentence each. */
export const PROVIDER_NOTES = {
  "app-password": "make an app password in the account's security settings: the ordinary one is refused",
  "switch-on": "POP3 must first be switched on in the web mail's settings",
  code: "POP3 must be switched on in the web mail's settings, which then give the code that is the password here",
  "oauth-only": "logins are by OAuth 2 alone, which is not built yet",
  "no-pop3": "it has no POP3",
  gmail: "switch POP on in Gmail's settings, and make an app password (it needs two-step verification)",
  "mail-password": "it wants the e-mail password of the customer centre, which is not the one of the web login",
} as const;

export type ProviderNote = keyof typeof PROVIDER_NOTES;

/** All with TLS from the first octet, on port 995. */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "Gmail",
    domains: ["gmail.com", "googlemail.com"],
    host: "pop.gmail.com",
    note: "gmail",
  },
  {
    name: "Outlook.com",
    domains: ["outlook.com", "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "live.com", "msn.com"],
    host: undefined,
    note: "oauth-only",
  },
  { name: "iCloud", domains: ["icloud.com", "me.com", "mac.com"], host: undefined, note: "no-pop3" },
  {
    name: "Proton Mail",
    domains: ["proton.me", "protonmail.com", "pm.me"],
    host: undefined,
    note: "no-pop3",
  },
  {
    name: "Yahoo",
    domains: [
      "yahoo.com",
      "yahoo.co.uk",
      "yahoo.de",
      "yahoo.fr",
      "yahoo.es",
      "yahoo.it",
      "ymail.com",
      "rocketmail.com",
    ],
    host: "pop.mail.yahoo.com",
    note: "app-password",
  },
  { name: "AOL", domains: ["aol.com", "aim.com", "verizon.net"], host: "pop.aol.com", note: "app-password" },
  { name: "GMX", domains: ["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], host: "pop.gmx.net", note: "switch-on" },
  { name: "GMX", domains: ["gmx.com", "gmx.us", "gmx.co.uk"], host: "pop.gmx.com", note: "switch-on" },
  { name: "mail.com", domains: ["mail.com", "email.com"], host: "pop.mail.com", note: "switch-on" },
  { name: "WEB.DE", domains: ["web.de"], host: "pop3.web.de", user: "local-part", note: "switch-on" },
  {
    name: "T-Online",
    domains: ["t-online.de", "magenta.de"],
    host: "securepop.t-online.de",
    note: "mail-password",
  },
  { name: "Posteo", domains: ["posteo.de", "posteo.net"], host: "posteo.de" },
  { name: "mailbox.org", domains: ["mailbox.org"], host: "pop3.mailbox.org" },
  { name: "Fastmail", domains: ["fastmail.com", "fastmail.fm"], host: "pop.fastmail.com", note: "app-password" },
  { name: "Zoho", domains: ["zoho.com", "zohomail.com"], host: "pop.zoho.com", note: "switch-on" },
  { name: "Orange", domains: ["orange.fr", "wanadoo.fr"], host: "pop.orange.fr" },
  { name: "Free", domains: ["free.fr"], host: "pop.free.fr", user: "local-part" },
  { name: "La Poste", domains: ["laposte.net"], host: "pop.laposte.net", user: "local-part" },
  { name: "Libero", domains: ["libero.it"], host: "popmail.libero.it" },
  { name: "Seznam", domains: ["seznam.cz", "email.cz"], host: "pop3.seznam.cz" },
  { name: "WP", domains: ["wp.pl"], host: "pop3.wp.pl", user: "local-part", note: "switch-on" },
  { name: "Yandex", domains: ["yandex.com", "yandex.ru", "ya.ru"], host: "pop.yandex.com", note: "app-password" },
  { name: "Mail.ru", domains: ["mail.ru", "inbox.ru", "list.ru", "bk.ru"], host: "pop.mail.ru", note: "app-password" },
  { name: "QQ", domains: ["qq.com"], host: "pop.qq.com", note: "code" },
  { name: "NetEase", domains: ["163.com"], host: "pop.163.com", note: "code" },
  { name: "NetEase", domains: ["126.com"], host: "pop.126.com", note: "code" },
  { name: "Naver", domains: ["naver.com"], host: "pop.naver.com", note: "switch-on" },
];

export function providerOf(domain: string): Provider | undefined {
  return PROVIDERS.find(({ domains }) => domains.includes(domain));
}
