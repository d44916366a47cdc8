// The two ways in: a session, or a look at a server.
import { APOP } from "../sasl/index.ts";
import type { Pop3Options, Pop3Session, ServerInfo } from "./contract.ts";
import { Pop3Error, printable } from "./errors.ts";
import { abortedError } from "./network-errors.ts";
import { Conversation } from "./conversation.ts";
import { leave, open } from "./opening.ts";
import { planOf, type Plan } from "./plan.ts";
import { quietly } from "./quiet.ts";
import { ClientSession } from "./session.ts";

/** Connects, starts TLS, logs in. Rejects with Pop3Error; nothing is left open then. */
export async function connect(options: Pop3Options): Promise<Pop3Session> {
  const plan = planOf(options);
  const life = lifeOf(plan);
  try {
    const { signal } = life.controller;
    const opened = await open(plan, signal);
    const session = new ClientSession(new Conversation(plan, opened, life));
    if (options.auth === undefined) return quietly(session);
    try {
      await session.login(options.auth);
      return quietly(session);
    } catch (error) {
      leave(plan, opened);
      throw error;
    }
  } catch (error) {
    life.onEnd();
    throw error;
  }
}

/** What a server says of itself, without a login. Rejects with Pop3Error. */
export async function probe(options: Omit<Pop3Options, "auth">): Promise<ServerInfo> {
  const plan = planOf(options);
  const life = lifeOf(plan);
  try {
    const opened = await open(plan, life.controller.signal);
    const { greeting, capabilities, beforeTls, tls } = opened;
    leave(plan, opened);
    const hasApop = APOP.timestampOf(greeting) !== undefined;
    return { greeting: printable(greeting), hasApop, beforeTls, capabilities, tls };
  } finally {
    life.onEnd();
  }
}

/** What ends the session from outside: the caller's signal, and the time for everything. */
export function lifeOf({ options, timeouts }: Plan): {
  readonly controller: AbortController;
  readonly onEnd: () => void;
} {
  const controller = new AbortController();
  const { signal } = options;
  const follow = (): void => controller.abort(abortedError("session", signal as AbortSignal));
  const late = (): void => {
    const message = "the session took longer than its total time";
    controller.abort(new Pop3Error("COMMAND_TIMEOUT", { phase: "session", message }));
  };
  const timer = timeouts.totalMs === 0 ? undefined : setTimeout(late, timeouts.totalMs);
  timer?.unref();
  if (signal?.aborted === true) follow();
  signal?.addEventListener("abort", follow, { once: true });
  return {
    controller,
    onEnd() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", follow);
    },
  };
}
