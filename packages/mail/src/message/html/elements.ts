// What HTML in a mail may be made of. Everything is rebuilt from these tables; what they lack does not exist.

/** Kept as they are. */
export const ELEMENTS: ReadonlySet<string> = new Set(
  (
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt " +
    "em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp " +
    "section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
  ).split(" "),
);

/** Gone with all that is in them. Anything else that is not kept is opened: its children stay. */
export const DROPPED: ReadonlySet<string> = new Set(
  (
    "applet area audio base basefont bgsound canvas datalist embed fencedframe frame frameset head iframe input keygen link map meta " +
    "noembed noframes object optgroup option param plaintext portal progress meter script select source style template textarea " +
    "title track video"
  ).split(" "),
);

/** Elements without an end tag. */
export const VOID: ReadonlySet<string> = new Set(["br", "col", "hr", "img", "wbr"]);

type Check = (value: string) => string | undefined;

const number: Check = (value) => (/^\d{1,4}$/.test(value.trim()) ? value.trim() : undefined);
const length: Check = (value) => /^\s*(\d{1,4}(?:\.\d{1,4})?)(px|%)?\s*$/i.exec(value)?.slice(1).join("").toLowerCase();
const text: Check = (value) => value.slice(0, 1_000).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
const oneOf =
  (...words: readonly string[]): Check =>
  (value) => {
    const word = value.trim().toLowerCase();
    return words.includes(word) ? word : undefined;
  };
const language: Check = (value) => /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8}){0,4})\s*$/i.exec(value)?.[1];
const fontNames: Check = (value) => (/^[\w ,'-]{1,200}$/.test(value) ? value : undefined);
const fontSize: Check = (value) => /^\s*([+-]?[1-7])\s*$/.exec(value)?.[1];

const EVERYWHERE: ReadonlyMap<string, Check> = new Map([
  ["dir", oneOf("ltr", "rtl", "auto")],
  ["lang", language],
  ["title", text],
]);

const ALIGN = oneOf("left", "right", "center", "justify", "char");
const VALIGN = oneOf("top", "middle", "bottom", "baseline");
const TABLE_CELL: readonly (readonly [string, Check])[] = [
  ["align", ALIGN],
  ["valign", VALIGN],
  ["width", length],
  ["height", length],
  ["colspan", number],
  ["rowspan", number],
  ["nowrap", () => ""],
];

/** Attributes by element, beside those of every element; each value is made anew by its check. Colours are read apart. */
const ATTRIBUTES = new Map<string, ReadonlyMap<string, Check>>(
  Object.entries({
    td: TABLE_CELL,
    th: [...TABLE_CELL, ["scope", oneOf("row", "col", "rowgroup", "colgroup")]],
    tr: [
      ["align", ALIGN],
      ["valign", VALIGN],
      ["height", length],
    ],
    table: [
      ["align", oneOf("left", "right", "center")],
      ["width", length],
      ["height", length],
      ["border", number],
      ["cellpadding", number],
      ["cellspacing", number],
    ],
    col: [
      ["width", length],
      ["span", number],
    ],
    colgroup: [
      ["width", length],
      ["span", number],
    ],
    tbody: [
      ["align", ALIGN],
      ["valign", VALIGN],
    ],
    thead: [
      ["align", ALIGN],
      ["valign", VALIGN],
    ],
    img: [
      ["alt", text],
      ["width", length],
      ["height", length],
      ["border", number],
      ["hspace", number],
      ["vspace", number],
      ["align", oneOf("left", "right", "top", "middle", "bottom")],
    ],
    hr: [
      ["width", length],
      ["size", number],
      ["align", ALIGN],
      ["noshade", () => ""],
    ],
    font: [
      ["face", fontNames],
      ["size", fontSize],
    ],
    div: [["align", ALIGN]],
    p: [["align", ALIGN]],
    h1: [["align", ALIGN]],
    h2: [["align", ALIGN]],
    h3: [["align", ALIGN]],
    caption: [["align", oneOf("top", "bottom")]],
    ol: [
      ["start", number],
      ["type", oneOf("1", "a", "i")],
      ["reversed", () => ""],
    ],
    ul: [["type", oneOf("disc", "circle", "square")]],
    li: [["value", number]],
    br: [["clear", oneOf("left", "right", "all")]],
    abbr: [],
    bdo: [],
    time: [["datetime", text]],
  } satisfies Record<string, readonly (readonly [string, Check])[]>).map(([tag, checks]) => [
    tag,
    new Map(checks as [string, Check][]),
  ]),
);

/** The value an attribute may have, made anew; undefined when the attribute is not kept. */
export function attributeValue(tag: string, name: string, value: string): string | undefined {
  return (EVERYWHERE.get(name) ?? ATTRIBUTES.get(tag)?.get(name))?.(value);
}

/** The classes of an element, as far as they are kept. */
export function classNames(value: string): readonly string[] {
  return value
    .slice(0, 2_000)
    .split(/\s+/)
    .filter((name) => /^[\w-]{1,80}$/.test(name))
    .slice(0, 20);
}

/** Class names get a mark of their own, so that none of ours is among them. */
export function safeClasses(value: string): readonly string[] {
  return classNames(value).map((name) => `m-${name}`);
}
