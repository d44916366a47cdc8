// A command's end of collected mail that goes to a running post office. A request lasts while messages are on their way,
// so that none is idle for long; the next message begins another.
import type { PlacedMessage, Placing, PlacingFacts, PlacingIntake, PlacingInto } from "../../retriever/index.ts";
import type { Caller } from "../control/caller.ts";
import { frame, jsonFrame, OCTETS_MAX } from "../control/frames.ts";
import { OperationError } from "../control/operation-error.ts";
import { OfficeError } from "../office-error.ts";
import { OctetPipe } from "./octet-pipe.ts";
import { KIND, type PlacingRow } from "./placing-protocol.ts";

type Sender = Pick<Caller, "sendForRows">;

export class RemotePlacing implements Placing {
  readonly #caller: Sender;
  readonly #into: PlacingInto;
  #request: PlacingRequest | undefined;

  constructor(caller: Sender, into: PlacingInto) {
    this.#caller = caller;
    this.#into = into;
  }

  begin(facts: PlacingFacts): PlacingIntake {
    if (this.#request?.isOver !== false) this.#request = new PlacingRequest(this.#caller, this.#into);
    return this.#request.begin(facts);
  }

  close(): Promise<void> {
    return this.#request?.ended ?? Promise.resolve();
  }
}

class PlacingRequest {
  /** Rows have ended, or failed. */
  readonly ended: Promise<void>;
  isOver = false;
  readonly #pipe = new OctetPipe();
  readonly #open = new Map<number, RemoteIntake>();
  #last = 0;

  constructor(caller: Sender, into: PlacingInto) {
    this.ended = this.#read(caller.sendForRows("fetch.place", into, this.#pipe));
  }

  begin(facts: PlacingFacts): PlacingIntake {
    const n = (this.#last += 1);
    const intake = new RemoteIntake(this.#pipe, facts, () => this.#settled(n));
    this.#open.set(n, intake);
    return intake;
  }

  /** Never rejects: whoever waits for a message learns why it got no row. */
  async #read(rows: AsyncIterable<PlacingRow>): Promise<void> {
    let failure: Error = new OfficeError("no-answer", "the running post office answered too little; look into its log");
    try {
      for await (const row of rows) {
        const intake = this.#open.get(row.n);
        if ("placed" in row) intake?.placed(row.placed);
        else intake?.refused(new OperationError(row.refused));
      }
    } catch (error) {
      failure = error as Error;
    }
    this.isOver = true;
    for (const intake of this.#open.values()) intake.refused(failure);
    this.#pipe.fail(failure);
  }

  #settled(n: number): void {
    this.#open.delete(n);
    if (this.#open.size > 0 || this.isOver) return;
    this.isOver = true;
    this.#pipe.end();
  }
}

class RemoteIntake implements PlacingIntake {
  readonly #pipe: OctetPipe;
  readonly #onSettled: () => void;
  readonly #answer: Promise<PlacedMessage>;
  #resolve: (placed: PlacedMessage) => void = nothing;
  #reject: (error: Error) => void = nothing;
  /** Why it is not taken. */
  #refusal: Error | undefined;
  #isEnded = false;
  #isSettled = false;

  constructor(pipe: OctetPipe, facts: PlacingFacts, onSettled: () => void) {
    this.#pipe = pipe;
    this.#onSettled = onSettled;
    this.#answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#answer.catch(nothing);
    void this.#send(jsonFrame(KIND.begin, facts));
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    let waiting: void | Promise<void> = undefined;
    // It waits in the pipe, and then in the socket.
    const octets = Buffer.from(chunk);
    for (let at = 0; at < octets.length; at += OCTETS_MAX)
      for (const piece of frame(KIND.octets, octets.subarray(at, at + OCTETS_MAX))) waiting = this.#send(piece);
    return waiting;
  }

  keep(sha256: string): Promise<PlacedMessage> {
    this.#end(jsonFrame(KIND.end, { sha256 }));
    return this.#answer;
  }

  discard(): Promise<void> {
    this.#end(jsonFrame(KIND.cut, {}));
    this.#settle(() => this.#reject(new Error("the message was discarded")));
    return Promise.resolve();
  }

  placed(message: PlacedMessage): void {
    this.#settle(() => this.#resolve(message));
  }

  refused(error: Error): void {
    this.#refusal = error;
    this.#end(jsonFrame(KIND.cut, {}));
    this.#settle(() => this.#reject(error));
  }

  /** Its last frame. */
  #end(last: Uint8Array): void {
    if (!this.#isEnded) void this.#send(last);
    this.#isEnded = true;
  }

  /** Whoever waits for room learns why there will be none; nobody else does. */
  #send(octets: Uint8Array): void | Promise<void> {
    const waiting = this.#pipe.write(octets);
    waiting?.catch(nothing);
    return waiting;
  }

  #settle(how: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    how();
    this.#onSettled();
  }
}

function nothing(): void {}
