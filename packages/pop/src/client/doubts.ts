// Replies that are whole and that nobody is told of yet, because one that was lost may stand before them: listings of a
// probation, until all of it is answered; messages behind which others of their length were asked for, until one of another
// length came right or all are answered; and messages that came behind one that was not as long as LIST told, until they
// came once more.
import type { ClientEvent, ClientSession } from "../wire/index.ts";
import { Request } from "./request.ts";

export interface DoubtsOptions {
  readonly wire: ClientSession<Request>;
  readonly advance: (event: ClientEvent<Request>) => void;
  /** Sends requests before those that wait. */
  readonly askFirst: (requests: readonly Request[]) => void;
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
  /** One was not as long as LIST told. */
  #sawOdd = false;
  /** What asks for messages once more. */
  readonly #repeats = new Set<Request>();
  /** Behind nothing, and so never compared: when what came behind them is right, they are. */
  #firsts: readonly Request[] = [];
  /** Sent and not answered, as far as anybody was told. */
  #unanswered = 0;
  /** How many messages of each length are among them; of nobody knows what length under undefined. */
  readonly #lengths = new Map<number | undefined, number>();

  constructor(of: DoubtsOptions) {
    this.#of = of;
  }

  /** Somebody waits to be told. */
  get areThere(): boolean {
    return this.#held.length > 0 || this.#repeats.size > 0;
  }

  sent(request: Request): void {
    this.#count(request, 1);
  }

  /** Its reply was one line. */
  answered(request: Request): void {
    this.#count(request, -1);
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
   * then on. One that is as long as another behind it may be that one.
   */
  take(request: Request): boolean {
    const { advance, wire } = this.#of;
    this.#count(request, -1);
    const isProbation = wire.pipelining === "probation" && request.shape === "lines";
    if (isProbation && wire.inFlight.length > 0) advance({ kind: "hold" });
    if (request.isTogether && !isRight(request) && !this.#sawOdd) {
      this.#sawOdd = true;
      advance({ kind: "distrust" });
    }
    const isMessage = request.shape === "message";
    const isHeld = isProbation ? wire.isHeld : isMessage && this.#isDoubtful(request);
    if (isHeld) this.#held.push(request);
    else {
      if (isMessage) this.believe();
      request.ended();
    }
    return !isHeld;
  }

  /** Tells of those that may be others of their length and are not held for more than that: there is no knowing. */
  believe(): void {
    if (this.#of.wire.state === "closed") this.#tellFirsts();
    if (this.#of.wire.isHeld || this.#sawOdd) return;
    const messages = this.#held.filter(({ shape }) => shape === "message");
    this.#held = this.#held.filter(({ shape }) => shape !== "message");
    for (const request of messages) request.ended();
  }

  /** The connection is lost, and others say what becomes of what is held. */
  forget(): void {
    this.#held = [];
    this.#firsts = [];
  }

  /**
   * Once everything that was sent is answered. What is mistrusted all the same is asked for again, alone, before what waits:
   * a message that nobody reads yet would fill the room, and a mark would take away what is asked for. Behind QUIT nothing
   * can be.
   */
  release(): void {
    if (this.#unanswered > 0 || this.#held.length === 0) return;
    const { askFirst, wire } = this.#of;
    const held = this.#held;
    this.#held = [];
    const mistrusted = held.filter((request) => this.#isMistrusted(request));
    this.#firsts = held.filter((request) => !mistrusted.includes(request));
    const isOver = wire.state !== "transaction";
    if (isOver || mistrusted.length === 0) this.#tellFirsts();
    if (isOver) return mistrusted.forEach((request) => this.#keep(request));
    if (mistrusted.length > 0) askFirst(mistrusted.map((request) => this.#repeat(request)));
  }

  #count(request: Request, by: 1 | -1): void {
    this.#unanswered += by;
    if (request.shape !== "message") return;
    const { listedOctets } = request.facts;
    const count = (this.#lengths.get(listedOctets) ?? 0) + by;
    if (count === 0) this.#lengths.delete(listedOctets);
    else this.#lengths.set(listedOctets, count);
  }

  #isDoubtful(request: Request): boolean {
    const { wire } = this.#of;
    // Closed: the connection has ended behind it, and why is told next.
    const isHeld = wire.isHeld || wire.state === "closed";
    // What came in one go may all be answered before anybody is told of the first.
    const isOdd = this.#sawOdd && this.#unanswered > 0;
    return isHeld || isOdd || this.#isMistrusted(request) || this.#mayBeAnother(request);
  }

  /**
   * Were its reply lost, this would be one behind it, of its length. One that none behind it is as long as is right, and so
   * are those before it: a reply that was lost there would have moved it, too.
   */
  #mayBeAnother(request: Request): boolean {
    if (this.#unanswered === 0) return false;
    const { listedOctets } = request.facts;
    return listedOctets === undefined || this.#lengths.has(listedOctets) || this.#lengths.has(undefined);
  }

  /** It came behind one that was not as long as it should be, or was that one: a reply too many is as likely as a wrong size. */
  #isMistrusted({ isBehind, facts }: Request): boolean {
    return this.#sawOdd && isBehind && facts.body?.isOpen === true;
  }

  /**
   * What came is right when the same comes for the same command sent alone. It is kept until then, for a server may give a
   * message only once: then it is what there is.
   */
  #repeat(request: Request): Request {
    const { onDiffering, withdraw } = this.#of;
    const { phase, n, uniqueId } = request.facts;
    const repeat = new Request(request, { phase, n, uniqueId, repeats: request });
    this.#repeats.add(repeat);
    repeat.answer.then(
      ({ status }) => {
        if (status.isOk && !repeat.fingerprint.isSameAs(request.fingerprint)) return onDiffering();
        if (status.isOk) request.ended();
        else this.#keep(request);
        this.#over(repeat);
      },
      () => this.#repeats.delete(repeat),
    );
    // Nothing of it is on its way any more, and nobody need hear of it who has given it up.
    request.isSent = false;
    request.withdraw = () => {
      withdraw(request);
      withdraw(repeat);
      this.#over(repeat);
    };
    return repeat;
  }

  #over(repeat: Request): void {
    this.#repeats.delete(repeat);
    if (this.#repeats.size === 0 && this.#of.wire.state !== "closed") this.#tellFirsts();
  }

  #tellFirsts(): void {
    for (const request of this.#firsts) request.ended();
    this.#firsts = [];
  }

  /** It does not come a second time. */
  #keep(request: Request): void {
    this.#of.onKept(request);
    request.ended();
  }
}

/** As long as LIST told, as far as it did. */
function isRight({ facts: { body, listedOctets } }: Request): boolean {
  return listedOctets === undefined || body?.octetsReceived === listedOctets;
}
