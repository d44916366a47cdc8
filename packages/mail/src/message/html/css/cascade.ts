// What all declarations of a mail come to, for each way of looking at it: as its sender wrote it and as our page has it, at
// several widths, on a light page and on a dark one, with the pointer elsewhere and on whatever asks for it.
import { MATCH_STEPS_MAX } from "../../limits.ts";
import type { Element } from "../parse-html.ts";
import { hides } from "../visibility.ts";
import { lookOf } from "./declarations.ts";
import type { Look, LookDeclaration } from "./look.ts";
import { setInLook } from "./look.ts";
import { Matching, matcherOf, StepsSpent } from "./matching.ts";
import type { Matcher } from "./matching.ts";
import { holds } from "./media.ts";
import type { Looking } from "./media.ts";
import type { ReadSelector } from "./selectors.ts";
import type { MediaBlock, StyleSheet } from "./style-sheet.ts";

/**
 * Whose styles count: all that the sender wrote; those in rules that our page has, of which it lacks properties; or those
 * that our page has.
 */
export type Styles = "sent" | "ruled" | "ours";

export interface View extends Looking {
  readonly styles: Styles;
  /** The pointer is over whatever is asked about. */
  readonly isPointedAt: boolean;
}

/** A window that shows one message alone, the pane beside a list, and a telephone. */
const WIDTHS = [1_440, 720, 360];

const VIEWS: readonly View[] = (["ours", "ruled", "sent"] as const).flatMap((styles) =>
  (
    [
      { scheme: "light", isPointedAt: false },
      { scheme: "dark", isPointedAt: false },
      { scheme: "light", isPointedAt: true },
    ] as const
  ).flatMap((how) => WIDTHS.map((width) => ({ styles, width, ...how }))),
);

/** Where something is said: a bit for each view. */
type Mask = number;

interface IndexedRule {
  readonly matcher: Matcher;
  readonly declarations: readonly LookDeclaration[];
  readonly order: number;
  /** Our page has it, it applies at times or to what stands in some place, and may hide anything then. */
  readonly mayHide: boolean;
  mask: Mask;
}

/** What an element says of itself. */
export interface OwnStyle {
  /** Attributes as old as HTML; any rule is stronger. */
  readonly hints: readonly LookDeclaration[];
  /** Those of them that are a style attribute in our page. */
  readonly inlined: readonly LookDeclaration[];
  /** Its style attribute. */
  readonly inline: readonly LookDeclaration[];
}

export class Cascade {
  /** Those in which the same is said are one. The first is our page, wide and light. */
  readonly views: readonly (readonly View[])[];
  readonly #rules = new Map<string, IndexedRule[]>();
  readonly #matching: Matching;
  readonly #unsaid: readonly Look[];
  readonly #all: Mask;
  readonly #ours: Mask;
  /** Where old attributes are a style attribute. */
  readonly #inlined: Mask;
  #isCut = false;
  /** Something could be hidden in our page in some way that no view shows. */
  readonly mayHideMore: boolean;

  constructor(sheet: StyleSheet, steps = MATCH_STEPS_MAX) {
    this.#matching = new Matching(steps);
    const rules = indexedRules(sheet);
    this.mayHideMore = rules.some(({ mayHide }) => mayHide);
    const groups = alike(new Set(rules.map(({ mask }) => mask)));
    this.views = groups.map((group) => group.flatMap((at) => VIEWS[at] ?? []));
    const nothing: Look = new Map();
    this.#unsaid = groups.map(() => nothing);
    const kept = groups.flatMap(([at]) => at ?? []);
    this.#all = maskOf(kept, () => true);
    this.#ours = maskOf(kept, (at) => VIEWS[at]?.styles === "ours");
    this.#inlined = maskOf(kept, (at) => VIEWS[at]?.styles !== "sent");
    for (const rule of rules) {
      const { mask } = rule;
      rule.mask = maskOf(kept, (at) => (mask & (1 << at)) !== 0);
      const same = this.#rules.get(rule.matcher.key);
      if (same === undefined) this.#rules.set(rule.matcher.key, [rule]);
      else same.push(rule);
    }
  }

  /** There was more to match than is matched for one mail: what comes after may look otherwise than is said of it. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Places of the views that are, among others, one of these. */
  where(isMeant: (view: View) => boolean): readonly number[] {
    return [...this.views.keys()].filter((at) => this.views[at]?.some(isMeant));
  }

