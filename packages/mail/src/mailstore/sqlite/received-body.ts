// A body that was received and measured, on its way to the accounts it is for.
import { unlink } from "node:fs/promises";
import type { SurrogateEdit } from "@restante/pop/maildrop";
import type { ReceivedBody } from "../contract.ts";
import { bodyPath } from "./data-directory.ts";
import type { BodyOrigin } from "./jobs.ts";

export interface Measures {
  readonly octets: number;
  readonly stuffedLines: number;
  readonly headerOctets: number;
  readonly sha256: Buffer;
  readonly head: Uint8Array;
  /** What its surrogate changes (RFC 6858); nothing in most mail. */
  readonly surrogate: readonly SurrogateEdit[];
}

/** Where the octets are: in memory, or in a file below `bodies` that is durable already. */
export type HeldOctets =
  | { readonly kind: "memory"; readonly octets: Uint8Array }
  | { readonly kind: "file"; readonly bodies: string; readonly file: string };

export class StoredBody implements ReceivedBody {
  readonly octets: number;
  readonly stuffedLines: number;
  readonly headerOctets: number;
  readonly head: Uint8Array;
  readonly surrogate: readonly SurrogateEdit[];
  readonly digest: Buffer;
  #held: HeldOctets | undefined;
  /** Set when a first account has it; the others refer to that row. */
  #placed: { readonly bodyId: number } | undefined;
  /** Placing one at a time until the first has worked. */
  #first: Promise<unknown> = Promise.resolve();
  /** A placement may have happened though its answer was lost: the file must stay. */
  #doubtful = false;

  constructor(measures: Measures, held: HeldOctets) {
    this.octets = measures.octets;
    this.stuffedLines = measures.stuffedLines;
    this.headerOctets = measures.headerOctets;
    this.head = measures.head;
    this.surrogate = measures.surrogate;
    this.digest = measures.sha256;
    this.#held = held;
  }

  get sha256(): string {
    return this.digest.toString("hex");
  }

  /** Runs `place` with where the octets are now, one call after the other until one has worked. */
  async placeWith<T extends { readonly bodyId: number | undefined }>(
    place: (origin: BodyOrigin) => Promise<T>,
  ): Promise<T> {
    if (this.#placed !== undefined) return await place({ kind: "stored", bodyId: this.#placed.bodyId });
    const turn = this.#first.then(() => this.#placeFirst(place));
    this.#first = turn.catch(() => {});
    return await turn;
  }

  async discard(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await this.#first;
    if (held?.kind !== "file" || this.#placed !== undefined || this.#doubtful) return;
    await unlink(bodyPath(held.bodies, held.file));
  }

  async #placeFirst<T extends { readonly bodyId: number | undefined }>(
    place: (origin: BodyOrigin) => Promise<T>,
  ): Promise<T> {
    if (this.#placed !== undefined) return await place({ kind: "stored", bodyId: this.#placed.bodyId });
    if (this.#held === undefined) throw new Error("the body was discarded");
    try {
      const placed = await place(this.#origin(this.#held));
      if (placed.bodyId !== undefined) this.#placed = { bodyId: placed.bodyId };
      return placed;
    } catch (error) {
      this.#doubtful ||= mayHaveHappened(error);
      throw error;
    }
  }

  #origin(held: HeldOctets): BodyOrigin {
    return held.kind === "memory"
      ? { kind: "octets", octets: held.octets, sha256: this.digest }
      : { kind: "file", file: held.file, octets: this.octets, sha256: this.digest };
  }
}

function mayHaveHappened(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === "UnknownOutcomeError";
}
