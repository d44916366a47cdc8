// Plays a client's session without a connection: what it sends and learns, as text.
import {
  advanceClient,
  authCommand,
  clientCommand,
  createClientSession,
  DEFAULT_CLIENT_POLICY,
  type ClientCommand,
  type ClientEffect,
  type ClientPolicy,
  type ClientSession,
  type ExchangeStart,
} from "@restante/pop/wire";

export class ClientPlayer {
  readonly session: ClientSession;
  /** In order, one line each. */
  readonly told: string[] = [];

  constructor(policy: Partial<ClientPolicy> = {}, encrypted = false) {
    this.session = createClientSession({ encrypted, policy: { ...DEFAULT_CLIENT_POLICY, ...policy } });
  }

  /** What a server says; one character an octet. Gives what came of it. */
  hear(text: string): readonly string[] {
    const octets = Buffer.from(text, "latin1");
    const effects = advanceClient(this.session, { kind: "received", octets });
    return this.#take([...effects, ...advanceClient(this.session, { kind: "go-on" })]);
  }

  say(keyword: string, ...args: readonly (string | number)[]): readonly string[] {
    return this.submit(clientCommand(keyword, args));
  }

  submit(command: ClientCommand): readonly string[] {
    return this.#take(advanceClient(this.session, { kind: "command", command }));
  }

  auth(mechanism: string, exchange: Partial<ExchangeStart> = {}): readonly string[] {
    const start = { initialResponse: Buffer.from("hi"), atOnce: true, ignoresFirstChallenge: false, ...exchange };
    return this.submit(authCommand(mechanism, start));
  }

  respond(text: string | undefined): readonly string[] {
    const octets = text === undefined ? undefined : Buffer.from(text, "latin1");
    return this.#take(advanceClient(this.session, { kind: "sasl-response", octets }));
  }

  tell(kind: "distrust" | "ended" | "hold" | "tls-started"): readonly string[] {
    return this.#take(advanceClient(this.session, { kind }));
  }

  first(...commands: readonly ClientCommand[]): readonly string[] {
    return this.#take(advanceClient(this.session, { kind: "first", commands }));
  }

  withdraw(command: ClientCommand): readonly string[] {
    return this.#take(advanceClient(this.session, { kind: "withdraw", command }));
  }

  #take(effects: readonly ClientEffect<ClientCommand>[]): readonly string[] {
    const lines = effects.map(shown);
    this.told.push(...lines);
    return lines;
  }
}

/** Greeted, and the maildrop open. */
export function transaction(policy: Partial<ClientPolicy> = {}): ClientPlayer {
  const player = new ClientPlayer(policy);
  player.hear("+OK ready\r\n");
  player.say("USER", "anna");
  player.hear("+OK\r\n");
  player.say("PASS", "secret");
  player.hear("+OK\r\n");
  return player;
}

/** As `transaction`, with the server's word that it can be pipelined to. */
export function pipelined(policy: Partial<ClientPolicy> = {}): ClientPlayer {
  const player = transaction(policy);
  player.say("CAPA");
  player.hear("+OK\r\nPIPELINING\r\n.\r\n");
  player.told.length = 0;
  return player;
}

function shown(effect: ClientEffect<ClientCommand>): string {
  switch (effect.kind) {
    case "send":
      return `> ${effect.text.replace(/\r\n$/, "")}`;
    case "greeting":
      return `greeting ${effect.status.text}`;
    case "reply": {
      const { command, status, isContinued, cancelled } = effect;
      const parts = [command.keyword, status.isOk ? "+OK" : "-ERR", status.responseCode, status.text];
      const more = [isContinued ? "…" : undefined, cancelled];
      return [...parts, ...more].filter((part) => part !== undefined && part !== "").join(" ");
    }
    case "line":
      return `${effect.command.keyword} | ${text(effect.octets)}`;
    case "data":
      return `${effect.command.keyword} : ${effect.pieces.map(text).join("")}`;
    case "end":
      return `${effect.command.keyword} end`;
    case "challenge":
      return `challenge ${text(effect.octets)}`;
    case "start-tls":
      return "start TLS";
    case "failed":
      return ["failed", effect.failure, effect.status?.text, effect.text]
        .filter((part) => part !== undefined)
        .join(" ");
  }
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}