  /** How an element looks in each view; the same object where it is the same. */
  looksOf(element: Element, { hints, inlined, inline }: OwnStyle): readonly Look[] {
    const said: (readonly [LookDeclaration, Mask])[] = [];
    const say = (declarations: readonly LookDeclaration[], mask: Mask): void => {
      for (const declaration of declarations) said.push([declaration, declaration.isKept ? mask : mask & ~this.#ours]);
    };
    say(hints, this.#all);
    say(inlined, this.#all & ~this.#inlined);
    for (const { declarations, mask } of this.#rulesFor(element)) say(declarations, mask);
    say(inlined, this.#inlined);
    say(inline, this.#all);
    if (said.length === 0) return this.#unsaid;
    const masks = [...new Set(said.map(([, mask]) => mask))];
    const made = new Map<string, Look>();
    return this.views.map((_, at) => {
      const key = masks.map((mask) => (mask >> at) & 1).join("");
      const look = made.get(key) ?? lookAt(said, at);
      made.set(key, look);
      return look;
    });
  }

  /** Weaker ones first. */
  #rulesFor(element: Element): readonly IndexedRule[] {
    if (this.#isCut || this.#rules.size === 0) return [];
    try {
      const id = this.#matching.attributesOf(element).get("id");
      const classes = [...this.#matching.classesOf(element)].map((name) => `.${name}`);
      const found = ["*", element.tagName, ...(id === undefined ? [] : [`#${id}`]), ...classes]
        .flatMap((key) => this.#rules.get(key) ?? [])
        .filter(({ matcher }) => matcher.matches(element, this.#matching));
      // What was found is said in each view.
      this.#matching.take(found.reduce((sum, { declarations }) => sum + declarations.length, 0) * this.views.length);
      return found.toSorted(
        (one, other) => one.matcher.specificity - other.matcher.specificity || one.order - other.order,
      );
    } catch (error) {
      if (!(error instanceof StepsSpent)) throw error;
      this.#isCut = true;
      return [];
    }
  }
}

function lookAt(said: readonly (readonly [LookDeclaration, Mask])[], at: number): Look {
  const look: Look = new Map();
  for (const [declaration, mask] of said)
    if ((mask & (1 << at)) !== 0) setInLook(look, declaration.property, declaration);
  return look;
}

function indexedRules({ blocks }: StyleSheet): readonly IndexedRule[] {
  const rules: IndexedRule[] = [];
  const masks = new Map<string, Mask>();
  for (const block of blocks) {
    for (const { selectors, declarations: read } of block.rules) {
      const declarations = lookOf(read);
      if (declarations.length === 0) continue;
      const mayHideAny = hides(keptLook(declarations));
      for (const selector of selectors) {
        const matcher = matcherOf(selector.nodes);
        if (matcher === undefined) continue;
        const key = [
          block.conditions.join("|"),
          block.query,
          block.scheme,
          matcher.isPointedAt,
          selector.safe === undefined,
        ].join();
        const mask = masks.get(key) ?? maskIn(block, selector, matcher.isPointedAt);
        masks.set(key, mask);
        const isPlain = selector.isSimple && (mask & OURS) === OURS;
        const isKept = block.query !== undefined && selector.safe !== undefined;
        const mayHide = mayHideAny && isKept && !isPlain;
        rules.push({ matcher, declarations, order: rules.length, mayHide, mask });
      }
    }
  }
  return rules;
}

function keptLook(declarations: readonly LookDeclaration[]): Look {
  const look: Look = new Map();
  for (const declaration of declarations) if (declaration.isKept) setInLook(look, declaration.property, declaration);
  return look;
}

function maskIn(block: MediaBlock, selector: ReadSelector, isPointedAt: boolean): Mask {
  return maskOf([...VIEWS.keys()], (at) => {
    const view = VIEWS[at];
    if (view === undefined || (isPointedAt && !view.isPointedAt)) return false;
    if (view.styles === "sent") return block.conditions.every((condition) => holds(condition, view));
    const isKept = block.query !== undefined && selector.safe !== undefined;
    return isKept && (block.scheme ?? view.scheme) === view.scheme && holds(block.query, view);
  });
}

function maskOf(places: readonly number[], isIn: (place: number) => boolean): Mask {
  return places.reduce((mask, place, at) => (isIn(place) ? mask | (1 << at) : mask), 0);
}

const OURS = maskOf([...VIEWS.keys()], (at) => VIEWS[at]?.styles === "ours");

/** The places of views, those together in which the same is said; whose styles count sets them apart. */
function alike(masks: ReadonlySet<Mask>): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [at, { styles }] of VIEWS.entries()) {
    const key = [styles, ...Array.from(masks, (mask) => (mask >> at) & 1)].join("");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  return [...groups.values()];
}
