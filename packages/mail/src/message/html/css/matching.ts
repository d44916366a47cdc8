// Which elements of a parsed mail a selector selects, told in counted steps: who writes both chooses how many there are.
import { ident } from "css-tree";
import type { CssNode } from "css-tree";
import { classNames } from "../elements.ts";
import { attributeOf, isElement } from "../parse-html.ts";
import type { Element } from "../parse-html.ts";

/** More was to be matched than there were steps for. */
export class StepsSpent extends Error {}

interface Position {
  readonly siblings: readonly Element[];
  readonly at: number;
}

const NO_CLASSES: ReadonlySet<string> = new Set();

/** What is asked again and again of the elements of one tree, and how often something may still be asked. */
export class Matching {
  #steps: number;
  readonly #positions = new Map<Element, Position>();
  readonly #classes = new Map<Element, ReadonlySet<string>>();
  readonly #attributes = new Map<Element, ReadonlyMap<string, string>>();
  readonly #words = new Map<Element, Map<string, ReadonlySet<string>>>();
  readonly #empty = new Map<Element, boolean>();

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** @throws {StepsSpent} */
  take(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new StepsSpent();
  }

  positionOf(element: Element): Position {
    const known = this.#positions.get(element);
    if (known !== undefined) return known;
    const siblings = element.parentNode?.childNodes.filter(isElement) ?? [element];
    for (const [at, sibling] of siblings.entries()) this.#positions.set(sibling, { siblings, at });
    return { siblings, at: siblings.indexOf(element) };
  }

  attributesOf(element: Element): ReadonlyMap<string, string> {
    const known = this.#attributes.get(element);
    if (known !== undefined) return known;
    const attributes = new Map(element.attrs.map(({ name, value }) => [name, value]));
    this.#attributes.set(element, attributes);
    return attributes;
  }

  classesOf(element: Element): ReadonlySet<string> {
    const known = this.#classes.get(element);
    if (known !== undefined) return known;
    const named = attributeOf(element, "class");
    const classes = named === undefined ? NO_CLASSES : new Set(classNames(named));
    this.#classes.set(element, classes);
    return classes;
  }

  /** Words of an attribute's value, which is `text` whenever it is asked for by this name. */
  wordsOf(element: Element, name: string, text: string): ReadonlySet<string> {
    const known = this.#words.get(element) ?? new Map<string, ReadonlySet<string>>();
    const words = known.get(name) ?? new Set(text.split(/\s+/));
    this.#words.set(element, known.set(name, words));
    return words;
  }

  isEmpty(element: Element): boolean {
    const known = this.#empty.get(element);
    if (known !== undefined) return known;
    this.take(element.childNodes.length >> 4);
    const isEmpty = !element.childNodes.some((node) => isElement(node) || "value" in node);
    this.#empty.set(element, isEmpty);
    return isEmpty;
  }
}

type Test = (element: Element, matching: Matching) => boolean;

interface Compound {
  readonly tests: readonly Test[];
  /** How it stands to the compound before it; undefined for the first. */
  readonly combinator: string | undefined;
}

export interface Matcher {
  readonly specificity: number;
  /** It selects while a pointer is over something. */
  readonly isPointedAt: boolean;
  /** What every element it selects has: `#id`, `.class`, a tag, or `*`. */
  readonly key: string;
  matches(element: Element, matching: Matching): boolean;
}

interface Piece {
  readonly test: Test;
  readonly specificity: number;
  readonly isPointedAt?: boolean;
}

const ID = 1_000_000;
const CLASS = 1_000;
const TAG = 1;
const PIECES_MAX = 50;

/** Undefined for what selects nothing, or nothing that is known here. */
export function matcherOf(nodes: readonly CssNode[]): Matcher | undefined {
  if (nodes.length === 0 || nodes.length > PIECES_MAX) return undefined;
  const compounds: { tests: Test[]; combinator: string | undefined }[] = [{ tests: [], combinator: undefined }];
  let specificity = 0;
  let isPointedAt = false;
  for (const node of nodes) {
    if (node.type === "Combinator") {
      compounds.push({ tests: [], combinator: node.name });
      continue;
    }
    const piece = pieceOf(node);
    if (piece === undefined) return undefined;
    compounds.at(-1)?.tests.push(piece.test);
    specificity += piece.specificity;
    isPointedAt ||= piece.isPointedAt === true;
  }
  if (compounds.some(({ tests }) => tests.length === 0)) return undefined;
  return {
    specificity,
    isPointedAt,
    key: keyOf(nodes),
    matches: (element, matching) => matchesFrom(compounds, compounds.length - 1, element, matching),
  };
}

