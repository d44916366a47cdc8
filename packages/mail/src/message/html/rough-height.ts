// How tall an HTML body will be, told without drawing it: its frame runs no script that could measure. Rather too tall
// than too low, since what does not fit scrolls. Style sheets are not looked at, and pictures have no height before they
// are loaded, so nothing is said of a body that has some.
import type { RoughHeight } from "../contract.ts";
import type { SafeElement, SafeNode } from "./safe-tree.ts";

/** Of the page's own text: 15 pixels high, lines half as far apart again. */
const TEXT_PX = 15;
const LINE_PX = 23;
/** The page's own margin and the frame's line, above and below, and the first paragraph's margin. */
const PAGE_PX = 2 * (16 + 1) + TEXT_PX;
/** Letters on a line of the page's own text in a frame of 320 and of 600 pixels. */
const LETTERS = { narrow: 38, wide: 75 } as const;
/** What is not counted, in shares of what is. */
const SPARE = 1.1;

const BLOCKS: ReadonlySet<string> = new Set(
  (
    "address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol p pre section summary table tbody td tfoot th thead tr ul"
  ).split(" "),
);
/** Elements a browser sets apart by a line above and below. */
const APART: ReadonlySet<string> = new Set("dl figure h1 h2 h3 h4 h5 h6 hr ol p pre ul".split(" "));
const SCALES: Readonly<Record<string, number>> = { h1: 2, h2: 1.5, h3: 1.17, big: 1.2, small: 0.83 };

export function roughHeight(body: SafeElement): RoughHeight {
  const [narrow, wide] = [LETTERS.narrow, LETTERS.wide].map((letters) => {
    const page = new Page(letters);
    page.add(body, { textPx: TEXT_PX, isKept: false });
    return Math.ceil(page.height() * SPARE) + PAGE_PX;
  });
  return { narrow: narrow ?? 0, wide: wide ?? 0 };
}

interface Around {
  readonly textPx: number;
  /** Line ends are kept. */
  readonly isKept: boolean;
}

/** Lines put under one another, as a browser does it with the simplest of pages. */
class Page {
  readonly #lettersALine: number;
  #px = 0;
  /** Share of the open line that is written on, and how high it is. */
  #filled = 0;
  #linePx = 0;

  constructor(lettersALine: number) {
    this.#lettersALine = lettersALine;
  }

  height(): number {
    this.#endLine();
    return this.#px;
  }

  // As deep as the tree is, which is bounded.
  add(node: SafeNode, around: Around): void {
    if (typeof node === "string") this.#addText(node, around);
    else this.#addElement(node, around);
  }

  #addText(text: string, { textPx, isKept }: Around): void {
    const lines = isKept ? text.split("\n") : [text.replaceAll(/[ \t\n\r\f]+/g, " ")];
    for (const [at, line] of lines.entries()) {
      if (at > 0) this.#breakLine(textPx);
      if (this.#filled === 0 && line.trim() === "" && !line.includes("\u00a0")) continue;
      this.#filled += (lettersWide(line) * textPx) / TEXT_PX / this.#lettersALine;
      this.#linePx = Math.max(this.#linePx, (textPx * LINE_PX) / TEXT_PX);
    }
  }

  #addElement({ tag, attributes, children }: SafeElement, around: Around): void {
    if (tag === "br") return this.#breakLine(around.textPx);
    const look = lookOf(attributes.find(([name]) => name === "style")?.[1] ?? "", around.textPx);
    const textPx = look.textPx ?? around.textPx * (SCALES[tag] ?? 1);
    const isKept = around.isKept || tag === "pre" || look.isKept;
    if (!BLOCKS.has(tag)) {
      for (const child of children) this.add(child, { textPx, isKept });
      return;
    }
    this.#endLine();
    const top = this.#px;
    for (const child of children) this.add(child, { textPx, isKept });
    this.#endLine();
    // What is empty is not set apart either.
    const apart = APART.has(tag) && (this.#px > top || tag === "hr") ? textPx : 0;
    this.#px = Math.max(this.#px + apart + look.aroundPx, top + look.least);
  }

  #breakLine(textPx: number): void {
    if (this.#filled === 0) this.#px += (textPx * LINE_PX) / TEXT_PX;
    this.#endLine();
  }

  #endLine(): void {
    if (this.#filled > 0) this.#px += Math.ceil(this.#filled) * this.#linePx;
    this.#filled = 0;
    this.#linePx = 0;
  }
}

/** Chinese, Japanese and Korean letters are twice as wide. */
function lettersWide(text: string): number {
  return (
    text.length + (text.match(/[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uff60]/g)?.length ?? 0)
  );
}

interface Look {
  readonly textPx: number | undefined;
  readonly isKept: boolean;
  /** Above and below what is in it. */
  readonly aroundPx: number;
  /** It is no lower. */
  readonly least: number;
}

const NO_LOOK: Look = { textPx: undefined, isKept: false, aroundPx: 0, least: 0 };
const DECLARATION = /(?:^|;)(font-size|height|min-height|white-space|(?:margin|padding)(?:-top|-bottom)?):([^;]*)/g;

/** Of a style attribute as we write them: no blanks around the colon, numbers with their unit. */
function lookOf(style: string, textPx: number): Look {
  let look = NO_LOOK;
  for (const [, property = "", value = ""] of style.matchAll(DECLARATION)) {
    const px = Math.max(0, ...value.split(" ").map((one) => pixelsOf(one, textPx)));
    if (property === "font-size") look = px === 0 ? look : { ...look, textPx: px };
    else if (property === "white-space") look = { ...look, isKept: value.startsWith("pre") };
    else if (property.endsWith("height")) look = { ...look, least: Math.max(look.least, px) };
    else look = { ...look, aroundPx: look.aroundPx + (property.includes("-") ? px : 2 * px) };
  }
  return look;
}

const UNITS: Readonly<Record<string, (emPx: number) => number>> = {
  px: () => 1,
  pt: () => 4 / 3,
  em: (emPx) => emPx,
  rem: () => 16,
  "%": (emPx) => emPx / 100,
};

/** 0 for what is no length; a share is one of the text's height, which is right for text alone. */
function pixelsOf(value: string, emPx: number): number {
  const [, number = "", unit = ""] = /^(\d*\.?\d+)(px|pt|r?em|%)/.exec(value) ?? [];
  return Number(number) * (UNITS[unit]?.(emPx) ?? 0);
}
