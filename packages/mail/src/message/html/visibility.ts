// Whether a person would see what an element holds. Hidden text is kept out of quotes, and hidden pictures are trackers.
import { BLACK, contrast, ON_LIGHT, parseColour, WHITE } from "./colours.ts";
import type { Colour } from "./colours.ts";
import { mostPixelsOf, pixelsOf } from "./css/lengths.ts";
import { pixels } from "./css/look.ts";
import type { Look } from "./css/look.ts";

/** How it stands with what is at one place of the tree, in one view. */
export interface Sight {
  /** Nothing below can be seen, whatever it says. */
  readonly isGone: boolean;
  readonly isHidden: boolean;
  readonly fontPixels: number;
  /** Pixels from where it begins to the right end of what is shown, at most. */
  readonly room: number;
  /** How far its first line is moved in. */
  readonly indent: number;
  /** How wide the table is, at most, whose cells are not widened for what they hold. */
  readonly tableRoom: number | undefined;
  readonly text: Colour;
  /** Undefined under a picture, where nothing can be said of contrast. */
  readonly ground: Colour | undefined;
  /** Only its colour hides the text, and another colour would show it. */
  readonly isLostInGround: boolean;
  readonly edges: Edges;
}

/** What may cut off what stands at a place, as far as that can be told without laying out the page. */
interface Edges {
  /** Something around it cuts off what does not fit. */
  readonly isCut: boolean;
  /** Something around it has no room for a letter. */
  readonly isTiny: boolean;
  /** Something around it is of limited height. */
  readonly isLimited: boolean;
  /** It is sized by what stands beside it, or something around it is. */
  readonly isFlexed: boolean;
  /** Its lines do not end where they meet the end of what they are in. */
  readonly isOneLine: boolean;
  /** Those together may leave nothing of it, whatever is said within. */
  readonly mayHide: boolean;
  /** Of its lines, in pixels, or as a share of its letters. */
  readonly line: { readonly pixels: number } | { readonly share: number };
}

/** Nothing is so large that it would be seen from there. */
const AWAY = { inPage: -500, outOfFlow: -50, up: -2_000, right: 3_000 };

export const PLAIN_SIGHT: Sight = {
  isGone: false,
  isHidden: false,
  fontPixels: 16,
  room: AWAY.right,
  indent: 0,
  tableRoom: undefined,
  text: parseColour(ON_LIGHT.text) ?? BLACK,
  ground: WHITE,
  isLostInGround: false,
  edges: {
    isCut: false,
    isTiny: false,
    isLimited: false,
    isFlexed: false,
    isOneLine: false,
    mayHide: false,
    line: { share: 1.5 },
  },
};

const READABLE_PIXELS_MIN = 2;
const VISIBLE_CONTRAST_MIN = 1.15;
const VISIBLE_OPACITY_MIN = 0.05;
/** A picture of at most so many pixels both ways is a dot. */
const DOT_PIXELS_MAX = 2;
/** Of so small a share of what is around there is no room for a letter. */
const SHARE_PERCENT_MIN = 1;
/** A box that cuts off what does not fit shows nothing of it when it is no wider or no higher than this. */
const CLOSED_PIXELS_MAX = 1;
/** Lines that are lower show less than half of their letters where something cuts them off. */
const LINE_SHARE_MIN = 0.5;
const GROUNDS = ["background-color", "background-image"];

export function sightIn(parent: Sight, look: Look, tag: string): Sight {
  if (look.size === 0) return parent;
  const colour = look.get("color")?.value;
  const text = colour === "initial" ? BLACK : ((colour === undefined ? undefined : parseColour(colour)) ?? parent.text);
  const ground = groundOf(look, parent.ground, text);
  const visibility = look.get("visibility")?.value;
  const ownPixels = fontPixels(look, parent.fontPixels);
  const box = boxOf(tag, look);
  const space = spaceIn(parent, look, { tag, box, emPixels: ownPixels });
  return {
    isGone: parent.isGone || takesAway(look, box, ownPixels) || isPushedOut(space, box),
    isHidden:
      visibility === undefined || visibility === "inherit" ? parent.isHidden : /^(?:hidden|collapse)$/.test(visibility),
    fontPixels: ownPixels,
    ...space,
    text,
    ground,
    isLostInGround: text === parent.text && ground === parent.ground ? parent.isLostInGround : isLost(text, ground),
    edges: edgesIn(parent.edges, look, { box, emPixels: ownPixels, space }),
  };
}

