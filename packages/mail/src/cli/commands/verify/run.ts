// Runs the table of checks against one server. Nothing is removed: marks are taken back, and a conversation in which
// that could not be seen to work ends without QUIT.
import { setTimeout as delay } from "node:timers/promises";
import { isLoopback } from "../../../config/index.ts";
import { masking } from "../../../retriever/index.ts";
import type { Check, Connections, Outcome, ReplyCheck, Verdict } from "./check.ts";
import { expected } from "./check.ts";
import { askCapabilities, has, inspect, parametersOf, type Announced, type Facts } from "./facts.ts";
import { Talk, TalkError, type Line, type Place, type Reply, type Transcript } from "./talk.ts";

/** A session that was dropped may hold its maildrop a little longer. */
const FURTHER_TRIES = 5;
const TRY_AGAIN_MS = 1_000;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Report {
  readonly outcomes: readonly Outcome[];
  readonly opening: Transcript;
}

/** The login was refused: nothing can be verified. */
export class LoginRefused extends Error {}

/** Rejects with TalkError or LoginRefused when there is no session to begin with; later troubles are outcomes. */
export async function verify(o: {
  readonly place: Place;
  readonly credentials: Credentials;
  readonly checks: readonly Check[];
  readonly onOutcome: (outcome: Outcome) => void;
}): Promise<Report> {
  const run = new Run(o.place, o.credentials);
  try {
    const facts = await run.begin();
    const outcomes: Outcome[] = [];
    for (const check of o.checks) {
      const outcome = await run.outcome(check, facts);
      outcomes.push(outcome);
      o.onOutcome(outcome);
    }
    return { outcomes, opening: facts.transcript };
  } finally {
    run.end();
  }
}

class Run implements Connections {
  readonly #place: Place;
  readonly #credentials: Credentials;
  readonly #statusLines: Line[] = [];
  readonly #open = new Set<Talk>();
  #session: Talk | undefined;
  #transcript: Transcript = [];
  #how: "USER" | "PLAIN" = "USER";

  constructor(place: Place, credentials: Credentials) {
    this.#place = place;
    this.#credentials = credentials;
  }

  get user(): string {
    return this.#credentials.user;
  }

