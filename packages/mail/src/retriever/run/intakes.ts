// One message into all destinations at once. They all get the same octets; each keeps for itself, and says whether it did.
import type { Copy } from "../decide/known.ts";
import type { Destination, IncomingFacts, Intake, Kept } from "../destinations/contract.ts";

interface Taking {
  readonly destination: Destination;
  readonly intake: Intake;
}

export interface KeptBy {
  readonly kept: readonly (Kept & { readonly destination: string })[];
  /** Why the first that failed did. */
  readonly failure: unknown;
}

export class Intakes {
  readonly #taking: readonly Taking[];
  /** What an earlier run stored whole before another destination failed. */
  readonly #earlier: readonly Copy[];
  /** Where the message is already. */
  readonly #there: readonly Copy[];

  private constructor(taking: readonly Taking[], earlier: readonly Copy[], there: readonly Copy[] = []) {
    this.#taking = taking;
    this.#earlier = earlier;
    this.#there = there;
  }

  /** The same message for destinations that do not have it; the others keep what they have. */
  except(there: readonly Copy[]): Intakes {
    return new Intakes(this.#taking, this.#earlier, there);
  }

  static async begin(
    destinations: readonly Destination[],
    facts: Omit<IncomingFacts, "replaces">,
    o: { readonly earlier: readonly Copy[]; readonly stubs: readonly Copy[] },
  ): Promise<Intakes> {
    const taking: Taking[] = [];
    try {
      for (const destination of destinations) {
        const replaces = o.stubs.find((copy) => copy.destination === destination.to);
        taking.push({ destination, intake: await destination.begin({ ...facts, replaces }) });
      }
    } catch (error) {
      await new Intakes(taking, []).discard();
      throw error;
    }
    return new Intakes(taking, o.earlier);
  }

  /** A promise means: wait; it rejects with what a destination throws. */
  write(chunk: Uint8Array): void | Promise<void> {
    const waiting = this.#taking.flatMap(({ intake }) => writeInto(intake, chunk) ?? []);
    if (waiting.length > 0) return Promise.all(waiting).then(() => undefined);
  }

  /** Never rejects: one destination that fails takes nothing from the others. */
  async keep(sha256: string): Promise<KeptBy> {
    const results = await Promise.allSettled(this.#taking.map((one) => this.#keepOne(one, sha256)));
    const failed = results.find((result) => result.status === "rejected");
    return {
      kept: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
      failure: failed?.reason as unknown,
    };
  }

  async #keepOne({ destination, intake }: Taking, sha256: string): Promise<Kept & { readonly destination: string }> {
    const { to, isIdempotent } = destination;
    const known = isIdempotent ? this.#there : [...this.#there, ...this.#earlier];
    const earlier = known.find((copy) => copy.destination === to && copy.sha256 === sha256);
    try {
      if (earlier === undefined) return { ...(await intake.keep({ sha256 })), destination: to };
      await intake.discard();
      return { added: false, place: earlier.place, destination: to };
    } catch (error) {
      await intake.discard();
      throw error;
    }
  }

  /** Nothing of the message stays. */
  async discard(): Promise<void> {
    await Promise.all(this.#taking.map(({ intake }) => intake.discard()));
  }
}

/** One that throws at once must not leave behind what others are still at. */
function writeInto(intake: Intake, chunk: Uint8Array): void | Promise<void> {
  try {
    return intake.write(chunk);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