/** Text at this place cannot be read by a person, whatever its colour. */
export function isUnreadable({ isGone, isHidden, fontPixels: size }: Sight): boolean {
  return isGone || isHidden || size < READABLE_PIXELS_MIN;
}

/** Of text at this place nothing may be left by what cuts it off; a page is not asked, where it might be all there. */
export function mayBeCutOff({ edges, fontPixels: size }: Sight): boolean {
  const linePixels = "pixels" in edges.line ? edges.line.pixels : edges.line.share * size;
  return edges.mayHide || (edges.isCut && edges.isOneLine) || (edges.isCut && linePixels < LINE_SHARE_MIN * size);
}

/** A picture at this place cannot be seen, or is no more than a dot. */
export function isUnseenPicture(sight: Sight, look: Look): boolean {
  return sight.isGone || sight.isHidden || isDot(look, sight.fontPixels);
}

/** Whatever has such declarations, or what is in it, might not be seen. */
export function hides(look: Look): boolean {
  const { isGone, isHidden } = sightIn(PLAIN_SIGHT, look, "div");
  return isGone || isHidden || isDot(look, PLAIN_SIGHT.fontPixels);
}

function isLost(text: Colour, ground: Colour | undefined): boolean {
  if (text.alpha < 0.1) return true;
  return ground !== undefined && contrast(text, ground) < VISIBLE_CONTRAST_MIN;
}

function isDot(look: Look, emPixels: number): boolean {
  const width = extent(look, "width", emPixels);
  const height = extent(look, "height", emPixels);
  if (width === 0 || height === 0) return true;
  // The one that is not said follows the other.
  return Math.max(width ?? 0, height ?? 0) <= DOT_PIXELS_MAX && (width !== undefined || height !== undefined);
}

const AUTO = new Set(["auto", "none", "inherit", "initial", "unset", "revert"]);

/** How far a picture goes, at most; infinite where that depends on what is around it, undefined where nothing is said. */
function extent(look: Look, side: "width" | "height", emPixels: number): number | undefined {
  const said = (property: string): number | undefined => {
    const value = look.get(property)?.value;
    if (value === undefined || AUTO.has(value)) return undefined;
    if (/^[\d.]+%$/.test(value) && Number.parseFloat(value) === 0 && side === "width") return 0;
    return mostPixelsOf(value, emPixels) ?? Number.POSITIVE_INFINITY;
  };
  const own = said(side);
  const most = said(`max-${side}`);
  const least = said(`min-${side}`) ?? 0;
  // A share of what is around limits, and says nothing of how far it goes.
  if (own === undefined && (most === undefined || most === Number.POSITIVE_INFINITY))
    return least > 0 && least < Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : undefined;
  return Math.max(
    least === Number.POSITIVE_INFINITY ? 0 : least,
    Math.min(own ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY),
  );
}

/** What sizes, moves and cuts mean for an element. */
type Box = "block" | "inline" | "table" | "picture";

const BLOCKS = new Set(
  (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 " +
    "h6 header hgroup hr html legend li main menu nav ol p pre search section summary ul"
  ).split(" "),
);
const TABLES = new Set("caption col colgroup table tbody td tfoot th thead tr".split(" "));

function boxOf(tag: string, look: Look): Box {
  if (tag === "img") return "picture";
  const display = look.get("display")?.value;
  if (display === undefined ? TABLES.has(tag) : display.includes("table")) return "table";
  const isOutOfLine =
    /^(?:left|right)$/.test(look.get("float")?.value ?? "") ||
    /^(?:absolute|fixed)$/.test(look.get("position")?.value ?? "");
  const isInline = display === undefined ? !BLOCKS.has(tag) : /^(?:inline|contents|ruby.*)$/.test(display);
  return isInline && !isOutOfLine ? "inline" : "block";
}

function takesAway(look: Look, box: Box, emPixels: number): boolean {
  // What a table's column holds is not drawn either.
  if (/^(?:none|table-column(?:-group)?)$/.test(look.get("display")?.value ?? "")) return true;
  const opacity = look.get("opacity")?.value ?? "1";
  if (Number.parseFloat(opacity) / (opacity.endsWith("%") ? 100 : 1) < VISIBLE_OPACITY_MIN) return true;
  if (/\bopacity\((?:0|0*\.0+|0+\.0*)%?\)/.test(look.get("filter")?.value ?? "")) return true;
  return movesAway(look, box, emPixels) || (box !== "inline" && isClosed(look, box, emPixels));
}

