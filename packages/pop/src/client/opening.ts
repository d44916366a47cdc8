// From nothing to a session: connection, greeting, capabilities, TLS, login, capabilities once more.
import type { ChannelBinding } from "../sasl/index.ts";
import { clientCommand } from "../wire/index.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { Auth, Capabilities, TlsInfo } from "./contract.ts";
import { Pop3Error, type Pop3Phase } from "./errors.ts";
import { Link } from "./link.ts";
import { login } from "./login.ts";
import { placeOf } from "./network-errors.ts";
import { policyOf, type CapaPlace, type Plan } from "./plan.ts";
import { Request } from "./request.ts";
import { startTls, type Secured } from "./tls.ts";
import { connectBy, isLoopback, transportOf } from "./transport.ts";

/** A connection that was greeted, and what is known about it. */
export interface Opened {
  readonly link: Link;
  readonly greeting: string;
  readonly isLoopback: boolean;
  readonly signal: AbortSignal;
  capabilities: Capabilities;
  /** Before STLS: told apart from what counts. */
  beforeTls: Capabilities | undefined;
  tls: TlsInfo | undefined;
  channelBindings: readonly ChannelBinding[];
}

/** Connects and, unless the options say otherwise, starts TLS. Rejects with Pop3Error. */
export async function open(plan: Plan, signal: AbortSignal): Promise<Opened> {
  for (;;) {
    try {
      return await attempt(plan, signal);
    } catch (error) {
      // P3-C-030: some servers hang up on CAPA. Each place is tried once.
      if (!(error instanceof ClosedOnCapa)) throw error;
      plan.hangsUpOnCapa.add(error.place);
    }
  }
}

export interface Authentication {
  readonly auth: Auth;
  readonly signal: AbortSignal;
  /** Told when the login is accepted: what it asks goes with what else is asked then. */
  readonly onAccepted?: () => void;
}

/** Logs in, and asks once more what the server can do (P3-C-034). */
export async function authenticate(
  plan: Plan,
  opened: Opened,
  { auth, signal, onAccepted }: Authentication,
): Promise<void> {
  const { link, greeting, capabilities, channelBindings: bindings } = opened;
  plan.step("auth");
  if (plan.options.utf8 === true && capabilities.utf8) await sayUtf8(link);
  if (plan.options.lang !== undefined && capabilities.lang) await sayLanguage(link, plan.options.lang);
  const isPrivate = link.wire.encrypted || opened.isLoopback || plan.options.allowCleartextAuth === true;
  await login(
    {
      link,
      host: plan.host,
      port: plan.port,
      greeting,
      capabilities,
      channelBindings: bindings,
      isPrivate,
      signal,
      credentialsMs: plan.timeouts.credentialsMs,
    },
    auth,
  );
  const asked = plan.hangsUpOnCapa.size === 0 ? askCapabilities(link) : undefined;
  onAccepted?.();
  if ((await asked) === true) opened.capabilities = capabilitiesOf(link.wire.capabilities);
}

/** RFC 6856 §2.1: before login, and behind TLS, which was started by now. A server that refuses it goes on as before. */
async function sayUtf8(link: Link): Promise<void> {
  await link.submit(new Request(clientCommand("UTF8"), { phase: "auth" }));
}

/** RFC 6856 §3: in the clear anybody on the way could choose the texts a person gets to see. A refusal changes nothing. */
async function sayLanguage(link: Link, range: string): Promise<void> {
  if (link.wire.encrypted) await link.submit(new Request(clientCommand("LANG", [range]), { phase: "auth" }));
}

/** Says QUIT if it can, and does not wait long. */
export function leave(plan: Plan, { link }: Opened): void {
  if (link.isOver) return;
  const request = new Request(clientCommand("QUIT"), { phase: "session" });
  link.submit(request, { timeoutMs: plan.timeouts.leaveMs }).then(
    () => link.close(),
    () => link.fail(new Pop3Error("CLOSED", { phase: "session" })),
  );
}

class ClosedOnCapa extends Error {
  readonly place: CapaPlace;

  constructor(place: CapaPlace, cause: unknown) {
    super("the server hung up on CAPA", { cause });
    this.place = place;
  }
}

async function attempt(plan: Plan, signal: AbortSignal): Promise<Opened> {
  const opened = await greeted(plan, signal);
  try {
    const isKnown = await learnCapabilities(plan, opened, "first");
    if (plan.tlsMode !== "implicit" && plan.tlsMode !== "none") await stls(plan, opened, isKnown);
    return opened;
  } catch (error) {
    leave(plan, opened);
    throw error;
  }
}

