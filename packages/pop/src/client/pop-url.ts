// POP URLs (RFC 2384), and the schemes other programs write: pop3, pops, pop3s.
import { isIPv6 } from "node:net";
import { Pop3Error } from "./errors.ts";

export interface PopUrl {
  readonly host: string;
  /** The scheme's own when the URL names none. */
  readonly port: number;
  /** `pops` and `pop3s`: TLS from the first octet. */
  readonly implicitTls: boolean;
  readonly user: string | undefined;
  /** SASL name, or `+APOP`; undefined for none or `*`: the client chooses (RFC 2384 §4). */
  readonly mechanism: string | undefined;
}

const PORTS = { cleartext: 110, tls: 995 };
const URL_PARTS = /^(pop3?s?):\/\/(?:([^/?#]*)@)?([^/?#@]*)(.*)$/i;
const HOST_PARTS = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/;
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;
// RFC 2384 §8: achar, and ~ because everybody writes it.
const UNESCAPED = /[^A-Za-z0-9\-_.!~*'(),&=+$]/;

/** Throws Pop3Error CONFIG for a relative URL, a path, a query, a password, or what is no POP URL. */
export function parsePopUrl(text: string): PopUrl {
  const [, scheme = "", who, where = "", rest] = URL_PARTS.exec(text) ?? [];
  if (scheme === "") throw config("not a POP URL: pop://user@host");
  // RFC 2384 §5: no relative URLs, no path; one slash at the end is what curl's users write.
  if (rest !== "" && rest !== "/") throw config("a POP URL has no path, query or fragment");
  const [, address, name = "", portText] = HOST_PARTS.exec(where) ?? [];
  const host = address ?? name;
  if (address === undefined ? !HOST_NAME.test(name) : !isIPv6(address)) throw config("the POP URL names no host");
  const implicitTls = scheme.toLowerCase().endsWith("s");
  const port = portText === undefined ? (implicitTls ? PORTS.tls : PORTS.cleartext) : Number(portText);
  if (port < 1 || port > 65_535) throw config("the port of the POP URL is none");
  return { host, port, implicitTls, ...(who === undefined ? NOBODY : parseWho(who)) };
}

/** The URL that parses to this: the user escaped, the port left out where it is the scheme's own. */
export function formatPopUrl(url: PopUrl): string {
  const { host, port, implicitTls, user, mechanism } = url;
  const auth = mechanism === undefined ? "" : `;AUTH=${escaped(mechanism)}`;
  const who = user === undefined ? "" : `${escaped(user)}${auth}@`;
  const where = isIPv6(host) ? `[${host}]` : host;
  const isUsual = port === (implicitTls ? PORTS.tls : PORTS.cleartext);
  const text = `${implicitTls ? "pops" : "pop"}://${who}${where}${isUsual ? "" : `:${port}`}`;
  // What does not come back is not written.
  parsePopUrl(text);
  return text;
}

const NOBODY = { user: undefined, mechanism: undefined };

function parseWho(text: string): Pick<PopUrl, "user" | "mechanism"> {
  // RFC 2384 §3: a password in a URL is not permitted.
  if (text.includes(":")) throw config("a POP URL has no password");
  const [user = "", auth, more] = text.split(";");
  if (more !== undefined) throw config("the POP URL has more than ;AUTH= behind its user");
  const [, mechanism] = auth === undefined ? [] : (/^AUTH=(.+)$/i.exec(auth) ?? [undefined, ""]);
  if (mechanism === "" || user === "") throw config("the POP URL names no user, or no mechanism");
  const name = unescaped(user);
  return { user: name, mechanism: mechanism === undefined || mechanism === "*" ? undefined : unescaped(mechanism) };
}

/** RFC 2384 §4: UTF-8, percent-encoded. */
function unescaped(text: string): string {
  if (UNESCAPED.test(text.replace(/%[0-9a-f]{2}/gi, "")))
    throw config("a character of the POP URL must be percent-encoded");
  try {
    const plain = decodeURIComponent(text);
    if (/[\r\n\0]/.test(plain)) throw config("the POP URL holds a control character");
    return plain;
  } catch (cause) {
    if (cause instanceof Pop3Error) throw cause;
    throw new Pop3Error("CONFIG", { phase: "connect", message: "the POP URL is not percent-encoded UTF-8", cause });
  }
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("%2B", "+");
}

function config(message: string): Pop3Error {
  return new Pop3Error("CONFIG", { phase: "connect", message });
}
