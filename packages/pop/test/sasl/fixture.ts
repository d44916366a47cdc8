// One account to log in to, and a way to play an exchange line by line.
import {
  deriveScramKeys,
  madeUpScramKeys,
  serverMechanisms,
  type Authenticator,
  type MechanismOptions,
  type SaslContext,
  type SaslServerExchange,
  type SaslStep,
  type ScramHash,
  type ScramKeys,
} from "../../src/sasl/index.ts";

export const ACCEPTED = { kind: "accepted", account: "account-of-anna", login: "anna" } as const;
export const REFUSED = { kind: "refused" } as const;

const peer = { address: "192.0.2.1", encrypted: true, protocol: "pop3s" };
const iterations = 4_096;
const salt = Buffer.from("0123456789abcdef");
const keys = {
  sha256: await deriveScramKeys("geheim", salt, iterations),
  sha1: await deriveScramKeys("geheim", salt, iterations, { hash: "sha1" }),
};

/** Knows one login and writes down what it was asked. */
export class OneAccount implements Authenticator {
  readonly login: string;
  readonly asked: string[] = [];

  constructor(login = "anna") {
    this.login = login;
  }

  async checkPassword(login: string, password: string): ReturnType<Authenticator["checkPassword"]> {
    this.asked.push(`${login}/${password}`);
    return login === this.login && password === "geheim" ? { ...ACCEPTED, login } : REFUSED;
  }

  async scramKeys(login: string, _peer: unknown, hash: ScramHash): Promise<ScramKeys> {
    this.asked.push(login);
    if (login === this.login) return { ...keys[hash], owner: { account: ACCEPTED.account, login } };
    return madeUpScramKeys({ login, secret: Buffer.from("kept for ever"), iterations, saltOctets: 16, hash });
  }
}

export interface ExchangeOptions extends MechanismOptions {
  readonly authenticator?: Authenticator;
  readonly channelBindings?: SaslContext["channelBindings"];
  readonly plusOffered?: boolean;
}

export function startExchange(mechanism: string, options: ExchangeOptions = {}): SaslServerExchange {
  const found = serverMechanisms(options).find(({ name }) => name === mechanism);
  if (found === undefined) throw new Error(`there is no mechanism ${mechanism}`);
  return found.start({
    authenticator: options.authenticator ?? new OneAccount(),
    peer,
    channelBindings: options.channelBindings ?? [],
    plusOffered: options.plusOffered ?? false,
  });
}

/** A challenge as text, or the verdict. Text goes in as latin1, one character an octet, so that tests can write any octets. */
function seen(step: SaslStep): unknown {
  return step.kind === "challenge" ? Buffer.from(step.octets).toString("latin1") : step.verdict;
}

/** Plays responses, undefined for none, and gives what came back to each. */
export async function play(
  exchange: SaslServerExchange,
  responses: readonly (string | undefined)[],
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const response of responses) {
    answers.push(seen(await exchange.next(response === undefined ? undefined : Buffer.from(response, "latin1"))));
  }
  return answers;
}

/** Text as the octets of its UTF-8, each a character. */
export function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
