// Plays a client's octets against a session, with answers from a world written down in the test: no socket, no clock.
import {
  advanceServer,
  createServerSession,
  DEFAULT_POLICY,
  DotStuffer,
  errorReply,
  lineOctetsMax,
  LineReader,
  nextInRun,
  retrieveReply,
  type Channel,
  type Effect,
  type ErrorCode,
  type MaildropListing,
  type MessageNumber,
  type OfferedMechanism,
  type Pop3Policy,
  type ServerSession,
  type SessionEvent,
} from "../../src/wire/index.ts";
import { octets, text } from "./octet-text.ts";

export const CLEARTEXT: Channel = { encrypted: false, tlsAvailable: true, loopback: false };
export const ENCRYPTED: Channel = { encrypted: true, tlsAvailable: true, loopback: false };
export const LOOPBACK: Channel = { encrypted: false, tlsAvailable: true, loopback: true };

const MECHANISMS: readonly OfferedMechanism[] = [
  { name: "SCRAM-SHA-256-PLUS", plaintext: false, channelBinding: true, serverFirst: false },
  { name: "SCRAM-SHA-256", plaintext: false, channelBinding: false, serverFirst: false },
  { name: "X-SERVER-FIRST", plaintext: false, channelBinding: false, serverFirst: true },
  { name: "PLAIN", plaintext: true, channelBinding: false, serverFirst: false },
  { name: "LOGIN", plaintext: true, channelBinding: false, serverFirst: false },
];

export interface World {
  readonly channel?: Channel;
  readonly policy?: Partial<Pop3Policy>;
  /** What each message is, in canonical octets. */
  readonly messages?: readonly string[];
  readonly maildrop?: MaildropListing;
  readonly opens?: ErrorCode;
  readonly commits?: ErrorCode;
}

export function listingOf(messages: readonly string[]): MaildropListing {
  return {
    count: messages.length,
    octets: messages.reduce((sum, message) => sum + message.length, 0),
    octetsOf: (number) => (messages[number - 1] as string).length,
    uniqueIdOf: (number) => `id-${number}`,
  };
}

export function sessionOf(world: World = {}): ServerSession {
  const policy = { ...DEFAULT_POLICY, mechanisms: MECHANISMS, ...world.policy };
  return createServerSession({ channel: world.channel ?? ENCRYPTED, policy });
}

/** A session past its greeting. */
export function greeted(world: World = {}): ServerSession {
  const session = sessionOf(world);
  advanceServer(session, { kind: "connected" });
  return session;
}

/** A session of mrose in the transaction state, with messages of 120 and 200 octets unless told otherwise. */
export function inTransaction(world: World = {}): ServerSession {
  const session = greeted(world);
  for (const line of ["USER mrose", "PASS secret"]) hear(session, line);
  advanceServer(session, { kind: "accepted" });
  const maildrop = world.maildrop ?? listingOf(world.messages ?? ["a".repeat(120), "b".repeat(200)]);
  advanceServer(session, { kind: "maildrop-opened", maildrop });
  return session;
}

/** One command's effects. */
export function hear(session: ServerSession, line: string): readonly Effect[] {
  return advanceServer(session, { kind: "line", octets: octets(line) });
}

/** The lines a command is answered with; fails when the answer is more than replies. */
export function say(session: ServerSession, line: string): readonly string[] {
  return repliesIn(hear(session, line));
}

export function repliesIn(effects: readonly Effect[]): readonly string[] {
  const strange = effects.filter(({ kind }) => kind !== "reply");
  if (strange.length > 0) throw new Error(`not only replies: ${strange.map(({ kind }) => kind).join(", ")}`);
  return linesIn(effects);
}

/** The lines among the effects, without their CRLF; fails on a line that ends otherwise. */
export function linesIn(effects: readonly Effect[]): readonly string[] {
  const sent = effects.map((effect) => (effect.kind === "reply" ? effect.text : "")).join("");
  if (sent === "") return [];
  if (!sent.endsWith("\r\n")) throw new Error(`no CRLF at the end of ${JSON.stringify(sent)}`);
  return sent.slice(0, -2).split("\r\n");
}

export function kindsIn(effects: readonly Effect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}