  /** An ordinary session, left logged in. */
  async begin(): Promise<Facts> {
    const talk = await this.#connect();
    const { line: greeting, isOk } = await talk.reply();
    if (!isOk) throw new TalkError(`the greeting was ${greeting.text.slice(0, 120)}`);
    const isStls = this.#place.security === "stls";
    const first = await askCapabilities(talk);
    if (isStls) await secure(talk);
    const capaBefore = isStls ? await askCapabilities(talk) : first;
    this.#how = mechanismOf(capaBefore);
    const { isOk: isLoggedIn, line } = await this.login(talk, this.#how);
    if (!isLoggedIn) throw new LoginRefused(line.text.slice(0, 120));
    const capaAfter = await askCapabilities(talk);
    const seen = await inspect(talk, capaAfter);
    this.#session = talk;
    return {
      greeting,
      isLoopback: isLoopback(this.#place.host),
      isTls: talk.isTls,
      isStls,
      capaInClear: isStls ? first : undefined,
      capaBefore,
      capaAfter,
      ...seen,
      statusLines: this.#statusLines,
      transcript: this.#transcript,
    };
  }

  async outcome(check: Check, facts: Facts): Promise<Outcome> {
    const { ids, level, claim } = check;
    const excuse = check.excuse?.(facts);
    if (excuse !== undefined) return { ids, level, claim, result: "not-applicable", why: excuse, transcript: [] };
    this.#transcript = [];
    const why = await this.#verdict(check, facts);
    const transcript = this.#transcript;
    if (why === undefined) return { ids, level, claim, result: "pass", transcript };
    return { ids, level, claim, result: "fail", why, transcript };
  }

  end(): void {
    this.#session?.drop();
    for (const talk of this.#open) talk.drop();
  }

  async inClear(): Promise<Talk> {
    const talk = await this.#connect();
    await talk.reply();
    return talk;
  }

  async greeted(): Promise<Talk> {
    const talk = await this.inClear();
    if (this.#place.security === "stls") await secure(talk);
    return talk;
  }

  async loggedIn(how = this.#how): Promise<Talk> {
    const talk = await this.greeted();
    const reply = await this.login(talk, how);
    if (!reply.isOk) throw new TalkError(`a further login was answered ${reply.line.text.slice(0, 120)}`);
    return talk;
  }

  async login(talk: Talk, how = this.#how, password = this.#credentials.password): Promise<Reply> {
    if (how === "PLAIN") {
      const response = Buffer.from(`\0${this.user}\0${password}`).toString("base64");
      return talk.ask(`AUTH PLAIN ${response}`, { shown: "AUTH PLAIN ****" });
    }
    const named = await talk.ask(`USER ${latin1(this.user)}`);
    return named.isOk ? talk.ask(`PASS ${latin1(password)}`, { shown: "PASS ****" }) : named;
  }

  async #connect(): Promise<Talk> {
    const talk = await Talk.open(this.#place, this.#transcript);
    // One list for all, so that a row at the end can judge every status line.
    talk.statusLines = this.#statusLines;
    talk.masked = masking(this.#credentials);
    this.#open.add(talk);
    return talk;
  }

  async #verdict(check: Check, facts: Facts): Promise<Verdict> {
    if (check.stage === "nothing") return check.judge(facts);
    try {
      const why = await this.#hold(check, facts);
      // Nobody knows where the conversation is after an answer that should not have come.
      if (why !== undefined && check.stage === "transaction") this.#leaveSession();
      return why;
    } catch (error) {
      if (check.stage === "transaction") this.#leaveSession();
      return (error as Error).message;
    } finally {
      this.#dropOthers();
    }
  }

  async #hold(check: Exclude<Check, { readonly stage: "nothing" }>, facts: Facts): Promise<Verdict> {
    if ("talk" in check) return check.talk(await this.#at(check.stage), facts, this);
    for (const command of check.commands(facts)) {
      const why = await this.#said(check, command);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  /** Many servers hang up on the third odd command before the login, and after it on too many in a row. */
  async #said({ stage, expect }: ReplyCheck, command: string): Promise<Verdict> {
    const talk = await this.#at(stage);
    const reply = await talk.ask(command);
    const why = expected(command, reply, expect);
    if (why === undefined && stage === "transaction") await talk.ask("NOOP");
    return why;
  }

  async #at(stage: "authorization" | "transaction"): Promise<Talk> {
    if (stage === "authorization") return this.greeted();
    this.#session ??= await this.patiently();
    this.#session.transcript = this.#transcript;
    return this.#session;
  }

  async patiently(how = this.#how): Promise<Talk> {
    for (let left = FURTHER_TRIES; ; left -= 1) {
      const talk = await this.greeted();
      const reply = await this.login(talk, how);
      if (reply.isOk) return talk;
      talk.drop();
      if (left === 0 || !reply.line.text.includes("[IN-USE]")) {
        throw new TalkError(`the next login was answered ${reply.line.text.slice(0, 120)}`);
      }
      await delay(TRY_AGAIN_MS);
    }
  }

  #leaveSession(): void {
    this.#session?.drop();
    this.#session = undefined;
  }

  #dropOthers(): void {
    for (const talk of this.#open) if (talk !== this.#session) talk.drop();
    this.#open.clear();
    if (this.#session !== undefined) this.#open.add(this.#session);
  }
}

async function secure(talk: Talk): Promise<void> {
  const reply = await talk.ask("STLS");
  if (!reply.isOk) throw new TalkError(`STLS was answered ${reply.line.text.slice(0, 120)}`);
  await talk.startTls();
}

function mechanismOf(announced: Announced): "USER" | "PLAIN" {
  const isPlain = parametersOf(announced, "SASL").some((name) => name.toUpperCase() === "PLAIN");
  return isPlain && !has(announced, "USER") ? "PLAIN" : "USER";
}

/** UTF-8, one character an octet. */
function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
