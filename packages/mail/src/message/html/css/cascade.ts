// What all declarations of a mail come to, for each way of looking at it: as its sender wrote it and as our page has it, at
// several widths, on a light page and on a dark one, with the pointer elsewhere and on whatever asks for it.
import { MATCH_STEPS_MAX } from "../../limits.ts";
import { attributeOf } from "../parse-html.ts";
import type { Element } from "../parse-html.ts";
import { hides, PLAIN_SIGHT, sightIn } from "../visibility.ts";
import type { Sight } from "../visibility.ts";
import { lookOf } from "./declarations.ts";
import type { Look, LookDeclaration } from "./look.ts";
import { setInLook } from "./look.ts";
import { Matching, matcherOf, StepsSpent } from "./matching.ts";
import type { Matcher } from "./matching.ts";
import { conditionOf } from "./media.ts";
import type { MediaBlock, StyleSheet } from "./style-sheet.ts";
import { viewsOf } from "./views.ts";
import type { Conditions, View } from "./views.ts";

/** Where something is said: of each view whether it is. */
type Mask = readonly boolean[];

/** How it stands in each view. */
export type Sights = readonly Sight[];

/** To look once at what stands somewhere takes as long as so many steps of matching. */
const SIGHT_STEPS = 10;

interface IndexedRule {
  readonly matcher: Matcher;
  readonly declarations: readonly LookDeclaration[];
  readonly order: number;
  /** Our page has it, it applies at times or to what stands in some place, and may hide anything then. */
  readonly mayHide: boolean;
  readonly mask: Mask;
}

/** A rule where it applies, among the views that are one: with declarations our page has, and with others. */
interface PlacedRule extends IndexedRule {
  readonly unkeptMask: Mask;
}

/** What an element says of itself: one object for all elements of a tag that say the same. */
export interface OwnStyle {
  /** Attributes as old as HTML; any rule is stronger. */
  readonly hints: readonly LookDeclaration[];
  /** Those of them that are a style attribute in our page. */
  readonly inlined: readonly LookDeclaration[];
  /** Its style attribute. */
  readonly inline: readonly LookDeclaration[];
}

/** How an element looks and how it stands with it, in each view. */
export interface Standing {
  readonly looks: readonly Look[];
  readonly sights: Sights;
}

/** How elements look that say the same of themselves and are said the same of, and how it stands with them. */
interface Alike {
  readonly looks: readonly Look[];
  /** By how it stands with what they are in, with the ways of looking it took. */
  readonly within: Map<Sights, { readonly sights: Sights; readonly ways: number }>;
}

export class Cascade {
  /** Those in which the same is said are one. The first is our page, wide and light. */
  readonly views: readonly (readonly View[])[];
  readonly #rules = new Map<string, PlacedRule[]>();
  readonly #matching: Matching;
  readonly #unsaid: readonly Look[];
  /** Most elements of a mail are like others: by their own style and the places of the rules that apply. */
  readonly #alike = new Map<OwnStyle, Map<string, Alike>>();
  /** Of each view the first with its styles, which stands for it once there are no more steps. */
  readonly #standIns: readonly number[];
  readonly #masks: Readonly<Record<"all" | "unkept" | "inlined" | "hinted", Mask>>;
  #isCut = false;
  /** Something could be hidden in our page in some way that no view shows. */
  readonly mayHideMore: boolean;

