// A server's session, of whatever generation, as its driver sees it. One class with the rules of the generation beside it:
// an object of getters for each session would be a tenth of the memory of an idle one.
import type { Awaited, Channel, Effect, MessageNumber, ServerSide, SessionEvent } from "./server-contract.ts";

/** What the sessions of all generations have. */
export interface SessionFacts {
  readonly state: string;
  readonly awaits: Awaited;
  readonly channel: Channel;
  readonly failedLogins: number;
  readonly stopping: boolean;
}

/** What the generations do each in their way: the methods of ServerSide, as functions of the session. */
export interface SideRules<Session> {
  isAuthorized(session: Session): boolean;
  advance(session: Session, event: SessionEvent): readonly Effect[];
  lineOctetsMax(session: Session, head: Uint8Array): number;
  nextInRun(session: Session, line: Uint8Array): MessageNumber | undefined;
}

export class SessionSide<Session extends SessionFacts> implements ServerSide {
  readonly #session: Session;
  readonly #rules: SideRules<Session>;

  constructor(session: Session, rules: SideRules<Session>) {
    this.#session = session;
    this.#rules = rules;
  }

  get state(): string {
    return this.#session.state;
  }

  get awaits(): Awaited {
    return this.#session.awaits;
  }

  get encrypted(): boolean {
    return this.#session.channel.encrypted;
  }

  get isAuthorized(): boolean {
    return this.#rules.isAuthorized(this.#session);
  }

  get failedLogins(): number {
    return this.#session.failedLogins;
  }

  get stopping(): boolean {
    return this.#session.stopping;
  }

  advance(event: SessionEvent): readonly Effect[] {
    return this.#rules.advance(this.#session, event);
  }

  lineOctetsMax(head: Uint8Array): number {
    return this.#rules.lineOctetsMax(this.#session, head);
  }

  nextInRun(line: Uint8Array): MessageNumber | undefined {
    return this.#rules.nextInRun(this.#session, line);
  }
}