function keyOf(nodes: readonly CssNode[]): string {
  const last = nodes.slice(nodes.findLastIndex(({ type }) => type === "Combinator") + 1);
  const keys = last.flatMap((node) => {
    if (node.type === "IdSelector") return `#${ident.decode(node.name)}`;
    if (node.type === "ClassSelector") return `.${ident.decode(node.name)}`;
    return node.type === "TypeSelector" ? node.name.toLowerCase() : [];
  });
  return keys.find((key) => /^[#.]/.test(key)) ?? keys[0] ?? "*";
}

// As deep as a selector has compounds.
function matchesFrom(compounds: readonly Compound[], at: number, element: Element, matching: Matching): boolean {
  const compound = compounds[at];
  if (compound === undefined) return false;
  matching.take(compound.tests.length);
  if (!compound.tests.every((test) => test(element, matching))) return false;
  const next = compound.combinator === undefined ? undefined : NEXT.get(compound.combinator);
  if (compound.combinator === undefined) return true;
  if (next === undefined) return false;
  for (let other = next.step(element, matching); other !== undefined; other = next.step(other, matching)) {
    if (matchesFrom(compounds, at - 1, other, matching)) return true;
    if (!next.isRepeated) return false;
  }
  return false;
}

type Step = (element: Element, matching: Matching) => Element | undefined;

const parent: Step = ({ parentNode }) =>
  parentNode !== null && "tagName" in parentNode && isElement(parentNode) ? parentNode : undefined;
const before: Step = (element, matching) => {
  const { siblings, at } = matching.positionOf(element);
  return siblings[at - 1];
};

const NEXT: ReadonlyMap<string, { readonly step: Step; readonly isRepeated: boolean }> = new Map([
  [" ", { step: parent, isRepeated: true }],
  [">", { step: parent, isRepeated: false }],
  ["~", { step: before, isRepeated: true }],
  ["+", { step: before, isRepeated: false }],
]);

function pieceOf(node: CssNode): Piece | undefined {
  switch (node.type) {
    case "TypeSelector": {
      const name = node.name.toLowerCase();
      if (name === "*") return { test: () => true, specificity: 0 };
      return name.includes("|") ? undefined : { test: ({ tagName }) => tagName === name, specificity: TAG };
    }
    case "ClassSelector": {
      const name = ident.decode(node.name);
      return { test: (element, matching) => matching.classesOf(element).has(name), specificity: CLASS };
    }
    case "IdSelector": {
      const name = ident.decode(node.name);
      return { test: (element, matching) => matching.attributesOf(element).get("id") === name, specificity: ID };
    }
    case "AttributeSelector":
      return attributePiece(node);
    case "PseudoClassSelector":
      return pseudoPiece(node);
    default:
      return undefined;
  }
}

const ATTRIBUTE_TESTS: ReadonlyMap<string, (has: string, wanted: string) => boolean> = new Map([
  ["=", (has, wanted) => has === wanted],
  ["|=", (has, wanted) => has === wanted || has.startsWith(`${wanted}-`)],
  ["^=", (has, wanted) => wanted !== "" && has.startsWith(wanted)],
  ["$=", (has, wanted) => wanted !== "" && has.endsWith(wanted)],
  ["*=", (has, wanted) => wanted !== "" && has.includes(wanted)],
]);

/** HTML: values of these are compared whatever the case of their letters. */
const WITHOUT_CASE = new Set(
  (
    "align alink axis bgcolor border charset checked clear color compact declare defer dir direction disabled face frame hreflang lang " +
    "language link media method nohref noshade nowrap rel rev rules scope selected shape target text type valign valuetype vlink"
  ).split(" "),
);

function attributePiece(node: Extract<CssNode, { type: "AttributeSelector" }>): Piece | undefined {
  const name = ident.decode(node.name.name).toLowerCase();
  const { matcher, value } = node;
  if (matcher === null || value === null)
    return { test: (element, matching) => matching.attributesOf(element).has(name), specificity: CLASS };
  const test = ATTRIBUTE_TESTS.get(matcher);
  if (test === undefined && matcher !== "~=") return undefined;
  const isFolded = node.flags?.toLowerCase() === "i" || (node.flags === null && WITHOUT_CASE.has(name));
  const fold = (text: string): string => (isFolded ? text.toLowerCase() : text);
  const wanted = fold(value.type === "String" ? value.value : ident.decode(value.name));
  const isWord = /^\S+$/.test(wanted);
  return {
    test(element, matching) {
      const has = matching.attributesOf(element).get(name);
      if (has === undefined) return false;
      // A long value costs what it takes to look through it.
      matching.take(has.length >> 3);
      if (test !== undefined) return test(fold(has), wanted);
      return isWord && matching.wordsOf(element, isFolded ? `${name} i` : name, fold(has)).has(wanted);
    },
    specificity: CLASS,
  };
}

/** How many stand before it, or after it, of all or of its own kind. */
const COUNTS: ReadonlyMap<string, (element: Element, matching: Matching) => number> = new Map([
  ["child", (element, matching) => matching.positionOf(element).at],
  ["last-child", (element, matching) => afterIn(matching.positionOf(element))],
  ["of-type", (element, matching) => ofKind(element, "before", matching)],
  ["last-of-type", (element, matching) => ofKind(element, "after", matching)],
]);

function afterIn({ siblings, at }: Position): number {
  return siblings.length - at - 1;
}

function ofKind(element: Element, where: "before" | "after", matching: Matching): number {
  const { siblings, at } = matching.positionOf(element);
  matching.take(siblings.length);
  const others = where === "before" ? siblings.slice(0, at) : siblings.slice(at + 1);
  return others.filter(({ tagName }) => tagName === element.tagName).length;
}

const isFirst = (kind: string): Test => {
  const count = COUNTS.get(kind);
  return (element, matching) => count?.(element, matching) === 0;
};
const both =
  (...tests: readonly Test[]): Test =>
  (element, matching) =>
    tests.every((test) => test(element, matching));

const PSEUDO_TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["first-child", isFirst("child")],
  ["last-child", isFirst("last-child")],
  ["only-child", both(isFirst("child"), isFirst("last-child"))],
  ["first-of-type", isFirst("of-type")],
  ["last-of-type", isFirst("last-of-type")],
  ["only-of-type", both(isFirst("of-type"), isFirst("last-of-type"))],
  ["root", (element) => element.tagName === "html"],
  ["empty", (element, matching) => matching.isEmpty(element)],
  ["link", (element, matching) => element.tagName === "a" && matching.attributesOf(element).has("href")],
  ["any-link", (element, matching) => element.tagName === "a" && matching.attributesOf(element).has("href")],
]);
const ANY_OF = new Set(["is", "where", "matches", "-webkit-any", "-moz-any"]);