  constructor(sheet: StyleSheet, steps = MATCH_STEPS_MAX) {
    this.#matching = new Matching(steps);
    const conditions = conditionsOf(sheet);
    const { views, isEveryWidth } = viewsOf(conditions);
    const rules = indexedRules(sheet, conditions, views);
    this.mayHideMore = !isEveryWidth || rules.some(({ mayHide }) => mayHide);
    const groups = alike(new Set(rules.map(({ mask }) => mask)), views);
    this.views = groups.map((group) => group.flatMap((at) => views[at] ?? []));
    const nothing: Look = new Map();
    this.#unsaid = groups.map(() => nothing);
    const styles = this.views.map(([view]) => view?.styles);
    this.#standIns = styles.map((one) => styles.indexOf(one));
    const isPage = styles.map((one) => one === "ours" || one === "unsure");
    this.#masks = {
      all: styles.map(() => true),
      unkept: isPage.map((isIt) => !isIt),
      inlined: styles.map((one) => one !== "sent"),
      hinted: styles.map((one) => one === "sent"),
    };
    // One object for each mask, by which looks are told apart.
    const placed = new Map<Mask, Pick<PlacedRule, "mask" | "unkeptMask">>();
    for (const rule of rules) {
      const place = placed.get(rule.mask) ?? placeOf(rule.mask, groups, isPage);
      placed.set(rule.mask, place);
      const same = this.#rules.get(rule.matcher.key);
      if (same === undefined) this.#rules.set(rule.matcher.key, [{ ...rule, ...place }]);
      else same.push({ ...rule, ...place });
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

  /** How it stands with an element in what stands as its parents say: as with them where nothing is said of it. */
  standingOf(element: Element, own: OwnStyle, parents: Sights): Standing {
    const rules = this.#rulesFor(element);
    let said = own.hints.length + 2 * own.inlined.length + own.inline.length;
    for (const { declarations } of rules) said += declarations.length;
    if (said === 0) return { looks: this.#unsaid, sights: parents };
    this.#spend(said * this.views.length);
    const { looks, within } = this.#alikeOf(own, rules);
    if (looks.every(({ size }) => size === 0)) return { looks, sights: parents };
    const known = within.get(parents) ?? this.#lookAt(looks, parents, element.tagName);
    within.set(parents, known);
    this.#spend(known.ways * SIGHT_STEPS);
    return { looks, sights: known.sights };
  }

  #alikeOf(own: OwnStyle, rules: readonly PlacedRule[]): Alike {
    const alike = this.#alike.get(own) ?? new Map<string, Alike>();
    this.#alike.set(own, alike);
    const key = rules.map(({ order }) => order).join();
    const known = alike.get(key) ?? { looks: this.#looksOf(own, rules), within: new Map() };
    alike.set(key, known);
    return known;
  }

  #looksOf({ hints, inlined, inline }: OwnStyle, rules: readonly PlacedRule[]): readonly Look[] {
    const said: (readonly [LookDeclaration, Mask])[] = [];
    const say = (declarations: readonly LookDeclaration[], mask: Mask, unkeptMask: Mask = this.#masks.unkept): void => {
      for (const declaration of declarations) said.push([declaration, declaration.isKept ? mask : unkeptMask]);
    };
    say(hints, this.#masks.all);
    say(inlined, this.#masks.hinted);
    for (const { declarations, mask, unkeptMask } of rules) say(declarations, mask, unkeptMask);
    say(inlined, this.#masks.inlined);
    say(inline, this.#masks.all);
    const masks = [...new Set(said.map(([, mask]) => mask))];
    const made = new Map<string, Look>();
    return this.views.map((_, view) => {
      const at = this.#placeOf(view);
      const key = masks.map((mask) => (mask[at] === true ? "1" : "0")).join("");
      const look = made.get(key) ?? lookAt(said, at);
      made.set(key, look);
      return look;
    });
  }

  /** Most elements look the same in all views. */
  #lookAt(looks: readonly Look[], parents: Sights, tag: string): { readonly sights: Sights; readonly ways: number } {
    const known = new Map<Look, Map<Sight, Sight>>();
    let ways = 0;
    const sights = looks.map((_, view) => {
      const at = this.#placeOf(view);
      const look = looks[at] ?? new Map<string, never>();
      const parent = parents[at] ?? PLAIN_SIGHT;
      const same = known.get(look) ?? new Map<Sight, Sight>();
      const sight = same.get(parent) ?? (ways++, sightIn(parent, look, tag));
      known.set(look, same.set(parent, sight));
      return sight;
    });
    return { sights, ways };
  }

  #placeOf(view: number): number {
    return this.#isCut ? (this.#standIns[view] ?? view) : view;
  }

  #spend(steps: number): void {
    if (this.#isCut) return;
    try {
      this.#matching.take(steps);
    } catch (error) {
      this.#cut(error);
    }
  }

  /** From here on nothing is as it was with elements alike. */
  #cut(error: unknown): void {
    if (!(error instanceof StepsSpent)) throw error;
    this.#isCut = true;
    this.#alike.clear();
  }

  /** Weaker ones first. */
  #rulesFor(element: Element): readonly PlacedRule[] {
    if (this.#isCut || this.#rules.size === 0) return [];
    try {
      const found: PlacedRule[] = [];
      for (const key of keysOf(element, this.#matching))
        for (const rule of this.#rules.get(key) ?? [])
          if (rule.matcher.matches(element, this.#matching)) found.push(rule);
      return found.sort((one, other) => one.matcher.specificity - other.matcher.specificity || one.order - other.order);
    } catch (error) {
      this.#cut(error);
      return [];
    }
  }
}

/** Of every rule that could apply. */
function keysOf(element: Element, matching: Matching): readonly string[] {
  const keys = ["*", element.tagName];
  const id = attributeOf(element, "id");
  if (id !== undefined) keys.push(`#${id}`);
  for (const name of matching.classesOf(element)) keys.push(`.${name}`);
  return keys;
}

function lookAt(said: readonly (readonly [LookDeclaration, Mask])[], at: number): Look {
  const look: Look = new Map();
  for (const [declaration, mask] of said) if (mask[at] === true) setInLook(look, declaration.property, declaration);
  return look;
}

function placeOf(
  mask: Mask,
  groups: readonly (readonly number[])[],
  isPage: readonly boolean[],
): Pick<PlacedRule, "mask" | "unkeptMask"> {
  const said = groups.map(([at = 0]) => mask[at] === true);
  return { mask: said, unkeptMask: said.map((isSaid, at) => isSaid && isPage[at] !== true) };
}

function conditionsOf({ blocks }: StyleSheet): Conditions {
  const texts = new Set(blocks.flatMap(({ conditions, query }) => [...conditions, query ?? ""]));
  return new Map(Array.from(texts, (text) => [text, conditionOf(text)]));
}

const HIDDEN: LookDeclaration = { property: "display", value: "none", isImportant: true, isKept: true };

function indexedRules({ blocks }: StyleSheet, conditions: Conditions, views: readonly View[]): readonly IndexedRule[] {
  const rules: IndexedRule[] = [];
  const masks = new Map<string, Mask>();
  const unsure = views.map(({ styles }) => styles === "unsure");
  const isEveryWidth = !unsure.includes(true);
  for (const block of blocks) {
    const isOfWidth = (conditions.get(block.query ?? "")?.limits.length ?? 0) > 0;
    for (const { selectors, declarations: read } of block.rules) {
      const declarations = lookOf(read);
      if (declarations.length === 0) continue;
      const mayHideAny = hides(keptLook(declarations));
      for (const selector of selectors) {
        const matcher = matcherOf(selector.nodes);
        if (matcher === undefined) continue;
        const isKept = block.query !== undefined && selector.safe !== undefined;
        const key = [block.conditions.join("|"), block.query, block.scheme, matcher.isPointedAt, !isKept].join();
        const mask = masks.get(key) ?? maskIn(block, { isKept, isPointedAt: matcher.isPointedAt }, conditions, views);
        masks.set(key, mask);
        const isPlain = selector.isSimple && views.every(({ styles }, at) => styles !== "ours" || mask[at] === true);
        const mayHide = mayHideAny && isKept && !isPlain;
        rules.push({ matcher, declarations, order: rules.length, mayHide, mask });
        if (!isEveryWidth && isOfWidth && isKept)
          rules.push({ matcher, declarations: [HIDDEN], order: rules.length, mayHide: true, mask: unsure });
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

function maskIn(
  { conditions, query, scheme }: MediaBlock,
  { isKept, isPointedAt }: { readonly isKept: boolean; readonly isPointedAt: boolean },
  read: Conditions,
  views: readonly View[],
): Mask {
  const around = conditions.map((condition) => read.get(condition));
  const kept = read.get(query ?? "");
  return views.map((view) => {
    if (isPointedAt && !view.isPointedAt) return false;
    if (view.styles === "sent") return around.every((condition) => condition?.holds(view) === true);
    if (view.styles === "unsure" && (kept?.limits.length ?? 0) > 0) return false;
    return isKept && (scheme ?? view.scheme) === view.scheme && kept?.holds(view) === true;
  });
}

/** The places of views, those together in which the same is said; whose styles count sets them apart. */
function alike(masks: ReadonlySet<Mask>, views: readonly View[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [at, { styles }] of views.entries()) {
    const key = [styles, ...Array.from(masks, (mask) => (mask[at] === true ? "1" : "0"))].join("");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  return [...groups.values()];
}
