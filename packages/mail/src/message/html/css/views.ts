// The ways a mail may be looked at: whose styles, how wide, on a light page or a dark one, with the pointer there or elsewhere.
import type { Condition, Looking } from "./media.ts";

/**
 * Whose styles count: all that the sender wrote; those in rules that our page has, of which it lacks properties; or those
 * that our page has. Where there are more widths than are looked at, also ours with all gone that any width changes.
 */
export type Styles = "sent" | "ruled" | "ours" | "unsure";

export interface View extends Looking {
  readonly styles: Styles;
  /** The pointer is over whatever is asked about. */
  readonly isPointedAt: boolean;
}

/** Media queries, by how they are written. */
export type Conditions = ReadonlyMap<string, Condition>;

/** A window that shows one message alone, the pane beside a list, and a telephone. */
const WIDTHS = [1_440, 720, 360];
/** How many are looked at, those among them. */
const WIDTHS_MAX = 11;
/** Limits that are considered, between the narrowest telephone and the widest screen. */
const LIMITS_MAX = 24;
const [NARROWEST, WIDEST] = [320, 3_840];

/** A picture that is seen on wider pages alone is as good as never seen. */
export const PICTURE_PAGE_MAX = 1_920;

const HOWS = [
  { scheme: "light", isPointedAt: false },
  { scheme: "dark", isPointedAt: false },
  { scheme: "light", isPointedAt: true },
] as const;

/** The first is our page, wide and light. */
export function viewsOf(conditions: Conditions): { readonly views: readonly View[]; readonly isEveryWidth: boolean } {
  const { widths, isEveryWidth } = widthsOf([...conditions.values()]);
  const views = (["ours", "ruled", "sent"] as const).flatMap((styles) =>
    HOWS.flatMap((how) => widths.map((width): View => ({ styles, width, ...how }))),
  );
  const unsure: View = { styles: "unsure", width: WIDTHS[0] ?? 0, ...HOWS[0] };
  return { views: isEveryWidth ? views : [...views, unsure], isEveryWidth };
}

/** One width for each set of conditions that hold together at any: they change at their limits alone. */
function widthsOf(conditions: readonly Condition[]): {
  readonly widths: readonly number[];
  readonly isEveryWidth: boolean;
} {
  const around = conditions.flatMap(({ limits }) => limits).flatMap((limit) => [Math.floor(limit), Math.ceil(limit)]);
  const limits = [...new Set(around)].filter((limit) => limit >= NARROWEST && limit <= WIDEST);
  const considered = limits.toSorted((one, other) => one - other).slice(0, LIMITS_MAX);
  const asked = conditions.filter((condition) => condition.limits.length > 0);
  const widths = new Map<string, number>();
  for (const width of [...WIDTHS, ...considered.flatMap((limit) => [limit - 1, limit, limit + 1])]) {
    const held = asked.flatMap((condition) =>
      (["light", "dark"] as const).map((scheme) => (condition.holds({ width, scheme }) ? "1" : "0")),
    );
    const key = held.join("");
    if (!widths.has(key)) widths.set(key, width);
  }
  return {
    widths: [...widths.values()].slice(0, WIDTHS_MAX),
    isEveryWidth: limits.length <= LIMITS_MAX && widths.size <= WIDTHS_MAX,
  };
}
