import { resolve } from "node:path";
import { Pop3Error, type Pop3Options, type ServerInfo, type TlsInfo } from "@restante/pop/client";
import { serverInfo } from "../../retriever/index.ts";
import { argument, isSet, text, type CliCommand, type CommandInput } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn } from "../io.ts";
import { POP_EXITS } from "../pop-exits.ts";
import { atPlace, placeText } from "./pop/session.ts";
import { caOf, certificateDay, pinsOf } from "./trust.ts";

const TIMEOUT_MS = 10_000;
const ELSEWHERE = "see that it is the right host, and whether POP3 is at another port";

interface Answer {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "stls-if-offered";
  readonly info?: ServerInfo;
  readonly error?: Pop3Error;
  /** Of a certificate that is not trusted. */
  readonly pin?: string | undefined;
}

export const fetchServerinfo: CliCommand = {
  name: "fetch serverinfo",
  summary: "show how a server can be collected from: TLS, certificate, ways to log in, what it can do",
  arguments: [{ name: "host", summary: "HOST, which is asked on ports 995 and 110, or HOST:PORT" }],
  options: {
    pin: {
      value: "PIN",
      repeatable: true,
      summary: "trust exactly this certificate: sha256/BASE64 of its public key, or its SHA-256 fingerprint",
    },
    ca: { value: "FILE", summary: "trust certificates that these issuers vouch for (PEM)", completes: "file" },
  },
  examples: [
    "restante fetch serverinfo pop.example.org",
    "restante fetch serverinfo 127.0.0.1:1995 --json",
    "restante fetch serverinfo pop.example.org --ca issuer.pem",
  ],
  async run(input, io) {
    const trust = trustOf(input);
    const places = placesOf(argument(input, "host")).map((place) => ({ ...place, ...trust.options }));
    const answers = await Promise.all(places.map(look));
    if (isSet(input.values, "json")) printJson(io, answers.map(asJson));
    else for (const line of answers.flatMap((answer) => asText(answer, trust.keys))) printLine(io, line);
    if (answers.every(({ error }) => error?.place !== undefined)) warn(io, ELSEWHERE);
    if (answers.some(({ info, error }) => info !== undefined && error === undefined)) return EXIT.OK;
    const untrusted = answers.find(({ pin }) => pin !== undefined);
    return POP_EXITS[(untrusted ?? answers[0])?.error?.code ?? "NETWORK"];
  },
};

interface Trust {
  readonly options: Pick<Pop3Options, "pin" | "tlsOptions">;
  /** What a source says to trust as much. */
  readonly keys: readonly string[];
}

function trustOf({ values }: CommandInput): Trust {
  const [pins, ca, caFile] = [pinsOf(values), caOf(values), text(values, "ca")];
  return {
    options: { ...(pins.length > 0 && { pin: pins }), ...(ca !== undefined && { tlsOptions: { ca } }) },
    keys: [
      ...(pins.length > 0 ? [pinKey(...pins)] : []),
      ...(caFile === undefined ? [] : [`ca = ${JSON.stringify(resolve(caFile))}`]),
    ],
  };
}

function pinKey(...pins: readonly string[]): string {
  return `pin = [${pins.map((pin) => JSON.stringify(pin)).join(", ")}]`;
}

function placesOf(written: string): readonly Pop3Options[] {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:[\]/@\s]+))(?::(\d+))?$/.exec(written) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new CliError("usage", `${written} is no host; write HOST or HOST:PORT`);
  const port = Number(portText);
  if (portText !== undefined && !(port >= 1 && port <= 65_535))
    throw new CliError("usage", `${written}: ${portText} is no port; ports are 1 to 65535, and POP3's are 995 and 110`);
  const timeouts = { connectMs: TIMEOUT_MS, greetingMs: TIMEOUT_MS, commandMs: TIMEOUT_MS };
  const both = ["implicit", "stls-if-offered"] as const;
  if (portText !== undefined) return both.map((tls) => ({ host, port, tls, timeouts }));
  return both.map((tls) => ({ host, port: tls === "implicit" ? 995 : 110, tls, timeouts }));
}

async function look(options: Pop3Options): Promise<Answer> {
  const at = { host: options.host, port: options.port ?? 0, tls: options.tls as Answer["tls"] };
  try {
    return { ...at, info: await serverInfo(options) };
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    const pin = error.certificate?.pin;
    return { ...at, error, pin, ...(pin !== undefined && (await whatItSays({ ...options, pin }))) };
  }
}

