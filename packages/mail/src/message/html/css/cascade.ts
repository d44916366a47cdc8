// What all declarations of a mail come to, for each way of looking at it: as its sender wrote it and as our page has it, at
// several widths, on a light page and on a dark one, with the pointer elsewhere and on whatever asks for it.
import { MATCH_STEPS_MAX } from "../../limits.ts";
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
  readonly #rules = new Map<string, PlacedRule[]>();
  readonly #matching: Matching;
  readonly #unsaid: readonly Look[];
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

  /** How an element looks in each view; the same object where it is the same. */
  looksOf(element: Element, { hints, inlined, inline }: OwnStyle): readonly Look[] {
    const said: (readonly [LookDeclaration, Mask])[] = [];
    const say = (declarations: readonly LookDeclaration[], mask: Mask, unkeptMask: Mask = this.#masks.unkept): void => {
      for (const declaration of declarations) said.push([declaration, declaration.isKept ? mask : unkeptMask]);
    };
    say(hints, this.#masks.all);
    say(inlined, this.#masks.hinted);
    for (const { declarations, mask, unkeptMask } of this.#rulesFor(element)) say(declarations, mask, unkeptMask);
    say(inlined, this.#masks.inlined);
    say(inline, this.#masks.all);
    if (said.length === 0) return this.#unsaid;
    this.#spend(said.length * this.views.length);
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

  /** How it stands with an element that looks so, in what stands as its parents say; the same object where it is the same. */
  sightsIn(parents: Sights, looks: readonly Look[], tag: string): Sights {
    // Most elements look the same in all views, and many say nothing.
    if (looks.every(({ size }) => size === 0)) return parents;
    const known = new Map<Look, Map<Sight, Sight>>();
    let fresh = 0;
    const sights = looks.map((_, view) => {
      const at = this.#placeOf(view);
      const look = looks[at] ?? new Map<string, never>();
      const parent = parents[at] ?? PLAIN_SIGHT;
      const same = known.get(look) ?? new Map<Sight, Sight>();
      const sight = same.get(parent) ?? (fresh++, sightIn(parent, look, tag));
      known.set(look, same.set(parent, sight));
      return sight;
    });
    this.#spend(fresh * SIGHT_STEPS);
    return sights;
  }

  #placeOf(view: number): number {
    return this.#isCut ? (this.#standIns[view] ?? view) : view;
  }

  #spend(steps: number): void {
    if (this.#isCut) return;
    try {
      this.#matching.take(steps);
    } catch (error) {
      if (!(error instanceof StepsSpent)) throw error;
      this.#isCut = true;
    }
  }

  /** Weaker ones first. */
  #rulesFor(element: Element): readonly PlacedRule[] {
    if (this.#isCut || this.#rules.size === 0) return [];
    try {
      const id = this.#matching.attributesOf(element).get("id");
      const classes = [...this.#matching.classesOf(element)].map((name) => `.${name}`);
      const found = ["*", element.tagName, ...(id === undefined ? [] : [`#${id}`]), ...classes]
        .flatMap((key) => this.#rules.get(key) ?? [])
        .filter(({ matcher }) => matcher.matches(element, this.#matching));
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
