// The ways in to POP2 and POP1 servers: connect, TLS if it is around everything, log in.
import { POP1_CLIENT, POP2_CLIENT, type FamilyClientTable } from "../wire/index.ts";
import { lifeOf } from "./connect.ts";
import type { FamilyOptions, Pop1Options, Pop3Options, PopSession } from "./contract.ts";
import { octetsOf, Pop3Error } from "./errors.ts";
import { FamilyLink } from "./family-link.ts";
import type { FamilyOpened } from "./family-session.ts";
import { secretOf } from "./login.ts";
import { Deadline } from "./opening.ts";
import { planOf } from "./plan.ts";
import { Pop1Session } from "./pop1-session.ts";
import { Pop2Session } from "./pop2-session.ts";
import { quietly } from "./quiet.ts";
import { refusal } from "./replies.ts";
import { startTls } from "./tls.ts";
import { connectBy, isLoopback } from "./transport.ts";

const POP2_PORT = 109;

/** A POP2 session (RFC 937), logged in. Rejects with Pop3Error; nothing is left open then. */
export function connectPop2(options: FamilyOptions): Promise<PopSession> {
  return connectFamily({ port: POP2_PORT, ...options }, POP2_CLIENT, async (opened, password) => {
    const { link } = opened;
    const { auth, mailbox } = opened.options;
    let { number } = await loggingIn(() => link.say("auth", "HELO", [auth.user, password]));
    if (mailbox !== undefined) ({ number } = await link.say("list", "FOLD", [mailbox]));
    return new Pop2Session(opened, number);
  });
}

/** A POP1 session (RFC 918), logged in. Rejects with Pop3Error; nothing is left open then. */
export function connectPop1(options: Pop1Options): Promise<PopSession> {
  return connectFamily(options, POP1_CLIENT, async (opened, password) => {
    const { link } = opened;
    for (const [keyword, argument] of [
      ["USER", opened.options.auth.user],
      ["PASS", password],
    ] as const) {
      const { isOk, text } = await link.say("auth", keyword, [argument]);
      if (!isOk) throw refusedLogin(text, keyword);
    }
    return new Pop1Session(opened);
  });
}

async function connectFamily<Options extends FamilyOptions & { readonly port: number; readonly rcevOk?: boolean }>(
  options: Options,
  table: FamilyClientTable<string>,
  logIn: (opened: FamilyOpened<Options>, password: string) => Promise<PopSession>,
): Promise<PopSession> {
  const { auth, mailbox: _mailbox, uniqueIds: _uniqueIds, rcevOk = false, tls = "none", ...plain } = options;
  const plan = planOf({ ...plain, tls } as Pop3Options);
  const life = lifeOf(plan);
  try {
    const { signal } = life.controller;
    const deadline = new Deadline(plan, signal, "connect");
    try {
      const stream = await connectBy(plan.transport, { host: plan.host, port: plan.port, signal: deadline.signal });
      const mayLogIn = tls === "implicit" || isLoopback(stream, plan.options) || options.allowCleartextAuth === true;
      deadline.phase = "tls";
      const secured = tls === "implicit" ? await startTls(stream, plan.tls, deadline.signal) : undefined;
      const link = new FamilyLink({ socket: secured?.socket ?? stream, plan, table, hasDataReply: rcevOk, signal });
      try {
        const { text: greeting } = await link.greeting();
        // P2 and P1 know no other way to log in.
        if (!mayLogIn) throw new Pop3Error("AUTH_CLEARTEXT_REFUSED", { phase: "auth" });
        const password = await secretOf(auth, { signal, credentialsMs: plan.timeouts.credentialsMs });
        return quietly(await logIn({ options, plan, link, greeting, tls: secured?.info, onEnd: life.onEnd }, password));
      } catch (error) {
        await sayGoodbye(link);
        throw error;
      }
    } finally {
      deadline.clear();
    }
  } catch (error) {
    life.onEnd();
    throw error;
  }
}

/** P1-C-002: after a refusal QUIT, and nothing else. */
async function sayGoodbye(link: FamilyLink): Promise<void> {
  if (link.isOver) return;
  try {
    await link.say("session", "QUIT");
    link.close();
  } catch {
    link.fail(new Pop3Error("CLOSED", { phase: "session" }));
  }
}

/** RFC 937 HELO: a refusal ends the session. */
async function loggingIn<T>(say: () => Promise<T>): Promise<T> {
  try {
    return await say();
  } catch (error) {
    if (!Pop3Error.is(error, "COMMAND_REFUSED")) throw error;
    throw refusedLogin(octetsOf(error.serverText) ?? "", "HELO");
  }
}

function refusedLogin(text: string, command: string): Pop3Error {
  const status = { isOk: false, text, responseCode: undefined };
  return refusal({ status, capabilities: undefined, phase: "auth", command });
}