async function greeted(plan: Plan, signal: AbortSignal): Promise<Opened> {
  const deadline = new Deadline(plan, signal, "connect");
  try {
    plan.step("connect");
    // What TLS decrypts is memory of its own.
    const transport = plan.tlsMode === "none" ? transportOf(plan.options, plan.readMemory) : plan.transport;
    const stream = await connectBy(transport, { host: plan.host, port: plan.port, signal: deadline.signal });
    const onLoopback = isLoopback(stream, plan.options);
    deadline.phase = "tls";
    if (plan.tlsMode === "implicit") plan.step("tls");
    const tls = plan.tlsMode === "implicit" ? await startTls(stream, plan.tls, deadline.signal) : undefined;
    const link = new Link({
      socket: tls?.socket ?? stream,
      encrypted: tls !== undefined,
      policy: policyOf(plan),
      timeouts: plan.timeouts,
      session: plan.session,
      trace: plan.trace,
      signal,
    });
    const { text } = await link.greeting();
    const opened: Opened = {
      link,
      greeting: text,
      isLoopback: onLoopback,
      signal,
      capabilities: capabilitiesOf(undefined),
      beforeTls: undefined,
      tls: undefined,
      channelBindings: [],
    };
    if (tls !== undefined) encrypted(opened, tls);
    return opened;
  } finally {
    deadline.clear();
  }
}

/** True when the server said what it can do. */
async function learnCapabilities(plan: Plan, opened: Opened, place: CapaPlace): Promise<boolean> {
  opened.capabilities = capabilitiesOf(undefined);
  if (plan.hangsUpOnCapa.has(place)) return false;
  try {
    const isKnown = await askCapabilities(opened.link);
    opened.capabilities = capabilitiesOf(opened.link.wire.capabilities);
    return isKnown;
  } catch (error) {
    // One whose answer breaks off in the middle did not hang up on the question.
    if (Pop3Error.is(error, "CLOSED", "NETWORK")) throw new ClosedOnCapa(place, error);
    throw error;
  }
}

async function askCapabilities(link: Link): Promise<boolean> {
  const { status } = await link.submit(new Request(clientCommand("CAPA"), { phase: "session" }));
  return status.isOk;
}

/** RFC 2595 §4. What is required and not there ends everything before a credential was said. */
async function stls(plan: Plan, opened: Opened, isKnown: boolean): Promise<void> {
  const isRequired = plan.tlsMode === "stls-required";
  // A server whose capabilities nobody knows may have it all the same.
  if (!opened.capabilities.stls && (isKnown || !isRequired)) {
    if (!isRequired) return plan.log.warn({ host: plan.host }, "the server offers no STLS: going on without TLS");
    throw new Pop3Error("TLS_UNAVAILABLE", { phase: "tls" });
  }
  plan.step("tls");
  const { status } = await opened.link.submit(new Request(clientCommand("STLS"), { phase: "tls" }));
  if (!status.isOk) {
    if (!isRequired) return plan.log.warn({ host: plan.host }, "the server refused STLS: going on without TLS");
    const { text: serverText, responseCode } = status;
    throw new Pop3Error("TLS_UNAVAILABLE", { phase: "tls", serverText, responseCode, command: "STLS" });
  }
  const deadline = new Deadline(plan, opened.signal, "tls");
  try {
    await opened.link.startTls(async (stream) => {
      const tls = await startTls(stream, plan.tls, deadline.signal);
      opened.beforeTls = opened.capabilities;
      encrypted(opened, tls);
      return tls.socket;
    });
  } finally {
    deadline.clear();
  }
  // What was said before STLS is forgotten (RFC 2595 §4).
  await learnCapabilities(plan, opened, "after-stls");
}

function encrypted(opened: Opened, { info, channelBindings }: Secured): void {
  opened.tls = info;
  opened.channelBindings = channelBindings;
}

/** A signal that follows the session's, and comes to an end by itself. */
export class Deadline {
  phase: Pop3Phase;
  readonly #controller = new AbortController();
  readonly #session: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(plan: Pick<Plan, "host" | "port" | "timeouts">, session: AbortSignal, phase: Pop3Phase) {
    this.phase = phase;
    this.#session = session;
    const late = (): void =>
      this.#controller.abort(new Pop3Error("CONNECT_TIMEOUT", { phase: this.phase, place: placeOf(plan) }));
    this.#timer = setTimeout(late, plan.timeouts.connectMs);
    if (session.aborted) this.#follow();
    session.addEventListener("abort", this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#session.removeEventListener("abort", this.#follow);
  }

  readonly #follow = (): void => this.#controller.abort(this.#session.reason);
}