function pseudoPiece(node: Extract<CssNode, { type: "PseudoClassSelector" }>): Piece | undefined {
  const name = node.name.toLowerCase();
  const simple = PSEUDO_TESTS.get(name);
  if (node.children === null) {
    if (name === "hover") return { test: () => true, specificity: CLASS, isPointedAt: true };
    return simple === undefined ? undefined : { test: simple, specificity: CLASS };
  }
  const [inside] = node.children.toArray();
  if (inside?.type === "SelectorList" && (name === "not" || ANY_OF.has(name))) return listPiece(name, inside);
  const count = COUNTS.get(name.replace(/^nth-/, ""));
  if (inside?.type !== "Nth" || !name.startsWith("nth-") || count === undefined || inside.selector !== null)
    return undefined;
  const [a, b] = stepAndStart(inside.nth);
  return {
    test(element, matching) {
      const beyond = count(element, matching) + 1 - b;
      return a === 0 ? beyond === 0 : beyond % a === 0 && beyond / a >= 0;
    },
    specificity: CLASS,
  };
}

function listPiece(name: string, list: Extract<CssNode, { type: "SelectorList" }>): Piece | undefined {
  const matchers = list.children
    .toArray()
    .map((selector) => (selector.type === "Selector" ? matcherOf(selector.children.toArray()) : undefined));
  const known = matchers.filter((matcher) => matcher !== undefined);
  const isPointedAt = known.some((matcher) => matcher.isPointedAt);
  // What is not known could be anything, and so could the opposite of a pointer's place.
  if (name === "not" && (known.length < matchers.length || isPointedAt)) return undefined;
  const isAny: Test = (element, matching) => known.some((matcher) => matcher.matches(element, matching));
  return {
    test: name === "not" ? (element, matching) => !isAny(element, matching) : isAny,
    specificity: name === "where" ? 0 : Math.max(0, ...known.map(({ specificity }) => specificity)),
    isPointedAt,
  };
}

function stepAndStart(nth: Extract<CssNode, { type: "Nth" }>["nth"]): readonly [number, number] {
  if (nth.type === "Identifier") return nth.name.toLowerCase() === "odd" ? [2, 1] : [2, 0];
  return [Number(nth.a ?? 0), Number(nth.b ?? 0)];
}
