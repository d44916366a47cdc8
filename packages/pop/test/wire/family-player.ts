// Plays a client's octets against a POP2 or POP1 session, with answers from a world written down in the test: no
// socket, no clock.
import {
  DEFAULT_FAMILY_POLICY,
  FromQuoter,
  LineReader,
  MBOX_END,
  MBOX_SEPARATOR,
  pop1Side,
  pop2Side,
  type Channel,
  type Effect,
  type ErrorCode,
  type FamilyPolicy,
  type MaildropListing,
  type MessageNumber,
  type ServerSide,
  type SessionEvent,
} from "../../src/wire/index.ts";
import { octets, text } from "./octet-text.ts";
import { LOOPBACK } from "./session-player.ts";

export interface FamilyWorld {
  readonly channel?: Channel;
  readonly policy?: Partial<FamilyPolicy>;
  /** Messages of each mailbox in canonical octets, by name. */
  readonly mailboxes?: Readonly<Record<string, readonly string[]>>;
  readonly isReadOnly?: boolean;
  /** What the accounts, or the store, answer instead. */
  readonly logins?: ErrorCode;
  readonly opens?: ErrorCode;
  readonly measures?: ErrorCode;
  readonly sends?: ErrorCode;
  readonly commits?: ErrorCode;
  /** Octets the store gives beyond those it was measured by. */
  readonly surplus?: number;
}

const SIDES = { pop2: pop2Side, pop1: pop1Side };

export class FamilyPlayer {
  readonly side: ServerSide;
  said = "";
  /** Mailbox and numbers of each removal. */
  readonly removed: { readonly mailbox: string; readonly numbers: readonly MessageNumber[] }[] = [];
  released = 0;
  closed: string | undefined;
  readonly #world: FamilyWorld;
  readonly #reader = new LineReader();
  #mailbox = "INBOX";

  constructor(generation: "pop2" | "pop1", world: FamilyWorld = {}) {
    this.#world = world;
    const policy = { ...DEFAULT_FAMILY_POLICY, ...world.policy };
    this.side = SIDES[generation]({ channel: world.channel ?? LOOPBACK, policy });
    this.happen({ kind: "connected" });
  }

  /** What is said in answer to these octets. */
  say(script: string): string {
    this.#reader.push(octets(script));
    const before = this.said.length;
    while (this.side.awaits === "line") {
      const line = this.#reader.next((head) => this.side.lineOctetsMax(head));
      if (line === undefined) break;
      this.happen(line.kind === "line" ? line : { kind: "line-too-long" });
    }
    return this.said.slice(before);
  }

  happen(event: SessionEvent): void {
    for (const effect of this.side.advance(event)) this.#run(effect);
  }

  #run(effect: Effect): void {
    const { logins, opens, measures, sends, commits, surplus = 0 } = this.#world;
    switch (effect.kind) {
      case "reply":
        this.said += effect.text;
        return;
      case "check-password":
        if (logins !== undefined) return this.happen({ kind: "refused", code: logins });
        if (text(effect.password) === "secret") return this.happen({ kind: "accepted" });
        return this.happen({ kind: "refused", code: "AUTH_FAILED" });
      case "open-maildrop":
        this.#mailbox = effect.mailbox === undefined ? "INBOX" : text(effect.mailbox);
        if (opens !== undefined) return this.happen({ kind: "maildrop-refused", code: opens });
        if (this.#messages === undefined) return this.happen({ kind: "maildrop-refused", code: "NO_SUCH_MAILBOX" });
        return this.happen({ kind: "maildrop-opened", maildrop: this.#listing(this.#messages) });
      case "measure":
        if (measures !== undefined) return this.happen({ kind: "send-failed", code: measures });
        return this.happen({ kind: "measured", octets: this.#framed(effect.numbers, effect.framing).length });
      case "retrieve": {
        if (sends !== undefined) return this.happen({ kind: "send-failed", code: sends });
        const data = this.#framed(effect.numbers, effect.framing) + "x".repeat(surplus);
        this.said += data;
        return this.happen({ kind: "sent", octets: data.length });
      }
      case "commit":
        if (commits !== undefined) return this.happen({ kind: "commit-failed", code: commits });
        this.removed.push({ mailbox: this.#mailbox, numbers: [...effect.marked] });
        return this.happen({ kind: "committed" });
      case "release-maildrop":
        this.released += 1;
        return;
      case "close":
        this.closed = effect.reason;
        return;
      default:
        throw new Error(`nobody asked for ${effect.kind}`);
    }
  }

  get #messages(): readonly string[] | undefined {
    return this.#world.mailboxes?.[this.#mailbox] ?? (this.#mailbox === "INBOX" ? [] : undefined);
  }

  #listing(messages: readonly string[]): MaildropListing {
    return {
      count: messages.length,
      octets: messages.reduce((sum, message) => sum + message.length, 0),
      octetsOf: (n) => (messages[n - 1] as string).length,
      uniqueIdOf: (n) => `id-${n}`,
      isReadOnly: this.#world.isReadOnly ?? false,
    };
  }

  #framed(numbers: readonly MessageNumber[], framing: string | undefined): string {
    return numbers
      .map((n) => {
        const message = this.#messages?.[n - 1] as string;
        if (framing !== "mbox") return message;
        const quoter = new FromQuoter();
        return [MBOX_SEPARATOR, text(...quoter.push(octets(message)), quoter.end()), MBOX_END].join("");
      })
      .join("");
  }
}
