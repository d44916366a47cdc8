// Whether media queries hold for somebody who looks at a page.

export interface Looking {
  /** Of the page, in pixels. */
  readonly width: number;
  readonly scheme: "dark" | "light";
}

/** `queries` as css-tree writes them, in lower case; what is not known here does not hold, nor does its opposite. */
export function holds(queries: string, looking: Looking): boolean {
  return queries === "" || queries.split(",").some((query) => holdsOne(query.trim(), looking));
}

function holdsOne(query: string, looking: Looking): boolean {
  const [, not, rest = ""] = /^(not )?(?:only )?(.*)$/.exec(query) ?? [];
  const parts = rest.split(/ and (?=\()/).map((part) => partHolds(part.trim(), looking));
  if (parts.includes(false)) return not !== undefined;
  return not === undefined && !parts.includes(undefined);
}

function partHolds(part: string, looking: Looking): boolean | undefined {
  if (/^[a-z]+$/.test(part)) return part === "all" || part === "screen";
  const [, inside] = /^\(([^()]*)\)$/.exec(part) ?? [];
  return inside === undefined ? undefined : featureHolds(inside.replace(/\s+/g, ""), looking);
}

const COMPARED: ReadonlyMap<string, (one: number, other: number) => boolean> = new Map([
  ["<", (one, other) => one < other],
  ["<=", (one, other) => one <= other],
  [">", (one, other) => one > other],
  [">=", (one, other) => one >= other],
  ["=", (one, other) => one === other],
  [":", (one, other) => one === other],
]);

function featureHolds(feature: string, { width, scheme }: Looking): boolean | undefined {
  const asked = /^prefers-color-scheme:(dark|light)$/.exec(feature)?.[1];
  if (asked !== undefined) return asked === scheme;
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
  const made = comparisons.filter(([, how]) => how !== undefined);
  if (made.length === 0) return undefined;
  const lengthOf = (written: string | undefined): number => (written === "width" ? width : lengthInMedia(written));
  const outcomes = made.map(([one, how, other]) => COMPARED.get(how ?? "")?.(lengthOf(one), lengthOf(other)) === true);
  return made.some(([one, , other]) => Number.isNaN(lengthOf(one) + lengthOf(other)))
    ? undefined
    : !outcomes.includes(false);
}

/** NaN for what is no length. */
function lengthInMedia(written: string | undefined): number {
  const [, number, unit] = /^((?:\d*\.)?\d+)(px|r?em)?$/.exec(written ?? "") ?? [];
  if (number === undefined || (unit === undefined && Number(number) !== 0)) return Number.NaN;
  return Number(number) * (unit === "px" || unit === undefined ? 1 : 16);
}
