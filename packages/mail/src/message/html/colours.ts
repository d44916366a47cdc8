// Colours as CSS writes them, and what becomes of them on a dark page. Text and grounds are moved into two bands of
// luminance that are 4.5:1 apart whatever stands on whatever; hue stays.

export interface Colour {
  /** sRGB, 0 to 1. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

export type ColourRole = "text" | "ground" | "line";

const NAMES =
  "aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4 black 000000 " +
  "blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 " +
  "chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b " +
  "darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b " +
  "darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f " +
  "darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 " +
  "deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0 forestgreen 228b22 " +
  "fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray 808080 green 008000 greenyellow adff2f " +
  "grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa " +
  "lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff " +
  "lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a " +
  "lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de " +
  "lightyellow ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa " +
  "mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee " +
  "mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa " +
  "mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 " +
  "orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee palevioletred db7093 " +
  "papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 " +
  "rebeccapurple 663399 red ff0000 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 " +
  "seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 " +
  "slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 " +
  "turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32";

/** What a page for light screens has for the names of a system's colours. */
const OF_SYSTEM = "canvas ffffff canvastext 000000 window ffffff windowtext 000000";

const NAMED: ReadonlyMap<string, string> = new Map(
  Array.from(`${NAMES} ${OF_SYSTEM}`.matchAll(/(\w+) (\w{6})/g), ([, name = "", hex = ""]) => [name, hex]),
);

export const WHITE: Colour = { red: 1, green: 1, blue: 1, alpha: 1 };
export const BLACK: Colour = { red: 0, green: 0, blue: 0, alpha: 1 };

/** Our page for light screens, where a mail says nothing of its own. */
export const ON_LIGHT = { text: "#1b1d21", ground: "#fff", link: "#1a56c4" };

const CHANNEL = String.raw`none|[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?(?:%|[a-z][\w-]*)?`;
const FUNCTION = /^(rgb|hsl)a?\(([^()]{1,100})\)$/;
const TURNS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["deg", 1],
  ["grad", 0.9],
  ["rad", 180 / Math.PI],
  ["turn", 360],
]);

/** A colour as CSS writes it, and nothing a browser would not take for one; undefined for what is none, such as `inherit`. */
export function parseColour(written: string): Colour | undefined {
  const text = written.trim().toLowerCase();
  if (text === "transparent") return { ...BLACK, alpha: 0 };
  const hex = NAMED.get(text) ?? /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(text)?.[1];
  if (hex !== undefined) return fromHex(hex);
  const [, kind, inside = ""] = FUNCTION.exec(text) ?? [];
  const parts = kind === undefined ? undefined : channelsIn(inside, kind === "hsl");
  if (parts === undefined) return undefined;
  const [first = "", second = "", third = "", fourth = "1"] = parts;
  const alpha = fraction(fourth, 1);
  if (kind === "rgb") {
    return valid({ red: fraction(first, 255), green: fraction(second, 255), blue: fraction(third, 255), alpha });
  }
  const [, number = "0", unit = ""] = /^(.*?\d)([a-z]*)$/.exec(first) ?? [];
  return fromHsl(Number(number) * (TURNS.get(unit) ?? Number.NaN), fraction(second, 100), fraction(third, 100), alpha);
}

/** A colour as an old attribute writes it, also without the sign before its digits. */
export function parseAttributeColour(written: string): Colour | undefined {
  return parseColour(written) ?? parseColour(`#${written.trim()}`);
}

/** CSS Color 4, §5.1 and §7: with commas all of them, and channels of one kind; or with spaces, and a slash before alpha. */
function channelsIn(inside: string, isHsl: boolean): readonly string[] | undefined {
  const pieces = inside.match(new RegExp(String.raw`${CHANNEL}|[^\s]`, "g")) ?? [];
  const isLegacy = pieces[1] === ",";
  const parts = pieces.filter((_, at) => (isLegacy ? at % 2 === 0 : at !== 3));
  const between = pieces.filter((_, at) => (isLegacy ? at % 2 === 1 : at === 3)).join("");
  if (between !== (isLegacy ? ",".repeat(parts.length - 1) : parts.length === 4 ? "/" : "")) return undefined;
  if (parts.length < 3 || parts.length > 4) return undefined;
  const kinds = parts.map(kindOf);
  const colours = isHsl ? kinds.slice(1, 3) : kinds.slice(0, 3);
  const isHue = kinds[0] === "hue" || kinds[0] === "number" || kinds[0] === "none";
  if ((isHsl && !isHue) || [...colours, kinds[3]].some((kind) => kind === "hue" || kind === "other")) return undefined;
  const isOneKind = colours.every((kind) => kind === (isHsl ? "percentage" : colours[0]));
  return isLegacy && (!isOneKind || kinds.includes("none")) ? undefined : parts;
}

