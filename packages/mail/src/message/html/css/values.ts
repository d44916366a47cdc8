// Values of declarations: what they may be made of, and colours changed on the way.
import { generate } from "css-tree";
import type { CssNode, Value } from "css-tree";
import { parseColour, writeColour } from "../colours.ts";
import type { Colour, ColourRole } from "../colours.ts";

/** What a colour becomes in its role; undefined leaves it as it is. */
export type Recolour = ((colour: Colour, role: ColourRole) => string) | undefined;

const COLOUR_FUNCTIONS = new Set(["rgb", "rgba", "hsl", "hsla"]);
const NUMBER_FUNCTIONS = new Set(["calc", "min", "max", "clamp"]);
/** Relative to the window: in a frame as high as its content they never settle. */
const UNITS = new Set(["px", "pt", "pc", "em", "rem", "ex", "ch", "cm", "mm", "in", "q"]);
const LENGTH_MAX = 10_000;
const NODES_MAX = 64;

/** The value written anew, or undefined when any piece of it is not allowed. */
export function safeValue(value: Value, role: ColourRole | undefined, recolour: Recolour): string | undefined {
  const pieces: string[] = [];
  let nodes = 0;
  for (const node of value.children) {
    const piece = ++nodes > NODES_MAX ? undefined : safePiece(node, role, recolour);
    if (piece === undefined) return undefined;
    pieces.push(piece);
  }
  const joined = pieces.reduce(
    (text, piece) => (text === "" || piece === "," || /^[,/]$/.test(piece) ? `${text}${piece}` : `${text} ${piece}`),
    "",
  );
  return joined === "" ? undefined : joined;
}

/** The colour of a background among its other pieces, such as a picture that is not loaded, written anew. */
export function safeColourAmong(value: Value, role: ColourRole, recolour: Recolour): string | undefined {
  const colour = value.children.toArray().find((node) => parseColour(generate(node)) !== undefined);
  return colour === undefined ? undefined : safePiece(colour, role, recolour);
}

function safePiece(node: CssNode, role: ColourRole | undefined, recolour: Recolour): string | undefined {
  switch (node.type) {
    case "Identifier":
      return /^-?[a-z][a-z0-9-]{0,40}$/i.test(node.name) ? coloured(node.name, role, recolour) : undefined;
    case "Hash":
      return /^(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(node.value)
        ? coloured(`#${node.value}`, role, recolour)
        : undefined;
    case "Number":
      return isModest(node.value) ? node.value : undefined;
    case "Percentage":
      return isModest(node.value) ? `${node.value}%` : undefined;
    case "Dimension":
      return isModest(node.value) && UNITS.has(node.unit.toLowerCase())
        ? `${node.value}${node.unit.toLowerCase()}`
        : undefined;
    case "Operator":
      return /^[,/]$/.test(node.value) ? node.value : undefined;
    case "String":
      return /^[\p{L}\p{N} _-]{1,60}$/u.test(node.value) ? `"${node.value}"` : undefined;
    case "Function":
      return safeFunction(generate(node), node.name.toLowerCase(), role, recolour);
    default:
      return undefined;
  }
}

// Functions are taken as text: numbers, units, operators and the functions allowed within them, nothing else.
function safeFunction(
  text: string,
  name: string,
  role: ColourRole | undefined,
  recolour: Recolour,
): string | undefined {
  if (text.length > 200) return undefined;
  if (COLOUR_FUNCTIONS.has(name)) {
    // Written from what was read: a browser reads the same, whatever it would have made of the sender's own text.
    const colour = parseColour(text);
    return colour === undefined ? undefined : coloured(writeColour(colour), role, recolour);
  }
  if (!NUMBER_FUNCTIONS.has(name)) return undefined;
  const isArithmetic = /^[\d.,%+*/() -]*$/.test(
    text.toLowerCase().replace(/\b(?:calc|min|max|clamp)(?=\()|(?<=\d)(?:px|pt|pc|em|rem|ex|ch|cm|mm|in|q)\b/g, ""),
  );
  return isArithmetic && !/\d{5}/.test(text) ? text : undefined;
}

function coloured(text: string, role: ColourRole | undefined, recolour: Recolour): string {
  const colour = role === undefined || recolour === undefined ? undefined : parseColour(text);
  return colour === undefined || role === undefined || recolour === undefined ? text : recolour(colour, role);
}

function isModest(value: string): boolean {
  return Math.abs(Number(value)) <= LENGTH_MAX;
}
