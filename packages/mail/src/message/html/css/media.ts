// Whether media queries hold for somebody who looks at a page.

export interface Looking {
  /** Of the page, in pixels. */
  readonly width: number;
  readonly scheme: "dark" | "light";
}

/** Of media queries, read once. */
export interface Condition {
  /** Widths at which they may begin or cease to hold, in pixels. */
  readonly limits: readonly number[];
  holds(looking: Looking): boolean;
}

/** Whether a part holds; undefined for what is not known here. */
type Part = (looking: Looking) => boolean | undefined;

/** `queries` as css-tree writes them, in lower case; what is not known here does not hold, nor does its opposite. */
export function conditionOf(queries: string): Condition {
  const limits: number[] = [];
  const read = queries === "" ? [() => true] : queries.split(",").map((query) => queryOf(query.trim(), limits));
  return { limits, holds: (looking) => read.some((query) => query(looking)) };
}

function queryOf(query: string, limits: number[]): (looking: Looking) => boolean {
  const [, not, rest = ""] = /^(not )?(?:only )?(.*)$/.exec(query) ?? [];
  const parts = rest.split(/ and (?=\()/).map((part) => partOf(part.trim(), limits));
  return (looking) => {
    const held = parts.map((part) => part(looking));
    if (held.includes(false)) return not !== undefined;
    return not === undefined && !held.includes(undefined);
  };
}

const unknown: Part = () => undefined;

function partOf(part: string, limits: number[]): Part {
  if (/^[a-z]+$/.test(part)) return () => part === "all" || part === "screen";
  const [, inside] = /^\(([^()]*)\)$/.exec(part) ?? [];
  return inside === undefined ? unknown : featureOf(inside.replace(/\s+/g, ""), limits);
}

const COMPARED: ReadonlyMap<string, (one: number, other: number) => boolean> = new Map([
  ["<", (one, other) => one < other],
  ["<=", (one, other) => one <= other],
  [">", (one, other) => one > other],
  [">=", (one, other) => one >= other],
  ["=", (one, other) => one === other],
  [":", (one, other) => one === other],
]);

function featureOf(feature: string, limits: number[]): Part {
  const asked = /^prefers-color-scheme:(dark|light)$/.exec(feature)?.[1];
  if (asked !== undefined) return ({ scheme }) => asked === scheme;
  const [, bound, limit] = /^(min|max)-(?:device-)?width:(.+)$/.exec(feature) ?? [];
  const [, low, isUnder, isOver, high] =
    /^(?:(\d[^<>=]*)([<>]=?|=))?(?:device-)?width(?:([<>]=?|=|:)(.+))?$/.exec(feature) ?? [];
  const comparisons: readonly (readonly [string | undefined, string | undefined, string | undefined])[] =
    bound === undefined
      ? [
          [low, isUnder, "width"],
          ["width", isOver, high],
        ]
      : [["width", bound === "min" ? ">=" : "<=", limit]];
  const made = comparisons.flatMap(([one, how, other]) => {
    const compare = COMPARED.get(how ?? "");
    return compare === undefined ? [] : { compare, one: sideOf(one), other: sideOf(other) };
  });
  const lengths = made.flatMap(({ one, other }) => [one, other]).filter((side) => side !== "width");
  if (made.length === 0 || lengths.some((length) => Number.isNaN(length))) return unknown;
  limits.push(...lengths);
  return ({ width }) =>
    made.every(({ compare, one, other }) => compare(one === "width" ? width : one, other === "width" ? width : other));
}

function sideOf(written: string | undefined): number | "width" {
  return written === "width" ? written : lengthInMedia(written);
}

/** NaN for what is no length. */
function lengthInMedia(written: string | undefined): number {
  const [, number, unit] = /^((?:\d*\.)?\d+)(px|r?em)?$/.exec(written ?? "") ?? [];
  if (number === undefined || (unit === undefined && Number(number) !== 0)) return Number.NaN;
  return Number(number) * (unit === "px" || unit === undefined ? 1 : 16);
}
