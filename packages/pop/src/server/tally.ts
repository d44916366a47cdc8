// The numbers of a session, for its one line of log.
import type { TLSSocket } from "node:tls";
import type { EndReason, SessionSummary } from "./contract.ts";

export class Tally {
  messages = 0;
  octets = 0;
  top = 0;
  tls: SessionSummary["tls"];
  /** The first reason told; what follows from it is none. */
  #reason: EndReason | undefined;

  /** A message, or the top of one, was handed over to its last octet. */
  sent(octets: number, whole: boolean): void {
    if (!whole) {
      this.top += 1;
      return;
    }
    this.messages += 1;
    this.octets += octets;
  }

  because(reason: EndReason): void {
    this.#reason ??= reason;
  }

  get reason(): EndReason {
    return this.#reason ?? "disconnected";
  }

  encrypted(socket: TLSSocket): void {
    this.tls = { protocol: socket.getProtocol() ?? "unknown", cipher: socket.getCipher().name };
  }
}

/** A connection that was not let in is told of as well. */
export function refusedSummary(
  refused: Pick<SessionSummary, "protocol" | "remoteAddress"> & { readonly id: string },
): SessionSummary {
  return {
    session: refused.id,
    protocol: refused.protocol,
    remoteAddress: refused.remoteAddress,
    login: undefined,
    account: undefined,
    mechanism: undefined,
    tls: undefined,
    retrieved: { messages: 0, octets: 0 },
    top: 0,
    removed: 0,
    left: 0,
    failedLogins: 0,
    durationMs: 0,
    reason: "too-many-connections",
  };
}
