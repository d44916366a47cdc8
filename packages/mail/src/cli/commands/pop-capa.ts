import { probe, type Capabilities, type ServerInfo, type TlsInfo } from "@restante/pop/client";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { POP_OPTIONS, popAuth, pop3Target, POP3_URL_ARGUMENT } from "./pop/options.ts";
import { explained, withSession } from "./pop/session.ts";
import { certificateDay } from "./trust.ts";

export const popCapa: CliCommand = {
  name: "pop capa",
  summary: "show what a server says of itself: greeting, TLS, capabilities; with --login also those after the login",
  arguments: [POP3_URL_ARGUMENT],
  options: { login: { summary: "log in, and show what is announced then" }, ...POP_OPTIONS },
  examples: ["restante pop capa pops://pop.example.org", "restante pop capa pop://anna@pop.example.org --login --json"],
  async run(input, io) {
    const target = pop3Target(input, io);
    const hasLogin = isSet(input.values, "login");
    const auth = hasLogin ? await popAuth(target, input, io) : undefined;
    const info = await probe(target.options).catch((error: unknown) => {
      throw explained(error, target);
    });
    const after = hasLogin
      ? await withSession(target, auth, (session) => Promise.resolve(session.capabilities))
      : undefined;
    if (isSet(input.values, "json")) printJson(io, asJson(info, after));
    else for (const line of asText(info, after)) printLine(io, line);
    return EXIT.OK;
  },
};

function asJson({ greeting, hasApop, beforeTls, capabilities, tls }: ServerInfo, after: Capabilities | undefined) {
  return {
    greeting,
    hasApop,
    tls: tls ?? null,
    beforeTls: beforeTls === undefined ? null : Object.fromEntries(beforeTls),
    beforeLogin: Object.fromEntries(capabilities),
    afterLogin: after === undefined ? null : Object.fromEntries(after),
  };
}

function asText(info: ServerInfo, after: Capabilities | undefined): readonly string[] {
  return [
    `greeting      ${info.greeting}`,
    `TLS           ${info.tls === undefined ? "none" : describeTls(info.tls)}`,
    ...(info.hasApop ? ["APOP          offered by the greeting"] : []),
    ...(info.beforeTls === undefined ? [] : block("before STLS", info.beforeTls)),
    ...block("before login", info.capabilities),
    ...(after === undefined ? [] : block("after login", after)),
  ];
}

function describeTls({ protocol, cipher, trustedBy, pin, validTo }: TlsInfo): string {
  return `${protocol}, ${cipher}, trusted by ${trustedBy}, until ${certificateDay(validTo)}, ${pin}`;
}

function block(title: string, capabilities: Capabilities): readonly string[] {
  const lines = [...capabilities].map(([tag, parameters]) => [tag, ...parameters].join(" "));
  if (lines.length === 0) return [`${title.padEnd(14)}nothing (the server has no CAPA)`];
  return lines.map((line, index) => `${(index === 0 ? title : "").padEnd(14)}${line}`);
}
