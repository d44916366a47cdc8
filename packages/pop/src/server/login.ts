// Logging in: asks the accounts, runs SASL mechanisms, and lets refusals leave at a time that tells nothing.
import type { AccountTerms, ErrorCode } from "../wire/index.ts";
import type {
  Authenticator,
  ChannelBinding,
  PeerInfo,
  SaslServerExchange,
  SaslServerMechanism,
} from "../sasl/index.ts";
import type { SaslStep, Verdict } from "../sasl/index.ts";
import { APOP, checkDigest } from "../sasl/index.ts";
import type { LoginDelays } from "./login-delays.ts";
import type { Answers } from "./answers.ts";

/** What a login needs of the connection it happens on. */
export interface LoginHost {
  readonly authenticator: Authenticator;
  readonly mechanisms: readonly SaslServerMechanism[];
  readonly delays: LoginDelays;
  peer(): PeerInfo;
  channelBindings(): readonly ChannelBinding[];
  /** Milliseconds from now until a refusal may leave; counted from the arrival of the last line. */
  refusalWait(): number;
  after(ms: number, callback: () => void): () => void;
  readonly answers: Answers;
}

/** Who got in. */
export interface Owner {
  readonly account: string;
  readonly login: string;
  readonly terms: AccountTerms | undefined;
}

export class Login {
  /** How the last attempt was made: `USER` or the name of a SASL mechanism. */
  mechanism: string | undefined;
  owner: Owner | undefined;
  readonly #host: LoginHost;
  #exchange: SaslServerExchange | undefined;
  #cancelRefusal: (() => void) | undefined;
  /** The question under way; an answer to any other is nobody's any more. */
  #question: object | undefined;

  constructor(host: LoginHost) {
    this.#host = host;
  }

  /** An answer is being waited for, other than the time of a refusal. */
  get isAsking(): boolean {
    return this.#question !== undefined;
  }

  checkPassword(login: Uint8Array, password: Uint8Array): void {
    this.mechanism = "USER";
    const name = utf8(login);
    const secret = utf8(password);
    // Nobody's name or password, and no answer may come sooner for that.
    if (name === undefined || secret === undefined) return this.#settle({ kind: "refused" });
    this.#ask(this.#host.authenticator.checkPassword(name, secret, this.#host.peer()), (verdict) =>
      this.#settle(verdict),
    );
  }

  checkDigest(o: { readonly login: Uint8Array; readonly timestamp: string; readonly digest: string }): void {
    this.mechanism = "APOP";
    const login = utf8(o.login);
    if (login === undefined) return this.#settle({ kind: "refused" });
    const { timestamp, digest } = o;
    const expected = (secret: string): string => APOP.digest(timestamp, secret);
    this.#ask(checkDigest(this.#host.authenticator, this.#host.peer(), { login, digest, expected }), (verdict) =>
      this.#settle(verdict),
    );
  }

  start(name: string, initialResponse: Uint8Array | undefined): void {
    this.mechanism = name;
    const mechanism = this.#host.mechanisms.find((offered) => offered.name === name);
    if (mechanism === undefined) throw new Error(`no mechanism ${name}, though the session chose it`);
    const peer = this.#host.peer();
    this.#exchange = mechanism.start({
      authenticator: this.#host.authenticator,
      peer,
      channelBindings: this.#host.channelBindings(),
      plusOffered: peer.encrypted && this.#host.mechanisms.some(({ channelBinding }) => channelBinding),
    });
    this.respond(initialResponse);
  }

  respond(response: Uint8Array | undefined): void {
    const exchange = this.#exchange;
    if (exchange === undefined) throw new Error("a SASL response without an exchange");
    this.#ask(exchange.next(response), (step: SaslStep) => {
      if (step.kind === "done") return this.#settle(step.verdict);
      this.#host.answers.answer({ kind: "challenge", octets: step.octets });
    });
  }

  /** Ends the attempt; whatever is still under way is not answered. */
  cancel(): void {
    this.#exchange = undefined;
    this.#question = undefined;
    this.#cancelRefusal?.();
    this.#cancelRefusal = undefined;
  }

  /** The accounts did not answer in time. */
  giveUp(): void {
    if (!this.isAsking) return;
    this.cancel();
    this.#host.answers.failed(new Error("the accounts gave no answer in time"), "checking credentials");
    this.#host.answers.answer({ kind: "refused", code: "AUTH_UNAVAILABLE" });
  }

  #ask<T>(answer: Promise<T>, use: (answer: T) => void): void {
    const question = {};
    this.#question = question;
    this.#host.answers.asked();
    const isCurrent = (): boolean => {
      if (this.#question !== question) return false;
      this.#question = undefined;
      return true;
    };
    answer.then(
      (value) => {
        if (isCurrent()) use(value);
      },
      (error: unknown) => {
        if (isCurrent()) this.#settle({ kind: "unavailable", cause: error });
      },
    );
  }

  #settle(verdict: Verdict): void {
    this.#exchange = undefined;
    switch (verdict.kind) {
      case "accepted":
        return this.#accept(verdict);
      case "unavailable":
        this.#host.answers.failed(verdict.cause ?? new Error("the accounts are not available"), "checking credentials");
        return this.#host.answers.answer({ kind: "refused", code: "AUTH_UNAVAILABLE" });
      case "refused":
        return this.#refuseInTime("AUTH_FAILED");
    }
  }

  #accept({ account, login, terms }: Extract<Verdict, { kind: "accepted" }>): void {
    const owner: Owner = { account, login, terms };
    // RFC 2449 §8.1.1: only whoever knows the secret learns of the delay.
    if (this.#host.delays.isTooEarly(owner)) return this.#host.answers.answer({ kind: "refused", code: "LOGIN_DELAY" });
    this.owner = owner;
    this.#host.answers.answer({ kind: "accepted", ...(terms !== undefined && { terms }) });
  }

  /** One time for every cause, however long the check took: it must not tell which part was wrong. */
  #refuseInTime(code: ErrorCode): void {
    const refuse = (): void => {
      this.#cancelRefusal = undefined;
      this.#host.answers.answer({ kind: "refused", code });
    };
    this.#cancelRefusal = this.#host.after(Math.max(0, this.#host.refusalWait()), refuse);
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(octets: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(octets);
  } catch {
    return undefined;
  }
}
