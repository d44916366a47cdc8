// What declarations say of how an element looks, as far as it decides whether a person sees it.

import { parseColour } from "../colours.ts";
import { pixelsOf } from "./lengths.ts";

export interface LookValue {
  readonly value: string;
  readonly isImportant: boolean;
}

export interface LookDeclaration extends LookValue {
  readonly property: string;
  /** Our page says it, too. */
  readonly isKept: boolean;
}

/** What came out of the cascade: of each property, the value that counts. */
export type Look = Map<string, LookValue>;

const ANY = String.raw`inherit|initial|unset|revert|revert-layer`;
const COMPUTED = String.raw`-?(?:[a-z]+-)*[a-z]+\(.*\)`;
const LENGTH = String.raw`[+-]?(?:0*\.)?0+|[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?(?:[a-z]+|%)`;
const only = (list: string): RegExp => new RegExp(`^(?:${list}|${ANY})$`);
const length = (words: string): RegExp => only(`${words}|${LENGTH}|${COMPUTED}`);

const SIZE = length("auto|none|(?:min|max|fit)-content|-webkit-fill-available|stretch");
const OFFSET = length("auto");
const OVERFLOW = only("visible|hidden|clip|auto|scroll|overlay");
const ANYTHING = /./;

/** The properties that are looked at, and what a browser takes for a value of each: anything else is as if it were not said. */
const LOOKED_AT: ReadonlyMap<string, RegExp> = new Map([
  ["display", only("none|contents|flow-root|(?:inline|table|block|list|flex|grid|ruby|run)[a-z -]*|-webkit-[a-z-]+")],
  ["visibility", only("visible|hidden|collapse")],
  ["opacity", only(String.raw`[+-]?(?:\d*\.)?\d+%?|${COMPUTED}`)],
  ["overflow-x", OVERFLOW],
  ["overflow-y", OVERFLOW],
  ["position", only("static|relative|absolute|fixed|sticky|-webkit-sticky")],
  ["float", only("none|left|right|inline-start|inline-end")],
  ["content-visibility", only("visible|auto|hidden")],
  ...["width", "height", "min-width", "min-height", "max-width", "max-height"].map((property): [string, RegExp] => [
    property,
    SIZE,
  ]),
  ...["top", "right", "bottom", "left", "margin-top", "margin-left", "padding-left"].map(
    (property): [string, RegExp] => [property, OFFSET],
  ),
  ["text-indent", OFFSET],
  ["table-layout", only("auto|fixed")],
  ["white-space", only("normal|nowrap|pre|pre-wrap|pre-line|break-spaces")],
  ["line-height", length(String.raw`normal|(?:\d*\.)?\d+(?:e[+-]?\d+)?`)],
  ["flex-basis", length("auto|content|(?:min|max|fit)-content")],
  ["clip", length("auto")],
  ["clip-path", length("none|[a-z]+-box")],
  ["transform", length("none")],
  ["scale", ANYTHING],
  ["translate", ANYTHING],
  ["filter", ANYTHING],
  ["font-size", length("xx-small|x-small|small|medium|large|x-large|xx-large|xxx-large|smaller|larger")],
  ["color", ANYTHING],
  ["background", ANYTHING],
  ["background-color", ANYTHING],
  ["background-image", ANYTHING],
]);

/** Properties that stand for several, each with a value of its own. */
const SHORTHANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["margin", ["margin-top", "margin-right", "margin-bottom", "margin-left"]],
  ["padding", ["padding-top", "padding-right", "padding-bottom", "padding-left"]],
  ["inset", ["top", "right", "bottom", "left"]],
  ["overflow", ["overflow-x", "overflow-y"]],
]);

const VALUE_CHARACTERS_MAX = 200;
/** Many typefaces may be named. */
const FONT_CHARACTERS_MAX = 1_000;
/** Addresses of pictures are long. */
const BACKGROUND_CHARACTERS_MAX = 4_000;

export function isLookedAt(property: string): boolean {
  return LOOKED_AT.has(property) || SHORTHANDS.has(property) || property === "flex" || property === "font";
}

