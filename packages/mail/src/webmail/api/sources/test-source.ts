// Tries a source step by step, before anything of it is written down.
import { connect, Pop3Error, type OpeningStep, type Pop3Options } from "@restante/pop/client";
import { receivedDate } from "../../../retriever/index.ts";
import type { Input, Output } from "../handlers/handler.ts";
import { troubleOf } from "./shown.ts";

type Tested = Output<"testSource">;
type Step = Tested["steps"][number];

const TIMEOUT_MS = 15_000;
const STEPS = ["connect", "tls", "login", "list"] as const;
type StepName = (typeof STEPS)[number];

const WHAT: Readonly<Record<StepName, string>> = {
  connect: "Connect to the server",
  tls: "Encrypt the connection",
  login: "Log in",
  list: "List what is there",
};

export async function testSource(input: Input<"testSource">, signal: AbortSignal): Promise<Tested> {
  const said = new Map<StepName, string>();
  let at: StepName = "connect";
  let isEncrypted = false;
  const onStep = (step: OpeningStep): void => {
    at = step === "auth" ? "login" : step;
    isEncrypted ||= step === "tls";
  };
  try {
    await using session = await connect({ ...optionsOf(input, signal), onStep });
    at = "list";
    const { tls, capabilities } = session;
    isEncrypted = tls !== undefined;
    said.set("connect", `${input.host}:${input.port} answers`);
    if (tls !== undefined) said.set("tls", tls.protocol);
    said.set("login", `${input.user} may log in`);
    const { entries } = await session.list();
    const octets = entries.reduce((sum, entry) => sum + entry.octets, 0);
    said.set("list", entries.length === 1 ? "one message" : `${entries.length} messages`);
    const first = entries[0];
    const oldest = first === undefined ? null : await oldestOf(() => session.headers(first.n));
    const reached = {
      tls: tls?.protocol ?? null,
      messages: entries.length,
      octets,
      oldest,
      implementation: capabilities.implementation ?? null,
    };
    return { steps: steps({ said, isEncrypted }), reached, trouble: null };
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    const trouble = troubleOf("this source", error);
    return { steps: steps({ said, isEncrypted, failed: { at, words: trouble.message } }), reached: null, trouble };
  }
}

const NOT_ENCRYPTED = "not encrypted: who is between can read the password and the mail";

/** Those before the one that failed went well; those after it were not tried. */
function steps({
  said,
  isEncrypted,
  failed,
}: {
  readonly said: ReadonlyMap<StepName, string>;
  readonly isEncrypted: boolean;
  readonly failed?: { readonly at: StepName; readonly words: string };
}): Step[] {
  const failedAt = failed === undefined ? STEPS.length : STEPS.indexOf(failed.at);
  return STEPS.map((name, at) => {
    const what = WHAT[name];
    if (at === failedAt) return { what, state: "failed", words: failed?.words ?? "" };
    if (name === "tls" && !isEncrypted && at < failedAt) return { what, state: "warned", words: NOT_ENCRYPTED };
    return { what, state: at < failedAt ? "ok" : "skipped", words: said.get(name) ?? "" };
  });
}

function optionsOf(input: Input<"testSource">, signal: AbortSignal): Pop3Options {
  const { host, mailDomain, port, tls, user, password } = input;
  return {
    host,
    port,
    tls,
    ...(mailDomain === null ? {} : { mailDomain }),
    auth: { user, password },
    signal,
    timeouts: { connectMs: TIMEOUT_MS, greetingMs: TIMEOUT_MS, commandMs: TIMEOUT_MS },
  };
}

/** The first message is the one that was there longest; a server without TOP does not tell. */
async function oldestOf(top: () => Promise<Uint8Array>): Promise<number | null> {
  try {
    return receivedDate(await top()) ?? null;
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    return null;
  }
}
