// A seeded sample of many moments; all of them in the long run, or a larger sample.
import type { TestContext } from "node:test";
import { random } from "../random.ts";

const isLong = process.env["RESTANTE_LONG"] === "1";

/** Numbers from 1 to `of`, in order; says how many of them were taken, and the seed. */
export function sample(
  context: TestContext,
  // `long`: so many in the long run, where all of them are too many.
  o: { readonly what: string; readonly of: number; readonly take: number; readonly long?: number },
): readonly number[] {
  const all = Array.from({ length: o.of }, (_, i) => i + 1);
  const take = isLong ? (o.long ?? o.of) : o.take;
  if (take >= o.of) {
    context.diagnostic(`${o.of} of ${o.of} ${o.what}`);
    return all;
  }
  const seed = Number(process.env["RESTANTE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const next = random(seed);
  const chosen = new Set<number>();
  while (chosen.size < take) chosen.add(1 + Math.floor(next() * o.of));
  context.diagnostic(`${take} of ${o.of} ${o.what}, seed ${seed}`);
  return all.filter((n) => chosen.has(n));
}