/** The longhands of a declaration with their values, as far as they are looked at and a browser understands them. */
export function longhands(property: string, value: string): readonly (readonly [property: string, value: string])[] {
  if (property === "background-image") return [[property, pictureIn(value)]];
  // It says all there is to say of the ground: whichever of it and of its colour is said later counts.
  if (property === "background")
    return [
      ["background-image", pictureIn(value)],
      ["background-color", colourIn(value)],
    ];
  if (property === "font") return value.length > FONT_CHARACTERS_MAX ? [] : fontIn(value);
  if (value.length > VALUE_CHARACTERS_MAX) return [];
  if (property === "flex") return [["flex-basis", basisIn(value)]];
  const sides = SHORTHANDS.get(property);
  if (sides === undefined) return LOOKED_AT.get(property)?.test(value) === true ? [[property, value]] : [];
  const values = value.match(/[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?(?:[a-z]+|%)?|[a-z-]+(?:\([^()]*\))?/g) ?? [];
  const [first = "", second = first, third = first, fourth = second] = values;
  const kind = sides.map((side) => LOOKED_AT.get(side)).find((known) => known !== undefined);
  const isRead = values.length <= sides.length && values.every((one) => kind?.test(one) === true);
  const all = sides.map((side, at) => [side, [first, second, third, fourth][at] ?? ""] as const);
  return isRead ? all.filter(([side]) => LOOKED_AT.has(side)) : [];
}

/** That there is a picture is told here once, and not wherever it is seen. */
function pictureIn(background: string): string {
  return /url\(|gradient\(/.test(background.slice(0, BACKGROUND_CHARACTERS_MAX)) ? "url()" : "";
}

function colourIn(background: string): string {
  const pieces = background.slice(0, BACKGROUND_CHARACTERS_MAX).match(/[^\s(),]+(?:\([^()]*\))?/g) ?? [];
  return pieces.find((piece) => parseColour(piece) !== undefined) ?? "transparent";
}

const SIZE_OF_FONT = String.raw`xx-small|x-small|small|medium|large|x-large|xx-large|xxx-large|smaller|larger|(?:0*\.)?0+|(?:\d*\.)?\d+(?:e[+-]?\d+)?(?:[a-z]+|%)`;
const LINE_OF_FONT = String.raw`normal|(?:\d*\.)?\d+(?:e[+-]?\d+)?(?:[a-z]+|%)?`;
const FONT = new RegExp(`^((?:[a-z\\d-]+ )*?)(${SIZE_OF_FONT})(?: ?/ ?(${LINE_OF_FONT}))? ?(?=[ "])(.+)$`);
const BEFORE_SIZE = [
  /^(?:italic|oblique)$/,
  /^small-caps$/,
  /^(?:bold|bolder|lighter|[1-9]\d{0,2}|1000)$/,
  /^(?:(?:ultra|extra|semi)-)?(?:condensed|expanded)$/,
];
const FAMILY =
  /^ *(?:"[^"]*"|(?!(?:inherit|initial|unset|revert|revert-layer|default) *$)-?[a-z_][\w-]*(?: -?[a-z_][\w-]*)*) *$/;

/** CSS Fonts 4, §2.7: it says the size of letters and the height of lines, also where it does not name the latter. */
function fontIn(font: string): readonly (readonly [property: string, value: string])[] {
  const all = (size: string, line: string) =>
    [
      ["font-size", size],
      ["line-height", line],
    ] as const;
  if (/^(?:inherit|initial|unset)$/.test(font)) return all(font, font);
  if (/^(?:caption|icon|menu|message-box|small-caption|status-bar)$/.test(font)) return all("medium", "normal");
  const [, before = "", size, line = "normal", families = ""] = FONT.exec(font) ?? [];
  const words = before.split(" ").filter((word) => word !== "" && word !== "normal");
  const kinds = words.map((word) => BEFORE_SIZE.findIndex((kind) => kind.test(word)));
  const isRead = !kinds.includes(-1) && new Set(kinds).size === kinds.length;
  if (size === undefined || !isRead || !families.split(",").every((one) => FAMILY.test(one))) return [];
  return all(size, line);
}

/** CSS Flexbox 1, §7.2: numbers alone leave nothing to begin with. */
function basisIn(flex: string): string {
  if (/^(?:none|auto|initial)$/.test(flex)) return "auto";
  if (flex.includes("(")) return flex;
  return flex.split(/\s+/).findLast((piece) => !/^[\d.]+$/.test(piece)) ?? "0px";
}

/** Later beats earlier, important beats both. */
export function setInLook(look: Look, property: string, value: LookValue): void {
  if (look.get(property)?.isImportant === true && !value.isImportant) return;
  look.set(property, value);
}

export function pixels(look: Look, property: string, emPixels: number): number | undefined {
  const value = look.get(property)?.value;
  return value === undefined ? undefined : pixelsOf(value, emPixels);
}