function kindOf(part: string): "number" | "percentage" | "hue" | "none" | "other" {
  if (part === "none") return "none";
  const [, unit] = /^[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?([^\d]*)$/.exec(part) ?? [];
  if (unit === "") return "number";
  if (unit === "%") return "percentage";
  return unit !== undefined && TURNS.has(unit) ? "hue" : "other";
}

function fromHex(hex: string): Colour {
  const long = hex.length <= 4 ? hex.replace(/./g, "$&$&") : hex;
  const at = (place: number): number => Number.parseInt(long.slice(place, place + 2), 16) / 255;
  return { red: at(0), green: at(2), blue: at(4), alpha: long.length === 8 ? at(6) : 1 };
}

function fromHsl(hue: number, saturation: number, lightness: number, alpha: number): Colour | undefined {
  const amount = saturation * Math.min(lightness, 1 - lightness);
  const channel = (shift: number): number => {
    const turn = (shift + (((hue % 360) + 360) % 360) / 30) % 12;
    return lightness - amount * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
  };
  return valid({ red: channel(0), green: channel(8), blue: channel(4), alpha });
}

function fraction(part: string, whole: number): number {
  const value = part === "none" ? 0 : Number.parseFloat(part);
  return Math.min(1, Math.max(0, part.endsWith("%") ? value / 100 : value / whole));
}

function valid(colour: Colour): Colour | undefined {
  return Object.values(colour).every((value: number) => Number.isFinite(value)) ? colour : undefined;
}

/** WCAG 2.2, relative luminance. */
function luminance({ red, green, blue }: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** WCAG 2.2, contrast ratio: 1 for equal colours, 21 for black on white. */
export function contrast(one: Colour, other: Colour): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Text is at least this light and grounds at most that dark: (0.41 + 0.05) / (0.05 + 0.05) is more than 4.5. */
const TEXT_LUMINANCE_MIN = 0.41;
const GROUND_LUMINANCE_MAX = 0.05;

/** The colour in the same role on a dark page, as CSS writes it. */
export function darkened(colour: Colour, role: ColourRole): string {
  const { lightness, chroma, hue } = toOklch(colour);
  if (role === "text") {
    // Black and white stand out and grey does not, as they did. Faint text would be no longer readable: it is as opaque as any.
    return writeColour(
      search(
        { chroma: Math.min(chroma, 0.16), hue, from: 0.78 + 0.16 * Math.abs(2 * lightness - 1), step: 0.01 },
        (luma) => luma >= TEXT_LUMINANCE_MIN,
      ),
      colour.alpha === 0 ? 0 : 1,
    );
  }
  if (role === "ground") {
    // The paler it was the darker it is; what had a colour keeps enough light to show it.
    const from = Math.min(0.4, 0.19 + (1 - lightness) * 0.13 + chroma * 1.2);
    return writeColour(
      search({ chroma: Math.min(chroma, 0.1), hue, from, step: -0.01 }, (luma) => luma <= GROUND_LUMINANCE_MAX),
      colour.alpha,
    );
  }
  return writeColour(
    toSrgb({ lightness: Math.min(0.6, Math.max(0.35, 1 - lightness)), chroma: Math.min(chroma, 0.1), hue }),
    colour.alpha,
  );
}

/** A colour the sender chose for a dark page: as it is, unless it could leave the band of its role. */
export function keptDark(colour: Colour, role: ColourRole): string {
  const isText = role === "text" && luminance(colour) >= TEXT_LUMINANCE_MIN;
  const isGround = role === "ground" && luminance(colour) <= GROUND_LUMINANCE_MAX;
  return isText || isGround || role === "line"
    ? writeColour(colour, isText ? 1 : colour.alpha)
    : darkened(colour, role);
}

interface Oklch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}

function search(
  o: { readonly chroma: number; readonly hue: number; readonly from: number; readonly step: number },
  isReached: (luminance: number) => boolean,
): Colour {
  let lightness = o.from;
  let found = toSrgb({ lightness, chroma: o.chroma, hue: o.hue });
  while (!isReached(luminance(found)) && lightness > 0 && lightness < 1) {
    lightness += o.step;
    found = toSrgb({ lightness, chroma: o.chroma, hue: o.hue });
  }
  return found;
}

// Björn Ottosson's OKLab: https://bottosson.github.io/posts/oklab/
function toOklch(colour: Colour): Oklch {
  const [red, green, blue] = [linear(colour.red), linear(colour.green), linear(colour.blue)];
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
  const b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
  const lightness = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
  return { lightness, chroma: Math.hypot(a, b), hue: Math.atan2(b, a) };
}

function toSrgb({ lightness, chroma, hue }: Oklch): Colour {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return {
    red: gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    green: gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    blue: gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
    alpha: 1,
  };
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function gamma(channel: number): number {
  const clamped = Math.min(1, Math.max(0, channel));
  return clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055;
}

/** A colour as CSS writes it. */
export function writeColour(colour: Colour, alpha = colour.alpha): string {
  const octet = (channel: number): number => Math.round(channel * 255);
  const channels = [colour.red, colour.green, colour.blue].map(octet);
  if (alpha < 1) return `rgba(${channels.join(",")},${String(Math.round(alpha * 100) / 100)})`;
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