/** Nobody logs in, so that what a server says that is not trusted can be shown; whether it is the right one is for a person to tell. */
async function whatItSays(options: Pop3Options): Promise<Pick<Answer, "info">> {
  try {
    return { info: await serverInfo(options) };
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    return {};
  }
}

function asJson(answer: Answer) {
  const { port, tls, info, error, pin } = answer;
  return {
    port,
    tls,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message + whyOf(error) } }),
    ...(pin === undefined ? {} : { pin }),
    ...(info === undefined
      ? {}
      : { greeting: info.greeting, security: security(answer), capabilities: Object.fromEntries(info.capabilities) }),
  };
}

/** The pin of a certificate that is not trusted was taken from itself. */
function security({ info, pin }: Answer) {
  if (info?.tls === undefined) return null;
  return pin === undefined ? info.tls : { ...info.tls, trustedBy: null };
}

/** OpenSSL's verdicts on a chain of certificates. */
const CHAINS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the last issuer of its chain is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "an issuer of its chain is missing",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its issuer is not trusted here, or the server leaves part of its chain out",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is not trusted here, or the server leaves part of its chain out",
};

function whyOf({ cause }: Pop3Error): string {
  const why = CHAINS[(cause as { readonly code?: string } | undefined)?.code ?? ""];
  return why === undefined ? "" : `: ${why}`;
}

const NAMES = { implicit: "TLS", "stls-if-offered": "STLS or cleartext" } as const;

function asText(answer: Answer, keys: readonly string[]): readonly string[] {
  const { host, port, tls, info, error, pin } = answer;
  const title = `${NAMES[tls]}, ${error === undefined ? `${placeText({ host, port })}:` : atPlace(error, { host, port }) + whyOf(error)}`;
  if (info === undefined) return [title, ...untrusted(answer)];
  const { capabilities, hasApop } = info;
  const logins = [...capabilities.sasl, ...(capabilities.user ? ["USER"] : []), ...(hasApop ? ["APOP"] : [])];
  const written = info.tls === undefined ? "none" : tls === "implicit" ? "implicit" : "stls-required";
  return [
    title,
    ...(pin === undefined ? certificate(info.tls) : untrusted(answer)),
    ...[`tls = "${written}"`, ...(pin === undefined ? (info.tls === undefined ? [] : keys) : [pinKey(pin)])].map(
      (key) => row("write", key),
    ),
    row("greeting", info.greeting),
    row("log in with", logins.length === 0 ? "not announced" : logins.join(", ")),
    row("unique-ids", capabilities.size === 0 ? "not announced" : capabilities.uidl ? "yes" : "no"),
    row("pipelining", capabilities.pipelining ? "yes" : "no"),
    ...expiry(capabilities.expire?.days).map((line) => row("warning", line)),
    ...(capabilities.loginDelay === undefined ? [] : [row("between logins", `${capabilities.loginDelay.seconds} s`)]),
  ];
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(14)}${value}`;
}

function certificate(tls: TlsInfo | undefined): readonly string[] {
  return tls === undefined
    ? [row("warning", "no TLS: the password would go out in clear")]
    : [row("certificate", `until ${certificateDay(tls.validTo)}, ${tls.pin}`)];
}

/** All that a person needs to tell whether it is the right one, and what to write if it is. */
function untrusted({ info, error, pin }: Answer): readonly string[] {
  if (pin === undefined) return [];
  const isChanged = error?.code === "TLS_PIN";
  const next = isChanged
    ? "find out from who runs the server why it has another certificate; only then write its pin"
    : "ask who runs the server for its fingerprint, by another way than this; only if it is the same, write its pin";
  if (info?.tls === undefined) return [row("to trust it", next), row("write", pinKey(pin))];
  const { subject, issuer, names, validFrom, validTo, fingerprint } = info.tls;
  return [
    row("certificate", subject === "" ? "without a subject" : subject),
    row("issued by", issuer === subject ? "itself" : issuer === "" ? "nobody it names" : issuer),
    row("for", names.length === 0 ? "no host" : names.join(", ")),
    row("valid", `from ${certificateDay(validFrom)} to ${certificateDay(validTo)}`),
    row("SHA-256", fingerprint),
    row("to trust it", next),
  ];
}

function expiry(days: number | "never" | undefined): readonly string[] {
  if (days === undefined || days === "never") return [];
  return [days === 0 ? "what is fetched is removed there" : `mail is removed there after ${days} days`];
}
