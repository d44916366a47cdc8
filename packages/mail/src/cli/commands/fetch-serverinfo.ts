import { Pop3Error, type Pop3Options, type ServerInfo } from "@restante/pop/client";
import { serverInfo } from "../../retriever/index.ts";
import { argument, isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn } from "../io.ts";
import { POP_EXITS } from "../pop-exits.ts";
import { atPlace, presentedPin } from "./pop/session.ts";

const TIMEOUT_MS = 10_000;
const ELSEWHERE = "see that it is the right host, and whether POP3 is at another port";

interface Answer {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "stls-if-offered";
  readonly info?: ServerInfo;
  readonly error?: Pop3Error;
  /** Of a certificate nobody vouches for. */
  readonly pin?: string | undefined;
}

export const fetchServerinfo: CliCommand = {
  name: "fetch serverinfo",
  summary: "show how a server can be collected from: TLS, certificate, ways to log in, what it can do",
  arguments: [{ name: "host", summary: "HOST, which is asked on ports 995 and 110, or HOST:PORT" }],
  examples: ["restante fetch serverinfo pop.example.org", "restante fetch serverinfo 127.0.0.1:1995 --json"],
  async run(input, io) {
    const places = placesOf(argument(input, "host"));
    const answers = await Promise.all(places.map(look));
    if (isSet(input.values, "json")) printJson(io, answers.map(asJson));
    else for (const line of answers.flatMap(asText)) printLine(io, line);
    if (answers.every(({ error }) => error?.place !== undefined)) warn(io, ELSEWHERE);
    if (answers.some(({ info, error }) => info !== undefined && error === undefined)) return EXIT.OK;
    const trust = answers.find(({ pin }) => pin !== undefined);
    return POP_EXITS[(trust ?? answers[0])?.error?.code ?? "NETWORK"];
  },
};

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
    const pin = error.group === "tls" ? await presentedPin(options) : undefined;
    return { ...at, error, pin, ...(pin !== undefined && (await whatItSays({ ...options, pin }))) };
  }
}

/** Nobody logs in, so that what a server says that nobody vouches for can be shown; whether it is the right one is for a person to tell. */
async function whatItSays(options: Pop3Options): Promise<Pick<Answer, "info">> {
  try {
    return { info: await serverInfo(options) };
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    return {};
  }
}

function asJson({ port, tls, info, error, pin }: Answer) {
  return {
    port,
    tls,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    ...(pin === undefined ? {} : { pin }),
    ...(info === undefined
      ? {}
      : { greeting: info.greeting, security: info.tls ?? null, capabilities: Object.fromEntries(info.capabilities) }),
  };
}

const NAMES = { implicit: "TLS", "stls-if-offered": "STLS or cleartext" } as const;

function asText({ host, port, tls, info, error, pin }: Answer): readonly string[] {
  const title = `${NAMES[tls]}, ${error === undefined ? `${host}:${port}:` : atPlace(error, { host, port })}`;
  const advice = pin === undefined ? [] : [`  if it is really the right server:  pin = ["${pin}"]`];
  if (info === undefined) return [title, ...advice];
  const { capabilities, hasApop } = info;
  const logins = [...capabilities.sasl, ...(capabilities.user ? ["USER"] : []), ...(hasApop ? ["APOP"] : [])];
  const row = (name: string, value: string): string => `  ${name.padEnd(14)}${value}`;
  return [
    title,
    ...advice,
    row("greeting", info.greeting),
    row("write", `tls = "${info.tls === undefined ? "none" : tls === "implicit" ? "implicit" : "stls-required"}"`),
    ...(info.tls === undefined
      ? [row("warning", "no TLS: the password would go out in clear")]
      : [row("certificate", `until ${info.tls.validTo.toISOString().slice(0, 10)}, ${info.tls.pin}`)]),
    row("log in with", logins.length === 0 ? "not announced" : logins.join(", ")),
    row("unique-ids", capabilities.size === 0 ? "not announced" : capabilities.uidl ? "yes" : "no"),
    row("pipelining", capabilities.pipelining ? "yes" : "no"),
    ...expiry(capabilities.expire?.days).map((text) => row("warning", text)),
    ...(capabilities.loginDelay === undefined ? [] : [row("between logins", `${capabilities.loginDelay.seconds} s`)]),
  ];
}

function expiry(days: number | "never" | undefined): readonly string[] {
  if (days === undefined || days === "never") return [];
  return [days === 0 ? "what is fetched is removed there" : `mail is removed there after ${days} days`];
}