function isClosed(look: Look, box: Box, emPixels: number): boolean {
  if (isShrunk(look) || isClipped(look)) return true;
  if (box !== "block") return false;
  if (look.get("content-visibility")?.value === "hidden") return true;
  const isNarrow = (side: "width" | "height"): boolean =>
    (extent(look, side, emPixels) ?? Number.POSITIVE_INFINITY) <= CLOSED_PIXELS_MAX;
  return cutsOff(look) && (isNarrow("width") || isNarrow("height"));
}

function cutsOff(look: Look): boolean {
  return ["overflow-x", "overflow-y"].some((name) =>
    /^(?:hidden|clip|auto|scroll|overlay)$/.test(look.get(name)?.value ?? ""),
  );
}

const COMPUTED = /\(/;

/** A box and what cuts it off need not be one: either may stand in the other. */
function edgesIn(
  parent: Edges,
  look: Look,
  { box, emPixels, space }: { readonly box: Box; readonly emPixels: number; readonly space: Space },
): Edges {
  const whiteSpace = look.get("white-space")?.value;
  const isOneLine =
    /^(?:nowrap|pre)$/.test(whiteSpace ?? "") ||
    (parent.isOneLine && !/^(?:normal|initial|pre-|break-)/.test(whiteSpace ?? ""));
  const own = { line: lineIn(parent.line, look, emPixels), isOneLine };
  if (box === "picture" || (box === "inline" && !parent.isFlexed)) return { ...parent, ...own };
  const limits = (property: string): number => limitOf(look, property, { emPixels, isLimited: parent.isLimited });
  // A table is as high and as wide as what it holds, whatever is said of it.
  const isTable = box === "table";
  const height = isTable ? Number.POSITIVE_INFINITY : Math.min(limits("height"), limits("max-height"));
  const width = isTable ? Number.POSITIVE_INFINITY : Math.min(limits("width"), limits("max-width"));
  const isFlex = /flex/.test(look.get("display")?.value ?? "");
  const isCutHere = cutsOff(look);
  const isCut = parent.isCut || isCutHere;
  const isTiny = parent.isTiny || Math.min(height, width, parent.isFlexed ? limits("flex-basis") : width) < emPixels;
  const isLimited = parent.isLimited || height < Number.POSITIVE_INFINITY;
  // In what is wider than what is shown of it, text may stand at its other end.
  const isWide = ["width", "min-width"].some((property) => (pixels(look, property, emPixels) ?? 0) > space.room);
  const isHereLimited = isCutHere && (height < Number.POSITIVE_INFINITY || parent.isFlexed);
  return {
    isCut,
    isTiny,
    isLimited,
    isFlexed: parent.isFlexed || isFlex || space.tableRoom !== undefined,
    mayHide: parent.mayHide || isHereLimited || (isCut && (isTiny || isWide)),
    ...own,
  };
}

/** How far a box may go at most, infinite where nothing limits it. What is computed counts as none: a browser may refuse it. */
function limitOf(
  look: Look,
  property: string,
  { emPixels, isLimited }: { readonly emPixels: number; readonly isLimited: boolean },
): number {
  const value = look.get(property)?.value;
  if (value === "inherit" && isLimited) return emPixels;
  if (value === undefined || AUTO.has(value)) return Number.POSITIVE_INFINITY;
  if (COMPUTED.test(value)) return 0;
  const share = /^\+?([\d.]+(?:e[+-]?\d+)?)%$/.exec(value)?.[1];
  // A share of a height that is not said is no limit.
  if (share !== undefined && isLimited && property.endsWith("height")) return emPixels;
  if (share !== undefined) return Number(share) <= SHARE_PERCENT_MIN ? 0 : Number.POSITIVE_INFINITY;
  return mostPixelsOf(value, emPixels) ?? Number.POSITIVE_INFINITY;
}

function lineIn(parent: Edges["line"], look: Look, emPixels: number): Edges["line"] {
  const value = look.get("line-height")?.value;
  if (value === undefined || /^(?:inherit|unset)$/.test(value)) return parent;
  if (/^[\d.]+(?:e[+-]?\d+)?$/.test(value)) return { share: Number(value) };
  if (COMPUTED.test(value)) return { share: 0 };
  const percent = /^\+?([\d.]+(?:e[+-]?\d+)?)%$/.exec(value)?.[1];
  if (percent !== undefined) return { pixels: (Number(percent) / 100) * emPixels };
  const own = pixelsOf(value, emPixels);
  return own === undefined ? PLAIN_SIGHT.edges.line : { pixels: own };
}

type Space = Pick<Sight, "room" | "indent" | "tableRoom">;

/** What is left to the right of where something begins, which boxes around it may cut off. */
function spaceIn(
  parent: Space,
  look: Look,
  { tag, box, emPixels }: { readonly tag: string; readonly box: Box; readonly emPixels: number },
): Space {
  const offset = (property: string): number => pixels(look, property, emPixels) ?? 0;
  const isTable = tag === "table";
  const isFixed = look.get("table-layout")?.value === "fixed";
  const tableRoom = isTable ? (isFixed ? extent(look, "width", emPixels) : undefined) : parent.tableRoom;
  const position = look.get("position")?.value;
  const isOut = position === "absolute" || position === "fixed";
  const moved = position === "relative" ? offset("left") - offset("right") : 0;
  const pushed = look.get("float")?.value === "right" ? 0 : offset("margin-left") + offset("padding-left") + moved;
  const room = (isOut ? AWAY.right : parent.room) - pushed;
  const cutsOff = /^(?:hidden|clip)$/.test(look.get("overflow-x")?.value ?? "");
  const isCell = /^t[dh]$/.test(tag) && tableRoom !== undefined;
  const shown =
    cutsOff && (box === "block" || isCell)
      ? (extent(look, "width", emPixels) ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  return {
    room: Math.min(room, shown, cutsOff && isCell ? tableRoom : Number.POSITIVE_INFINITY),
    indent: pixels(look, "text-indent", emPixels) ?? parent.indent,
    tableRoom,
  };
}

function isPushedOut({ room, indent }: Space, box: Box): boolean {
  return room - (box === "inline" || box === "picture" ? 0 : indent) <= CLOSED_PIXELS_MAX;
}

function isShrunk(look: Look): boolean {
  if (!look.has("transform") && !look.has("scale")) return false;
  const transform = look.get("transform")?.value ?? "";
  const isSmall = (factors: string): boolean =>
    factors.split(/[\s,]+/).some((one) => Math.abs(Number.parseFloat(one)) / (one.endsWith("%") ? 100 : 1) <= 0.01);
  const factors = [...transform.matchAll(/\bscale(?:x|y|3d)?\(([^()]*)\)/g)].map(([, inside = ""]) => inside);
  const own = look.get("scale")?.value;
  if ([...factors, ...(own === undefined ? [] : [own])].some(isSmall)) return true;
  const [, matrix] = /\bmatrix\(([^()]*)\)/.exec(transform) ?? [];
  const [a = 1, b = 0, c = 0, d = 1] = matrix?.split(/[\s,]+/).map(Number) ?? [];
  return Math.abs(a * d - b * c) <= 0.0001 || /\brotate[xy]\(-?(?:90|270)deg\)/.test(transform);
}

/** Cut out of it is an area that has none. */
function isClipped(look: Look): boolean {
  if (!look.has("clip") && !look.has("clip-path")) return false;
  const numbers = (text: string): readonly number[] => Array.from(text.match(/-?(?:\d*\.)?\d+/g) ?? [], Number);
  const isOut = /^(?:absolute|fixed)$/.test(look.get("position")?.value ?? "");
  const [, cut] = /^rect\((.*)\)$/.exec(look.get("clip")?.value ?? "") ?? [];
  const [top = 0, right = 0, bottom = 0, left = 0] = numbers(cut ?? "");
  const isRead = cut !== undefined && numbers(cut).length === 4;
  if (isOut && isRead && (right - left <= CLOSED_PIXELS_MAX || bottom - top <= CLOSED_PIXELS_MAX)) return true;
  const [, shape, inside = ""] = /^([a-z]+)\((.*)\)/.exec(look.get("clip-path")?.value ?? "") ?? [];
  if (shape === "inset") {
    const shares = inside.replace(/round.*$/, "").match(/-?(?:\d*\.)?\d+(?:%|[a-z]+)?/g) ?? [];
    const share = (one = "0"): number => (one.endsWith("%") ? Number.parseFloat(one) : 0);
    const [first, second = first, third = first, fourth = second] = shares;
    return share(first) + share(third) >= 100 || share(second) + share(fourth) >= 100;
  }
  if (shape === "circle" || shape === "ellipse") return /^0(?![\d.])/.test(inside.trim());
  return shape === "polygon" && new Set(inside.split(",").map((point) => point.trim())).size < 3;
}

function movesAway(look: Look, box: Box, emPixels: number): boolean {
  const offset = (property: string): number => pixels(look, property, emPixels) ?? 0;
  // What stands in a box begins where the box does; of a picture its other end may be left.
  const isBeyond = (moved: number, limit: number, side: "width" | "height"): boolean =>
    moved <= limit && (box !== "picture" || moved + (pixels(look, side, emPixels) ?? 0) <= 0);
  const position = look.get("position")?.value ?? "static";
  const isOut = position === "absolute" || position === "fixed";
  const sideways = isOut ? AWAY.outOfFlow : AWAY.inPage;
  const upwards = isOut ? AWAY.outOfFlow : AWAY.up;
  const isLeft = (moved: number): boolean => isBeyond(moved, sideways, "width") || moved >= AWAY.right;
  if (isLeft(offset("margin-left"))) return true;
  if (box !== "inline" && isBeyond(offset("margin-top"), upwards, "height")) return true;
  if (box === "block" && offset("text-indent") <= sideways) return true;
  if (isOut && (isBeyond(offset("right"), sideways, "width") || isBeyond(offset("bottom"), upwards, "height")))
    return true;
  if (position === "relative" && (isLeft(-offset("right")) || isBeyond(-offset("bottom"), upwards, "height")))
    return true;
  if (position !== "static" && (isLeft(offset("left")) || isBeyond(offset("top"), upwards, "height"))) return true;
  if (box === "inline" || !(look.has("translate") || look.has("transform"))) return false;
  const [x = 0, y = 0] = translation(look).map((one) => pixelsOf(one, emPixels) ?? 0);
  return isBeyond(x, AWAY.inPage, "width") || x >= AWAY.right || isBeyond(y, AWAY.up, "height");
}

function translation(look: Look): readonly string[] {
  const own = look.get("translate")?.value;
  if (own !== undefined) return own.split(/\s+|(?<=[a-z%])(?=[-+\d])/);
  const [, axis, inside = ""] = /\btranslate(x|y|3d)?\(([^()]*)\)/.exec(look.get("transform")?.value ?? "") ?? [];
  return axis === "y" ? ["0", inside] : inside.split(",").map((one) => one.trim());
}

function fontPixels(look: Look, parent: number): number {
  const size = look.get("font-size")?.value;
  const relative = /^(\d*\.?\d+)(em|%)$/.exec(size ?? "");
  if (relative !== null) return (parent * Number(relative[1])) / (relative[2] === "%" ? 100 : 1);
  const own = pixels(look, "font-size", parent);
  if (own !== undefined) return own;
  // What is computed is not kept.
  if (size === undefined || size.includes("(")) return parent;
  return PIXELS_OF_WORDS.get(size) ?? parent * (SHARES_OF_WORDS.get(size) ?? 1);
}

/** CSS Fonts 4, §2.5. */
const PIXELS_OF_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "xx-small": 9,
    "x-small": 10,
    small: 13,
    medium: 16,
    initial: 16,
    large: 18,
    "x-large": 24,
    "xx-large": 32,
    "xxx-large": 48,
  }),
);
const SHARES_OF_WORDS: ReadonlyMap<string, number> = new Map([
  ["smaller", 1 / 1.2],
  ["larger", 1.2],
]);

function groundOf(look: Look, parent: Colour | undefined, text: Colour): Colour | undefined {
  if (!GROUNDS.some((property) => look.has(property))) return parent;
  if (look.get("background-image")?.value === "url()") return undefined;
  const colour = look.get("background-color")?.value;
  const own = colour === "currentcolor" ? text : colour === undefined ? undefined : parseColour(colour);
  if (own === undefined || own.alpha === 0 || parent === undefined)
    return own !== undefined && own.alpha === 1 ? own : parent;
  const mixed = (channel: "red" | "green" | "blue"): number =>
    own[channel] * own.alpha + parent[channel] * (1 - own.alpha);
  return { red: mixed("red"), green: mixed("green"), blue: mixed("blue"), alpha: 1 };
}
