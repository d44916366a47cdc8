// Tries a source step by step, before anything of it is written down.
import { connect, Pop3Error, type OpeningStep, type Pop3Options } from "@restante/pop/client";
import { hidePassword, receivedDate } from "../../../retriever/index.ts";
import type { Input, Output } from "../handlers/handler.ts";
import { troubleOf } from "./shown.ts";

type Tested = Output<"testSource">;
type Step = Tested["steps"][number];

const TIMEOUT_MS = 15_000;
const STEPS = ["connect", "tls", "login", "list"] as const;
type StepName = (typeof STEPS)[number];

export async function testSource(input: Input<"testSource">, signal: AbortSignal): Promise<Tested> {
  const found = new Map<StepName, Step["values"]>();
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
    if (tls !== undefined) found.set("tls", { protocol: tls.protocol });
    const { entries } = await session.list();
    const octets = entries.reduce((sum, entry) => sum + entry.octets, 0);
    found.set("list", { messages: entries.length });
    const first = entries[0];
    const oldest = first === undefined ? null : await oldestOf(() => session.headers(first.n, { onlyTop: true }));
    const reached = {
      tls: tls?.protocol ?? null,
      messages: entries.length,
      octets,
      oldest,
      implementation: capabilities.implementation ?? null,
    };
    return { steps: steps({ found, isEncrypted }), reached, trouble: null };
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    const trouble = troubleOf("this source", hidePassword(error, input));
    return { steps: steps({ found, isEncrypted, failedAt: at }), reached: null, trouble };
  }
}

/** Those before the one that failed went well; those after it were not tried. One that was not encrypted gets no tick. */
function steps({
  found,
  isEncrypted,
  failedAt,
}: {
  readonly found: ReadonlyMap<StepName, Step["values"]>;
  readonly isEncrypted: boolean;
  readonly failedAt?: StepName;
}): Step[] {
  const end = failedAt === undefined ? STEPS.length : STEPS.indexOf(failedAt);
  return STEPS.map((step, at) => {
    const isBare = step === "tls" && !isEncrypted;
    const state = at > end ? "skipped" : at === end ? "failed" : isBare ? "warned" : "ok";
    return { step, state, values: found.get(step) ?? {} };
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
