// Lengths in pixels, also those a style has computed: whoever hides a picture in `min(1px,1px)` has hidden it.

/** Pixels of a unit, by those of the element's letters. */
const UNITS: ReadonlyMap<string, (emPixels: number) => number> = new Map(
  Object.entries({
    px: () => 1,
    pt: () => 4 / 3,
    pc: () => 16,
    in: () => 96,
    cm: () => 96 / 2.54,
    mm: () => 9.6 / 2.54,
    q: () => 2.4 / 2.54,
    rem: () => 16,
    em: (emPixels: number) => emPixels,
    // Of common typefaces.
    ex: (emPixels: number) => emPixels / 2,
    ch: (emPixels: number) => emPixels / 2,
    cap: (emPixels: number) => emPixels,
    ic: (emPixels: number) => emPixels,
    lh: (emPixels: number) => emPixels * 1.5,
    rlh: () => 24,
    // Of a wide page; what is that far away on one is far away on a narrow one, too.
    vw: () => 14.4,
    vi: () => 14.4,
    vmax: () => 14.4,
    vh: () => 9,
    vb: () => 9,
    vmin: () => 9,
  }),
);

const TOKEN = /\s*((?:\d*\.)?\d+)(%|[a-z]*)|\s*([a-z-]*\()|\s*([+\-*/,)])/y;
const NUMBER_CHARACTERS_MAX = 200;

/** A length in pixels; undefined for what depends on anything else. */
export function pixelsOf(written: string, emPixels: number): number | undefined {
  const most = mostPixelsOf(written, emPixels);
  return most === undefined || !Number.isFinite(most) ? undefined : most;
}

/** The most pixels a length may have: infinite where it depends on what is around it; undefined for what is no length. */
export function mostPixelsOf(written: string, emPixels: number): number | undefined {
  const [, number, unit = ""] = /^([+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?)([a-z]*|%)$/.exec(written) ?? [];
  if (number !== undefined) return inPixels(Number(number), unit, emPixels);
  if (written.length > NUMBER_CHARACTERS_MAX || !/^(?:calc|min|max|clamp)\(/.test(written)) return undefined;
  const reading = new Computing(written, emPixels);
  const computed = reading.operand();
  return reading.isRead && !Number.isNaN(computed) ? computed : undefined;
}

function inPixels(number: number, unit: string, emPixels: number): number | undefined {
  if (unit === "%") return Number.POSITIVE_INFINITY;
  if (number === 0) return 0;
  const factor = UNITS.get(unit.replace(/^[sld](?=v)/, ""))?.(emPixels);
  return factor === undefined ? undefined : number * factor;
}

const FUNCTIONS: ReadonlyMap<string, (...values: readonly number[]) => number> = new Map([
  ["(", (value = Number.NaN) => value],
  ["calc(", (value = Number.NaN) => value],
  ["min(", (...values: readonly number[]) => Math.min(...values)],
  ["max(", (...values: readonly number[]) => Math.max(...values)],
  ["clamp(", (least = Number.NaN, value = Number.NaN, most = Number.NaN) => Math.max(least, Math.min(value, most))],
]);

type Operator = (one: number, other: number) => number;

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["+", (one, other) => one + other],
  ["-", (one, other) => one - other],
  ["*", (one, other) => one * other],
  ["/", (one, other) => one / other],
]);

/** CSS Values and Units 4, §10. NaN for whatever is not understood. */
class Computing {
  readonly #tokens: RegExpExecArray[] = [];
  readonly #emPixels: number;
  readonly #isTokens: boolean;
  #at = 0;

  constructor(text: string, emPixels: number) {
    this.#emPixels = emPixels;
    const token = new RegExp(TOKEN);
    for (let found = token.exec(text); found !== null; found = token.exec(text)) this.#tokens.push(found);
    this.#isTokens = this.#tokens.map(([all]) => all).join("") === text.trimEnd();
  }

  /** All of it, and nothing was left. */
  get isRead(): boolean {
    return this.#isTokens && this.#at === this.#tokens.length;
  }

  // As deep as a value of so many characters can be.
  operand(): number {
    const [, number, unit = "", opening, operator] = this.#tokens[this.#at++] ?? [];
    if (operator === "-" || operator === "+") return bounded(OPERATORS.get(operator), 0, this.operand());
    if (number !== undefined && unit === "") return Number(number);
    if (number !== undefined) return inPixels(Number(number), unit, this.#emPixels) ?? Number.NaN;
    const call = FUNCTIONS.get(opening ?? "");
    if (call === undefined) return Number.NaN;
    const values: number[] = [];
    do values.push(this.#sum());
    while (this.#takes(","));
    return this.#takes(")") ? call(...values) : Number.NaN;
  }

  #sum(): number {
    return this.#chain("+-", () => this.#chain("*/", () => this.operand()));
  }

  #chain(operators: string, next: () => number): number {
    let value = next();
    for (;;) {
      const operator = this.#tokens[this.#at]?.[4];
      const apply = operator === undefined || !operators.includes(operator) ? undefined : OPERATORS.get(operator);
      if (apply === undefined) return value;
      this.#at++;
      value = bounded(apply, value, next());
    }
  }

  #takes(operator: string): boolean {
    const isIt = this.#tokens[this.#at]?.[4] === operator;
    if (isIt) this.#at++;
    return isIt;
  }
}

/** Of something without bounds, whatever is made of it may be as large as anything. */
function bounded(apply: Operator | undefined, one: number, other: number): number {
  if (apply === undefined || Number.isNaN(one + other)) return Number.NaN;
  return Number.isFinite(one) && Number.isFinite(other) ? apply(one, other) : Number.POSITIVE_INFINITY;
}
