// What a connection is told of the server it belongs to, and of itself.
import type { Channel, ServerSide } from "../wire/index.ts";
import type { Authenticator, SaslServerMechanism } from "../sasl/index.ts";
import type { MaildropStore } from "../maildrop/index.ts";
import type { Certificates } from "./certificates.ts";
import type { Connection } from "./connection.ts";
import type { Clock, Protocol } from "./contract.ts";
import type { Handshakes } from "./handshakes.ts";
import type { Limits } from "./limits.ts";
import type { LoginDelays } from "./login-delays.ts";
import type { Reporter } from "./reporter.ts";

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly store: MaildropStore;
  readonly authenticator: Authenticator;
  readonly mechanisms: readonly SaslServerMechanism[];
  readonly limits: Limits;
  readonly reporter: Reporter;
  readonly loginDelays: LoginDelays;
  readonly handshakes: Handshakes;
  readonly clock: Required<Clock>;
  /** A session before its greeting. */
  beginSession(protocol: Protocol, channel: Channel): ServerSide;
  /** What new handshakes use. */
  certificates(): Certificates | undefined;
  /** The connection is closed and holds nothing any more. */
  ended(connection: Connection): void;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly protocol: Protocol;
  /** TLS from the first octet. */
  readonly implicitTls: boolean;
  readonly remoteAddress: string;
  /** Both ends are loopback addresses, and so is the listener's. */
  readonly loopback: boolean;
}