export interface Played {
  /** Everything the client received. */
  readonly sent: string;
  readonly session: ServerSession;
  /** The marks at QUIT, if there was one. */
  readonly committed: readonly MessageNumber[] | undefined;
  readonly released: number;
}

/** Gives the chunks to a session as a driver would: lines pulled while it awaits one, runs of RETR gathered. */
export function play(chunks: readonly Uint8Array[], world: World = {}): Played {
  const player = new Player(world);
  player.advance({ kind: "connected" });
  for (const chunk of chunks) player.take(chunk);
  return player;
}

class Player implements Played {
  sent = "";
  committed: readonly MessageNumber[] | undefined;
  released = 0;
  readonly session: ServerSession;
  readonly #reader = new LineReader();
  readonly #world: World;
  readonly #messages: readonly string[];
  readonly #maxOf = (head: Uint8Array): number => lineOctetsMax(this.session, head);

  constructor(world: World) {
    this.#world = world;
    this.#messages = world.messages ?? ["a".repeat(120), "b".repeat(200)];
    this.session = sessionOf(world);
  }

  take(chunk: Uint8Array): void {
    this.#reader.push(chunk);
    while (this.session.awaits === "line" || this.session.awaits === "sasl-line") {
      const line = this.#reader.next(this.#maxOf);
      if (line === undefined) return;
      this.advance(line.kind === "line" ? line : { kind: "line-too-long" });
    }
  }

  advance(event: SessionEvent): void {
    for (const effect of advanceServer(this.session, event)) this.#run(effect);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case "reply":
        this.sent += effect.text;
        return;
      case "check-password":
        return this.#verdict(text(effect.login) === "mrose" && text(effect.password) === "secret");
      case "check-digest":
        throw new Error("no timestamp was given to answer");
      case "sasl-start":
        return this.#saslStep(effect.initialResponse);
      case "sasl-response":
        return this.#saslStep(effect.octets);
      case "open-maildrop":
        return this.#open();
      case "retrieve":
        for (const number of this.#withRun(effect)) this.#send(number);
        return this.advance({ kind: "sent" });
      case "measure":
        throw new Error("nothing is measured in POP3");
      case "list":
        for (let chunk = effect.chunks.next(); chunk.done !== true; chunk = effect.chunks.next())
          this.sent += chunk.value;
        return this.advance({ kind: "sent" });
      case "start-tls":
        this.#reader.takeRest();
        return this.advance({ kind: "tls-started" });
      case "commit":
        this.committed = [...effect.marked];
        return this.advance(
          this.#world.commits === undefined
            ? { kind: "committed" }
            : { kind: "commit-failed", code: this.#world.commits },
        );
      case "release-maildrop":
        this.released += 1;
        return;
      case "sasl-cancel":
      case "close":
        return;
    }
  }

  /** A mechanism that asks twice and then wants the octets "let me in". */
  #saslStep(response: Uint8Array | undefined): void {
    if (response === undefined) return this.advance({ kind: "challenge", octets: new Uint8Array(0) });
    if (text(response) === "more") return this.advance({ kind: "challenge", octets: octets("go on") });
    this.#verdict(text(response) === "let me in");
  }

  #verdict(accepted: boolean): void {
    this.advance(accepted ? { kind: "accepted" } : { kind: "refused", code: "AUTH_FAILED" });
  }

  #open(): void {
    if (this.#world.opens !== undefined) return this.advance({ kind: "maildrop-refused", code: this.#world.opens });
    this.advance({ kind: "maildrop-opened", maildrop: this.#world.maildrop ?? listingOf(this.#messages) });
  }

  #withRun(effect: Extract<Effect, { kind: "retrieve" }>): readonly MessageNumber[] {
    const numbers = [...effect.numbers];
    while (effect.bodyLines === undefined) {
      const line = this.#reader.peek(this.#maxOf);
      const number = line?.kind === "line" ? nextInRun(this.session, line.octets) : undefined;
      if (number === undefined) break;
      numbers.push(number);
      this.#reader.next(this.#maxOf);
    }
    return numbers;
  }

  #send(number: MessageNumber): void {
    const message = this.#messages[number - 1];
    if (message === undefined) {
      this.sent += errorReply("INTERNAL");
      return;
    }
    const stuffer = new DotStuffer();
    this.sent += retrieveReply(message.length) + text(...stuffer.push(octets(message)), stuffer.end());
  }
}
