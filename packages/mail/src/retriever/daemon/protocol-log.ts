// The last of what was said between a source's server and the client, to look at when something is odd. No secret is in
// it: the client masks its own lines, and a password that the server repeats is masked on its way here.
import type { TraceEvent } from "@restante/pop/client";

export interface ProtocolLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Tells the connections apart. */
  readonly session: string;
  readonly from: "client" | "server";
  readonly text: string;
}

const LINES_MAX = 500;
/** Characters of a line; a server may send thousands. */
const TEXT_MAX = 512;

export class ProtocolLog {
  #lines: ProtocolLine[] = [];
  /** Of a message that is coming: many events, one line. */
  #octets = 0;

  push({ session, from, line, octets }: TraceEvent, at: number): void {
    const last = this.#lines.at(-1);
    if (octets !== undefined && this.#octets > 0 && last?.session === session && last.from === from) this.#lines.pop();
    else this.#octets = 0;
    this.#octets += octets ?? 0;
    const text = octets === undefined ? shortened(line ?? "") : `(${this.#octets} octets of a message)`;
    this.#lines.push({ at, session, from, text });
    // Cut now and then, and not at every line.
    if (this.#lines.length >= 2 * LINES_MAX) this.#lines = this.#lines.slice(-LINES_MAX);
  }

  /** Oldest first. */
  lines(): readonly ProtocolLine[] {
    return this.#lines.slice(-LINES_MAX);
  }
}

function shortened(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}
