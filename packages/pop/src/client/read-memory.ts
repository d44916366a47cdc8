// The memory octets are read into. It is used again as soon as nobody has any of them: new memory for every read costs
// more than the reading does.

const SLAB_OCTETS = 262_144;
/** With less room than this, reads would become many. */
const SPACE_OCTETS_MIN = 65_536;
const FREE_MAX = 4;

interface Slab {
  readonly memory: Buffer;
  /** Pieces of it that somebody has. */
  held: number;
}

export class ReadMemory {
  /** By what their memory is, which every piece of it knows. */
  readonly #slabs = new Map<ArrayBufferLike, Slab>();
  readonly #free: Slab[] = [];
  #current: Slab | undefined;
  #at = 0;

  /** Where the next octets go. */
  space(): Buffer {
    if (this.#current?.held === 0) this.#at = 0;
    if (this.#current === undefined || this.#current.memory.length - this.#at < SPACE_OCTETS_MIN) {
      this.#current = this.#free.pop() ?? this.#make();
      this.#at = 0;
    }
    return this.#current.memory.subarray(this.#at);
  }

  /** So many came there. They stay what they are while they are held, and until the next `space` at least. */
  filled(octets: number): Uint8Array {
    if (this.#current === undefined) throw new Error("octets came where there is no space");
    const view = this.#current.memory.subarray(this.#at, this.#at + octets);
    this.#at += octets;
    return view;
  }

  /** Octets from elsewhere are nobody's business here. */
  has({ buffer }: Uint8Array): boolean {
    return this.#slabs.has(buffer);
  }

  /** To be released as often. */
  hold({ buffer }: Uint8Array): void {
    const slab = this.#slabs.get(buffer);
    if (slab !== undefined) slab.held += 1;
  }

  release({ buffer }: Uint8Array): void {
    const slab = this.#slabs.get(buffer);
    if (slab === undefined) return;
    slab.held -= 1;
    if (slab.held > 0 || slab === this.#current) return;
    if (this.#free.length < FREE_MAX) this.#free.push(slab);
    else this.#slabs.delete(buffer);
  }

  #make(): Slab {
    const slab = { memory: Buffer.allocUnsafeSlow(SLAB_OCTETS), held: 0 };
    this.#slabs.set(slab.memory.buffer, slab);
    return slab;
  }
}
