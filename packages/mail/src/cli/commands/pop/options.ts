// The options of `restante pop ...`, and the session they describe.
import {
  DEFAULT_TIMEOUTS,
  parsePopUrl,
  Pop3Error,
  type PasswordAuth,
  type Pop3Options,
  type PopUrl,
  type TraceEvent,
} from "@restante/pop/client";
import { isLoopback } from "../../../config/index.ts";
import {
  argument,
  isSet,
  text,
  type CliArgument,
  type CliOption,
  type CommandInput,
  type OptionValues,
} from "../../command.ts";
import { askLine } from "../../ask.ts";
import { CliError } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { caOf, pinsOf } from "../trust.ts";
import { mechanismOf } from "../url-mechanism.ts";
import { popPassword } from "./password.ts";

/** Of what only a POP3 server can be asked. */
export const POP3_URL_ARGUMENT: CliArgument = {
  name: "url",
  summary: "pops://USER@HOST (TLS), or pop://USER@HOST (STLS); the password is never part of it",
};

export const URL_ARGUMENT: CliArgument = {
  name: "url",
  summary:
    "pops://USER@HOST (TLS), or pop://USER@HOST (STLS); also pop2:// and pop1://, with /MAILBOX behind the host; the password is never part of it",
};

export const POP_OPTIONS: Readonly<Record<string, CliOption>> = {
  user: { short: "u", value: "NAME", summary: "who logs in, where the name does not fit into the URL" },
  "password-command": { value: "COMMAND", summary: "a shell command whose first line of output is the password" },
  pin: {
    value: "PIN",
    repeatable: true,
    summary: "trust exactly this certificate: sha256/BASE64 of its public key, or its SHA-256 fingerprint",
  },
  ca: { value: "FILE", summary: "trust certificates that these issuers vouch for (PEM)", completes: "file" },
  "allow-cleartext": { summary: "with pop://: go on where the server has no STLS, the password in clear" },
  insecure: { summary: "not offered; use --pin", hidden: true },
  proxy: {
    value: "URL",
    summary: "an HTTP proxy that leads there: http://HOST:PORT; one with a login: RESTANTE_POP_PROXY",
  },
  timeout: { value: "SECONDS", summary: "how long the server may be silent (default 60)" },
  trace: { summary: "show the conversation on standard error, secrets masked" },
};

const TIMEOUT_S = 60;
/** Where to, and how; `auth` is left to `popAuth`. */
export interface PopTarget {
  readonly url: PopUrl;
  readonly user: string | undefined;
  /** Without `auth`. */
  readonly options: Pop3Options;
}

/** A password in a flag stands in the process list. */
function proxyOf(values: OptionValues, { env }: Io): string | undefined {
  const flag = text(values, "proxy");
  if (flag?.includes("@") === true)
    throw new CliError(
      "usage",
      "--proxy takes no name and password: put the whole URL into RESTANTE_POP_PROXY instead",
    );
  const given = env["RESTANTE_POP_PROXY"];
  return flag ?? (given === "" ? undefined : given);
}

/** Reads the URL and the options. Throws CliError `usage`. */
export function popTarget(input: CommandInput, io: Io): PopTarget {
  const { values } = input;
  const url = popUrl(argument(input, "url"));
  const pins = pinsOf(values);
  if (isSet(values, "insecure") && pins.length === 0) {
    throw new CliError(
      "usage",
      "--insecure is not offered: name the certificate you trust with --pin; without it the error says which one is shown",
    );
  }
  const ca = caOf(values);
  const proxy = proxyOf(values, io);
  const silenceMs = secondsMs(text(values, "timeout"));
  const options: Pop3Options = {
    host: url.host,
    port: url.port,
    ...security(url, { allowsCleartext: isSet(values, "allow-cleartext"), isPinned: pins.length > 0 }),
    ...(pins.length > 0 && { pin: pins }),
    ...(ca !== undefined && { tlsOptions: { ca } }),
    ...(proxy !== undefined && { proxy }),
    timeouts: {
      connectMs: silenceMs,
      greetingMs: silenceMs,
      commandMs: silenceMs,
      idleMs: silenceMs,
      replyMs: Math.max(DEFAULT_TIMEOUTS.replyMs, 2 * silenceMs),
    },
    ...(isSet(values, "trace") && { trace: (event) => io.stderr.write(`${traceLine(event)}\n`) }),
  };
  return { url, user: text(values, "user") ?? url.user, options };
}

/** As `popTarget`, for what only POP3 can be asked. */
export function pop3Target(input: CommandInput, io: Io): PopTarget {
  const target = popTarget(input, io);
  if (target.url.generation === undefined) return target;
  throw new CliError("usage", `${target.url.generation} servers cannot be asked this; write pop:// or pops://`);
}

export type PopLogin = PasswordAuth & { readonly password: string };

/** The login. A person is asked before there is a connection that would wait for the typing. Throws CliError `usage`. */
export async function popAuth(target: PopTarget, input: CommandInput, io: Io): Promise<PopLogin> {
  const { url } = target;
  const user = target.user ?? (await askUser(url, io));
  const mechanism = mechanismOf(url);
  return {
    user,
    password: await popPassword(input.values, io, `Password of ${user} at ${url.host}: `),
    ...(mechanism !== undefined && { mechanisms: [mechanism] }),
  };
}

/** RFC 2384 §4: what a URL leaves out is asked for. */
async function askUser({ host }: PopUrl, io: Io): Promise<string> {
  const user = io.stdin.isTTY === true ? (await askLine(io, `User at ${host}: `)).trim() : "";
  if (user !== "") return user;
  throw new CliError("usage", "the URL names no user: write pops://USER@HOST, or give the name with --user");
}

function popUrl(written: string): PopUrl {
  try {
    return parsePopUrl(written);
  } catch (error) {
    if (!Pop3Error.is(error, "CONFIG")) throw error;
    throw new CliError("usage", `${error.message}; ${whatToWrite(written)}`, { cause: error });
  }
}

/** Who left out the scheme is told the whole of what was meant. */
function whatToWrite(written: string): string {
  const [, user = "USER", where] = /^(?:([^@/\s]+)@)?([a-z0-9.-]+(?::\d+)?)$/i.exec(written) ?? [];
  if (where === undefined) return "write pops://USER@HOST, with %40 for an @ inside the user";
  return `write pops://${user}@${where}, or pop:// where TLS begins with STLS`;
}

/** RFC 8314 §3: implicit TLS, else STLS or nothing; on this machine nobody else listens. */
function security(
  { host, implicitTls, generation }: PopUrl,
  o: { readonly allowsCleartext: boolean; readonly isPinned: boolean },
): Pick<Pop3Options, "tls" | "allowCleartextAuth"> {
  if (implicitTls) return { tls: "implicit" };
  if (generation !== undefined) return { tls: "none", allowCleartextAuth: o.allowsCleartext };
  if (o.isPinned) return { tls: "stls-required" };
  if (o.allowsCleartext) return { tls: "stls-if-offered", allowCleartextAuth: true };
  return { tls: isLoopback(host) ? "none" : "stls-required" };
}

function secondsMs(written: string | undefined): number {
  if (written === undefined) return TIMEOUT_S * 1_000;
  const seconds = Number(written);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds * 1_000;
  throw new CliError("usage", `--timeout ${written} is no number of seconds`);
}

function traceLine({ from, line, octets }: TraceEvent): string {
  return `${from === "client" ? "C" : "S"}: ${line ?? `(${octets ?? 0} octets)`}`;
}
