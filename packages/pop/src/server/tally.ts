// The numbers of a session, for its one line of log.
import type { TLSSocket } from "node:tls";
import type { ConnectionOptions } from "./connection-host.ts";
import type { EndReason, SessionSummary } from "./contract.ts";

/** Where a session comes from. */
export type Origin = Pick<ConnectionOptions, "id" | "protocol" | "remoteAddress">;

/** What others counted. */
export type Counted = Partial<
  Pick<SessionSummary, "login" | "account" | "mechanism" | "removed" | "left" | "failedLogins" | "durationMs">
>;

export class Tally {
  #messages = 0;
  #octets = 0;
  #top = 0;
  #tls: SessionSummary["tls"];
  /** The first reason told; what follows from it is none. */
  #reason: EndReason | undefined;

  /** A message, or the top of one, was handed over to its last octet. */
  sent(octets: number, whole: boolean): void {
    if (!whole) {
      this.#top += 1;
      return;
    }
    this.#messages += 1;
    this.#octets += octets;
  }

  because(reason: EndReason): void {
    this.#reason ??= reason;
  }

  encrypted(socket: TLSSocket): void {
    this.#tls = { protocol: socket.getProtocol() ?? "unknown", cipher: socket.getCipher().name };
  }

  summary({ id, protocol, remoteAddress }: Origin, counted: Counted): SessionSummary {
    return {
      session: id,
      protocol,
      remoteAddress,
      login: counted.login,
      account: counted.account,
      mechanism: counted.mechanism,
      tls: this.#tls,
      retrieved: { messages: this.#messages, octets: this.#octets },
      top: this.#top,
      removed: counted.removed ?? 0,
      left: counted.left ?? 0,
      failedLogins: counted.failedLogins ?? 0,
      durationMs: counted.durationMs ?? 0,
      reason: this.#reason ?? "disconnected",
    };
  }
}
