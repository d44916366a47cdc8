// Whether a person would see what an element holds. Hidden text is kept out of quotes, and hidden pictures are trackers.
import { BLACK, contrast, parseColour, WHITE } from "./colours.ts";
import type { Colour } from "./colours.ts";
import { pixels } from "./css/look.ts";
import type { Look } from "./css/look.ts";

/** How it stands with the text at one place of the tree. */
export interface Sight {
  /** Nothing below can be seen, whatever it says. */
  readonly isGone: boolean;
  /** Moved out of sight with what we do not keep, so that it would come into sight. */
  readonly isMovedAway: boolean;
  readonly isHidden: boolean;
  readonly fontPixels: number;
  readonly text: Colour;
  /** Undefined under a picture, where nothing can be said of contrast. */
  readonly ground: Colour | undefined;
  /** Only its colour hides the text, and another colour would show it. */
  readonly isLostInGround: boolean;
}

export const PLAIN_SIGHT: Sight = {
  isGone: false,
  isMovedAway: false,
  isHidden: false,
  fontPixels: 16,
  text: BLACK,
  ground: WHITE,
  isLostInGround: false,
};

const READABLE_PIXELS_MIN = 2;
const VISIBLE_CONTRAST_MIN = 1.15;
const AWAY_PIXELS = -50;
const GROUNDS = ["background", "background-color", "background-image"];

export function sightIn(parent: Sight, look: Look): Sight {
  if (look.size === 0) return parent.isMovedAway ? { ...parent, isMovedAway: false } : parent;
  const isMovedAway = movesAway(look);
  const colour = look.get("color")?.value;
  const text = (colour === undefined ? undefined : parseColour(colour)) ?? parent.text;
  const ground = groundOf(look, parent.ground);
  const visibility = look.get("visibility")?.value;
  return {
    isGone: parent.isGone || isMovedAway || takesAway(look),
    isMovedAway,
    isHidden: visibility === undefined || visibility === "inherit" ? parent.isHidden : visibility !== "visible",
    fontPixels: fontPixels(look, parent.fontPixels),
    text,
    ground,
    isLostInGround: text === parent.text && ground === parent.ground ? parent.isLostInGround : isLost(text, ground),
  };
}

/** Text at this place cannot be read by a person. */
export function isUnseen(sight: Sight): boolean {
  return sight.isGone || sight.isHidden || sight.fontPixels < READABLE_PIXELS_MIN || sight.isLostInGround;
}

/** As a picture it is too small to be seen. */
export function isTiny(look: Look): boolean {
  return ["width", "height", "max-width", "max-height"].some((property) => (pixels(look, property) ?? 99) <= 2);
}

/** Whatever has such declarations, or what is in it, would not be seen. */
export function hides(look: Look): boolean {
  const { isGone, isHidden } = sightIn(PLAIN_SIGHT, look);
  return isGone || isHidden || isTiny(look);
}

function isLost(text: Colour, ground: Colour | undefined): boolean {
  if (text.alpha < 0.1) return true;
  return ground !== undefined && contrast(text, ground) < VISIBLE_CONTRAST_MIN;
}

function takesAway(look: Look): boolean {
  // What a table's column holds is not drawn either.
  if (/^(?:none|table-column(?:-group)?)$/.test(look.get("display")?.value ?? "")) return true;
  const opacity = Number.parseFloat(look.get("opacity")?.value ?? "1");
  if (opacity < 0.05) return true;
  const isClosed = ["overflow", "overflow-x", "overflow-y"].some((name) => look.get(name)?.value === "hidden");
  return (
    isClosed && ["height", "width", "max-height", "max-width"].some((property) => (pixels(look, property) ?? 99) <= 1)
  );
}

function movesAway(look: Look): boolean {
  const isPositioned = /^(?:absolute|fixed)$/.test(look.get("position")?.value ?? "");
  const moves = isPositioned
    ? ["left", "top", "right", "bottom", "margin-left", "margin-top", "text-indent"]
    : ["margin-left", "text-indent"];
  if (moves.some((property) => (pixels(look, property) ?? 0) <= (isPositioned ? AWAY_PIXELS : 10 * AWAY_PIXELS)))
    return true;
  const clip = look.get("clip")?.value ?? look.get("clip-path")?.value ?? "";
  return isPositioned && /^(?:rect\((?:0|1px)[ ,]|inset\((?:50|100)%)/.test(clip);
}

function fontPixels(look: Look, parent: number): number {
  const size = look.get("font-size")?.value;
  const relative = /^(\d*\.?\d+)(em|%)$/.exec(size ?? "");
  if (relative !== null) return (parent * Number(relative[1])) / (relative[2] === "%" ? 100 : 1);
  const own = pixels(look, "font-size");
  if (own !== undefined) return own;
  // What is computed is not kept.
  if (size !== undefined) return size.includes("(") ? parent : Math.max(parent, 16);
  return /(?:^|\s)0(?:px)?[/\s]/.test(look.get("font")?.value ?? "") ? 0 : look.has("font") ? 16 : parent;
}

function groundOf(look: Look, parent: Colour | undefined): Colour | undefined {
  if (!GROUNDS.some((property) => look.has(property))) return parent;
  const image = `${look.get("background")?.value ?? ""} ${look.get("background-image")?.value ?? ""}`;
  if (/url\(|gradient\(/.test(image)) return undefined;
  const own = [look.get("background-color")?.value, ...(look.get("background")?.value ?? "").split(/\s+(?![^(]*\))/)]
    .map((value) => (value === undefined ? undefined : parseColour(value)))
    .find((colour) => colour !== undefined);
  if (own === undefined || own.alpha === 0 || parent === undefined)
    return own !== undefined && own.alpha === 1 ? own : parent;
  const mixed = (channel: "red" | "green" | "blue"): number =>
    own[channel] * own.alpha + parent[channel] * (1 - own.alpha);
  return { red: mixed("red"), green: mixed("green"), blue: mixed("blue"), alpha: 1 };
}
