import { probe } from "@restante/pop/client";
import { isSet, text, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, type Io } from "../io.ts";
import { Progress } from "../progress.ts";
import { POP_OPTIONS, popAuth, pop3Target, POP3_URL_ARGUMENT, type PopTarget } from "./pop/options.ts";
import { explained } from "./pop/session.ts";
import type { Outcome } from "./verify/check.ts";
import { CHECKS } from "./verify/checks.ts";
import { LoginRefused, verify, type Report } from "./verify/run.ts";
import { TalkError, type Place } from "./verify/talk.ts";

export const popVerify: CliCommand = {
  name: "pop verify",
  summary: "ask a POP3 server what the RFCs require of it, with a login of yours; nothing is removed",
  arguments: [POP3_URL_ARGUMENT],
  options: { transcripts: { summary: "show what was said for every row, not only for failures" }, ...POP_OPTIONS },
  examples: [
    "restante pop verify pops://anna@pop.example.org",
    "restante pop verify pop://demo@127.0.0.1:1110 --json | jq '.checks[] | select(.result == \"fail\")'",
  ],
  async run(input, io) {
    const { values } = input;
    if (text(values, "proxy") !== undefined)
      throw new CliError("usage", "verify goes there directly: leave out --proxy");
    const target = pop3Target(input, io);
    const { user, password } = await popAuth(target, input, io);
    const place = await placeOf(target);
    const isJson = isSet(values, "json");
    const progress = new Progress(io);
    const report = await verified({
      place,
      credentials: { user, password },
      onOutcome: (outcome) => {
        progress.show(`verifying: ${outcome.claim}`);
        if (isJson) return;
        progress.clear();
        tell(outcome, io, isSet(values, "transcripts"));
      },
    }).finally(() => progress.clear());
    if (isSet(values, "transcripts") && !isJson) tellOpening(report.opening, io);
    return conclude(report, { isJson, io, host: `${target.url.host}:${target.url.port}` });
  },
};

/** How the library gets there decides how the raw conversations do, and which certificate they accept. */
async function placeOf(target: PopTarget): Promise<Place> {
  const { options } = target;
  const info = await probe(options).catch((error: unknown) => {
    throw explained(error, target);
  });
  const ca = options.tlsOptions?.ca;
  return {
    host: target.url.host,
    port: target.url.port,
    security: info.tls === undefined ? "none" : options.tls === "implicit" ? "implicit" : "stls",
    ...(info.tls?.trustedBy === "pin" && { pin: info.tls.pin }),
    ...(typeof ca === "string" && { ca }),
    silenceMs: options.timeouts?.commandMs ?? 60_000,
  };
}

async function verified(o: Omit<Parameters<typeof verify>[0], "checks">): Promise<Report> {
  try {
    return await verify({ ...o, checks: CHECKS });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof LoginRefused)
      throw new CliError("AUTH_REJECTED", `the login was refused: ${message}; verify needs one that works`);
    if (error instanceof TalkError) throw new CliError("PROTOCOL", `no session to verify: ${message}`);
    throw error;
  }
}

const MARK: Readonly<Record<Outcome["result"], string>> = { pass: "pass", fail: "FAIL", "not-applicable": "n/a " };

function tell({ ids, level, claim, result, why, transcript }: Outcome, io: Io, isFull: boolean): void {
  printLine(io, `${MARK[result]}  ${level.padEnd(6)}  ${claim} (${ids.join(", ")})`);
  if (why !== undefined) printLine(io, `        ${why}`);
  if (isFull || result === "fail") for (const line of transcript) printLine(io, `        | ${line}`);
}

/** Rows that have no conversation of their own were read from this one. */
function tellOpening(opening: Report["opening"], io: Io): void {
  printLine(io, "what the rows without a conversation were read from:");
  for (const line of opening) printLine(io, `        | ${line}`);
}

function conclude(
  { outcomes, opening }: Report,
  o: { readonly isJson: boolean; readonly io: Io; readonly host: string },
): number {
  const count = (result: Outcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  const broken = outcomes.filter(({ result, level }) => result === "fail" && level === "MUST").length;
  const summary = {
    pass: count("pass"),
    fail: count("fail"),
    notApplicable: count("not-applicable"),
    mustFail: broken,
  };
  if (o.isJson) printJson(o.io, { server: o.host, ok: broken === 0, summary, checks: outcomes, opening });
  else {
    const failed = summary.fail === 0 ? "none failed" : `${summary.fail} failed, ${broken} of them a MUST`;
    printLine(o.io, `${o.host}: ${summary.pass} passed, ${failed}, ${summary.notApplicable} not applicable.`);
  }
  return broken === 0 ? EXIT.OK : EXIT.PROTOCOL;
}
