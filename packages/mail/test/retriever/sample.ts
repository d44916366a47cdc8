// A seeded sample of many moments; all of them in the long run.
import type { TestContext } from "node:test";

const isLong = process.env["RESTANTE_LONG"] === "1";

/** Numbers from 1 to `of`, in order; says how many of them were taken, and the seed. */
export function sample(
  context: TestContext,
  o: { readonly what: string; readonly of: number; readonly take: number },
): readonly number[] {
  const all = Array.from({ length: o.of }, (_, i) => i + 1);
  if (isLong || o.take >= o.of) {
    context.diagnostic(`${o.of} of ${o.of} ${o.what}`);
    return all;
  }
  const seed = Number(process.env["RESTANTE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const random = generator(seed);
  const chosen = new Set<number>();
  while (chosen.size < o.take) chosen.add(1 + Math.floor(random() * o.of));
  context.diagnostic(`${o.take} of ${o.of} ${o.what}, seed ${seed}`);
  return all.filter((n) => chosen.has(n));
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
