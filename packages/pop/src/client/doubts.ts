// Replies that are whole and that nobody is told of yet, because one that was lost may stand before them: listings of a
// probation, until all of it is answered; and messages that came behind one that was not as long as LIST told, until they
// came once more.
import type { ClientEvent, ClientSession } from "../wire/index.ts";
import { Request } from "./request.ts";

export interface DoubtsOptions {
  readonly wire: ClientSession<Request>;
  readonly advance: (event: ClientEvent<Request>) => void;
  /** Sends a request in its turn. */
  readonly ask: (request: Request) => void;
  /** Nobody waits for it any more. */
  readonly withdraw: (request: Request) => void;
  /** Told of a message that the server does not give again: what came of it is what there is. */
  readonly onKept: (request: Request) => void;
  /** What came is not what comes for the same command sent alone. */
  readonly onDiffering: () => void;
}

export class Doubts {
  readonly #of: DoubtsOptions;
  /** In the order they came. */
  #held: Request[] = [];

  constructor(of: DoubtsOptions) {
    this.#of = of;
  }

  /** Somebody waits to be told. */
  get areThere(): boolean {
    return this.#held.length > 0;
  }

  /** Octets of a message came, of one that may have to be compared or is. */
  came(request: Request, pieces: readonly Uint8Array[]): void {
    const { repeats } = request.facts;
    if (!request.isBehind && repeats === undefined) return;
    for (const piece of pieces) request.fingerprint.add(piece);
    if (repeats !== undefined && request.fingerprint.isLongerThan(repeats.fingerprint)) this.#of.onDiffering();
  }

  /**
   * A reply is whole; false when its caller is not told yet. In probation a listing waits until it is known that no reply was
   * lost. A message among others that is not as long as LIST told may be another one: no command is sent behind another from
   * then on.
   */
  take(request: Request): boolean {
    const { advance, wire } = this.#of;
    const { pipelining, inFlight, isDistrusted } = wire;
    const isProbation = pipelining === "probation" && request.shape === "lines";
    if (isProbation && inFlight.length > 0) advance({ kind: "hold" });
    const isOdd = request.isTogether && request.facts.isExpected?.() === false;
    if (isOdd && !isDistrusted) advance({ kind: "distrust" });
    const isHeld = (isProbation || request.shape === "message") && (wire.isHeld || this.#isMistrusted(request));
    if (isHeld) this.#held.push(request);
    else request.ended();
    return !isHeld;
  }

  /** Everything that was sent was answered. What is mistrusted all the same is asked for again, alone, before what waits. */
  release(): void {
    const { advance, wire } = this.#of;
    const held = this.#held;
    this.#held = [];
    const mistrusted = held.filter((request) => this.#isMistrusted(request));
    for (const request of held) if (!mistrusted.includes(request)) request.ended();
    if (mistrusted.length === 0) return;
    const waiting = [...wire.queue];
    for (const command of waiting) advance({ kind: "withdraw", command });
    for (const request of mistrusted) this.#repeat(request);
    for (const command of waiting) advance({ kind: "command", command });
  }

  /** It came behind one that was not as long as it should be, or was that one: a reply too many is as likely as a wrong size. */
  #isMistrusted({ isBehind, facts }: Request): boolean {
    return this.#of.wire.isDistrusted && isBehind && facts.body?.isOpen === true;
  }

  /**
   * What came is right when the same comes for the same command sent alone. It is kept until then, for a server may give a
   * message only once: then it is what there is.
   */
  #repeat(request: Request): void {
    const { ask, onDiffering, onKept, withdraw } = this.#of;
    const { phase, n, uniqueId } = request.facts;
    const repeat = new Request(request, { phase, n, uniqueId, repeats: request });
    repeat.answer.then(
      ({ status }) => {
        if (status.isOk && !repeat.fingerprint.isSameAs(request.fingerprint)) return onDiffering();
        if (!status.isOk) onKept(request);
        request.ended();
      },
      () => undefined,
    );
    // Nothing of it is on its way any more, and nobody need hear of it who has given it up.
    request.isSent = false;
    request.withdraw = () => {
      withdraw(request);
      withdraw(repeat);
    };
    ask(repeat);
  }
}
