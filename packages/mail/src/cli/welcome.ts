// What a person reads when `up` is ready: where to point a mail program, and what to type next.
import { relative, resolve } from "node:path";
import type { Config } from "../config/index.ts";
import type { DemoAccount, Listener, Office } from "../office/index.ts";
import { ownName, type Io } from "./io.ts";

export interface WelcomeOptions {
  readonly office: Office;
  readonly config: Config;
  /** Undefined without --demo. */
  readonly demo: readonly DemoAccount[] | undefined;
  readonly io: Io;
}

export function welcome({ office, config, demo, io }: WelcomeOptions): string {
  const place = nearPath(config.dataDir);
  const parts = [
    `The post office is open. Everything is kept in ${place}.`,
    readerLines(office, config, io),
    listenerLines(office.listeners),
    accountLines(demo),
    tryLines(office.listeners, demo, commandFor(config, io)),
    certificateLines(office),
    `Log: ${nearPath(config.log.destination)}. Ctrl-C ends it; the mail stays.`,
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const PURPOSE: Readonly<Record<string, string>> = {
  pop3: "POP3, security STARTTLS",
  pop3s: "POP3, security SSL/TLS",
  pop2: "POP2 (RFC 937)",
  pop2s: "POP2, security SSL/TLS",
  pop1: "POP1 (RFC 918)",
  pop1s: "POP1, security SSL/TLS",
  lmtp: "LMTP, where mail comes in",
  web: "the reader, for browsers on this machine",
};

function readerLines(office: Office, config: Config, io: Io): string {
  const url = office.webAddress();
  if (url === undefined) return "";
  return `Read your mail in a browser:\n  ${url}\nThis address lets one browser in, once; \`${commandFor(config, io)("open")}\` prints another.`;
}

function listenerLines(listeners: readonly Listener[]): string {
  if (listeners.length === 0) return "Nothing listens: every protocol is off.";
  return listeners
    .map(
      ({ protocol, address, port }) =>
        `  ${`${shownAddress(address)}${port === null ? "" : ` port ${port}`}`.padEnd(22)}  ${PURPOSE[protocol] ?? protocol}`,
    )
    .join("\n");
}

function accountLines(demo: readonly DemoAccount[] | undefined): string {
  if (demo === undefined || demo.length === 0) return "";
  const width = Math.max(...demo.map(({ user }) => user.length));
  return demo.map(({ user, password }) => `  user ${user.padEnd(width)}  password ${password}`).join("\n");
}

function tryLines(
  listeners: readonly Listener[],
  demo: readonly DemoAccount[] | undefined,
  command: (words: string) => string,
): string {
  const pop3 =
    listeners.find(({ protocol }) => protocol === "pop3") ?? listeners.find(({ protocol }) => protocol === "pop3s");
  const account = demo?.[0];
  if (account === undefined)
    return `Add your mail in the reader, or make an account in another terminal:\n  ${command("account add NAME")}`;
  const lines = [
    `Deliver one more message, in another terminal:`,
    `  echo 'Subject: hello' | ${command(`deliver ${account.user}`)}`,
  ];
  if (pop3 === undefined) return lines.join("\n");
  const url = `${pop3.tls ? "-k pop3s" : "pop3"}://${hostOf(pop3)}:${pop3.port}/1`;
  return [
    `Read the first message:`,
    `  curl -u ${account.user}:${account.password} ${url}`,
    `In Thunderbird, add an account by hand: POP3, server ${hostOf(pop3)}, port ${pop3.port},`,
    `security ${pop3.tls ? "SSL/TLS" : "STARTTLS"}, authentication normal password, user ${account.user}.`,
    "As its outgoing server enter the one of your provider: Restante takes mail in, and is no SMTP server.",
    ...lines,
  ].join("\n");
}

function certificateLines(office: Office): string {
  const [certificate] = office.certificates;
  if (certificate?.selfSigned !== true) return "";
  return `The certificate is self-signed, so mail programs will ask. Its SHA-256 fingerprint is\n  ${certificate.fingerprint}`;
}

function shownAddress(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function hostOf({ address }: Listener): string {
  return address === "127.0.0.1" || address === "::1" || address === "0.0.0.0" || address === "::"
    ? "localhost"
    : shownAddress(address);
}

/** A command as it is typed in another terminal: with the data directory, unless it is the one commands look in. */
function commandFor({ dataDir }: Config, io: Io): (words: string) => string {
  const quoted = /^[\w./~+:@%-]+$/.test(dataDir) ? dataDir : `'${dataDir.replaceAll("'", "'\\''")}'`;
  const data = dataDir === resolve("data") ? "" : ` --data ${quoted}`;
  return (words) => `${ownName(io)} ${words}${data}`;
}

/** Relative when it is below where the command was typed. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" || near.startsWith("..") ? path : `./${near}`;
}
