// POP URLs (RFC 2384), and the schemes other programs write: pop3, pops, pop3s. Of our own: pop2 and pop1, whose path may
// name a mailbox, and pop2s and pop1s.
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
  /** Absent for POP3. */
  readonly generation?: "pop2" | "pop1";
  /** Of POP2 and POP1; absent for the one that is opened when none is named. */
  readonly mailbox?: string;
}

const PORTS = { cleartext: 110, tls: 995 };
/** RFC 937: 109. Nobody has given the others one. */
const POP2_PORT = 109;
const URL_PARTS = /^(pop[123]?s?):\/\/(?:([^/?#]*)@)?([^/?#@]*)(.*)$/i;
const HOST_PARTS = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/;
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;
// RFC 2384 §8: achar, and ~ because everybody writes it.
const UNESCAPED = /[^A-Za-z0-9\-_.!~*'(),&=+$]/;

/** Throws Pop3Error CONFIG for a relative URL, a path, a query, a password, or what is no POP URL. */
export function parsePopUrl(text: string): PopUrl {
  const [, scheme = "", who, where = "", rest] = URL_PARTS.exec(text) ?? [];
  if (scheme === "") throw config("not a POP URL: pop://user@host");
  const generation = GENERATIONS[scheme.toLowerCase().replace(/s$/, "")];
  if (generation !== undefined) return parseFamilyUrl({ generation, scheme, who, where, rest });
  // RFC 2384 §5: no relative URLs, no path; one slash at the end is what curl's users write.
  if (rest !== "" && rest !== "/") throw config("a POP URL has no path, query or fragment");
  const implicitTls = scheme.toLowerCase().endsWith("s");
  const { host, port } = parseWhere(where, implicitTls ? PORTS.tls : PORTS.cleartext);
  return { host, port, implicitTls, ...(who === undefined ? NOBODY : parseWho(who)) };
}

const GENERATIONS: Readonly<Record<string, "pop2" | "pop1">> = { pop2: "pop2", pop1: "pop1" };

function parseFamilyUrl(o: {
  readonly generation: "pop2" | "pop1";
  readonly scheme: string;
  readonly who: string | undefined;
  readonly where: string;
  readonly rest: string | undefined;
}): PopUrl {
  const { generation, who } = o;
  const implicitTls = o.scheme.toLowerCase().endsWith("s");
  const { host, port } = parseWhere(o.where, generation === "pop2" && !implicitTls ? POP2_PORT : undefined);
  const named = who === undefined ? NOBODY : parseWho(who);
  if (named.mechanism !== undefined) throw config("POP2 and POP1 know no mechanisms to log in by");
  const [, path = ""] = /^\/([^?#]*)$/.exec(o.rest ?? "") ?? [];
  if ((o.rest ?? "") !== "" && o.rest !== `/${path}`) throw config("a POP URL has no query or fragment");
  return { host, port, implicitTls, ...named, generation, ...(path !== "" && { mailbox: unescapedPath(path) }) };
}

/** A mailbox may have a slash in its name, and does not need to hide it. */
function unescapedPath(path: string): string {
  return path.split("/").map(unescaped).join("/");
}

function parseWhere(where: string, usualPort: number | undefined): { readonly host: string; readonly port: number } {
  const [, address, name = "", portText] = HOST_PARTS.exec(where) ?? [];
  const host = address ?? name;
  if (address === undefined ? !HOST_NAME.test(name) : !isIPv6(address)) throw config("the POP URL names no host");
  const port = portText === undefined ? usualPort : Number(portText);
  if (port === undefined) throw config("this kind of POP URL has no port of its own: name one");
  if (port < 1 || port > 65_535) throw config("the port of the POP URL is none: ports are 1 to 65535");
  return { host, port };
}

/** The URL that parses to this: the user escaped, the port left out where it is the scheme's own. POP3's only. */
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
