// The memory large files are gathered in before they are written. It is used again: memory that is new for every piece
// costs more than the writing does, for the system clears it and takes it back.

const FREE_MAX = 3;

export class PieceMemory {
  /** Of each piece. */
  readonly octets: number;
  readonly #isShared: boolean;
  readonly #free: Buffer[] = [];

  /** `isShared`: another thread may be given it without a copy. */
  constructor(o: { readonly octets: number; readonly isShared?: boolean }) {
    this.octets = o.octets;
    this.#isShared = o.isShared ?? false;
  }

  take(): Buffer {
    return (
      this.#free.pop() ??
      (this.#isShared ? Buffer.from(new SharedArrayBuffer(this.octets)) : Buffer.allocUnsafeSlow(this.octets))
    );
  }

  /** Nobody uses it any more. What was not taken here is left alone. */
  give(piece: Buffer): void {
    const isOurs = piece.length === this.octets && piece.buffer.byteLength === this.octets;
    if (isOurs && this.#free.length < FREE_MAX) this.#free.push(piece);
  }
}
