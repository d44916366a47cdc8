// A seeded sample of many moments; all of them in the long run.
import type { TestContext } from "node:test";
import { random } from "../random.ts";

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
  const next = random(seed);
  const chosen = new Set<number>();
  while (chosen.size < o.take) chosen.add(1 + Math.floor(next() * o.of));
  context.diagnostic(`${o.take} of ${o.of} ${o.what}, seed ${seed}`);
  return all.filter((n) => chosen.has(n));
}
