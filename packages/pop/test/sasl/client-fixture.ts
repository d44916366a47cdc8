// A client's context, and a way to play its part of an exchange challenge by challenge.
import {
  clientMechanisms,
  type MechanismOptions,
  type SaslClientContext,
  type SaslClientExchange,
  type SaslClientMechanism,
} from "../../src/sasl/index.ts";

export const EXPORTER = { type: "tls-exporter", data: Buffer.alloc(32, 7) } as const;
export const END_POINT = { type: "tls-server-end-point", data: Buffer.alloc(32, 9) } as const;

export interface ClientOptions extends MechanismOptions, Partial<Omit<SaslClientContext, "password" | "token">> {
  readonly password?: string;
  readonly token?: string;
  /** Secrets that were asked for, in order. */
  readonly asked?: string[];
}

/** Over TLS without anything to bind to, as anna, unless told otherwise. */
export function contextOf(o: ClientOptions = {}): SaslClientContext {
  return {
    user: o.user ?? "anna",
    authzid: o.authzid,
    host: o.host ?? "pop.example.com",
    port: o.port ?? 995,
    encrypted: o.encrypted ?? true,
    channelBindings: o.channelBindings ?? [],
    plusOffered: o.plusOffered ?? false,
    async password() {
      o.asked?.push("password");
      return o.password ?? "geheim";
    },
    async token() {
      o.asked?.push("token");
      return { token: o.token ?? "token" };
    },
  };
}

export function clientMechanism(name: string, options: MechanismOptions = {}): SaslClientMechanism {
  const found = clientMechanisms(options).find((mechanism) => mechanism.name === name);
  if (found === undefined) throw new Error(`there is no mechanism ${name}`);
  return found;
}

export function startClient(name: string, options: ClientOptions = {}): SaslClientExchange {
  return clientMechanism(name, options).start(contextOf(options));
}

/** Challenges in and responses out as latin1, one character an octet; undefined for the call before any challenge. */
export async function respond(
  exchange: SaslClientExchange,
  challenges: readonly (string | undefined)[],
): Promise<string[]> {
  const responses: string[] = [];
  for (const challenge of challenges) {
    const octets = challenge === undefined ? undefined : Buffer.from(challenge, "latin1");
    responses.push(Buffer.from(await exchange.next(octets)).toString("latin1"));
  }
  return responses;
}
