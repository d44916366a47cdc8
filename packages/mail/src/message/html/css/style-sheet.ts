// The style sheets of a mail: rules of known selectors and properties, media queries of the simplest kind, nothing that
// loads, names or imports.
import { generate, parse } from "css-tree";
import type { Atrule, CssNode, Rule } from "css-tree";
import { STYLE_OCTETS_MAX } from "../../limits.ts";
import { keptDark } from "../colours.ts";
import { hides } from "../visibility.ts";
import { declarationsIn, safeDeclarations } from "./declarations.ts";
import type { ReadDeclaration } from "./declarations.ts";
import { addToLook, setInLook } from "./look.ts";
import type { Look, LookValue } from "./look.ts";
import { safeSelectors } from "./selectors.ts";
import type { SafeSelector } from "./selectors.ts";
import type { Recolour } from "./values.ts";

interface SheetRule {
  readonly selectors: readonly SafeSelector[];
  readonly declarations: readonly ReadDeclaration[];
}

interface MediaBlock {
  /** Written anew; empty for rules that always apply. */
  readonly query: string;
  /** The part of a reader's wish for dark or light pages it asks for. */
  readonly scheme: "dark" | "light" | undefined;
  readonly rules: readonly SheetRule[];
}

export interface StyleSheet {
  readonly blocks: readonly MediaBlock[];
}

const RULES_MAX = 5_000;

/** Reads the sheets of one mail. Never fails: a sheet that cannot be read is left out. */
export function readStyleSheets(sheets: readonly string[]): StyleSheet {
  const blocks: MediaBlock[] = [];
  let octets = 0;
  let rules = 0;
  for (const sheet of sheets) {
    octets += sheet.length;
    if (octets > STYLE_OCTETS_MAX) break;
    for (const node of topLevel(sheet)) {
      const block = blockOf(node);
      rules += block?.rules.length ?? 0;
      if (rules > RULES_MAX) return { blocks };
      if (block !== undefined) blocks.push(block);
    }
  }
  return { blocks };
}

function topLevel(sheet: string): readonly CssNode[] {
  try {
    // Old comments around a sheet are no part of it.
    const tree = parse(sheet.replace(/<!--|-->/g, " "), { parseCustomProperty: false, onParseError: () => {} });
    return tree.type === "StyleSheet" ? tree.children.toArray() : [];
  } catch {
    return [];
  }
}

function blockOf(node: CssNode): MediaBlock | undefined {
  if (node.type === "Rule") return { query: "", scheme: undefined, rules: ruleOf(node) };
  if (node.type !== "Atrule" || node.name.toLowerCase() !== "media" || node.block === null) return undefined;
  const media = mediaOf(node);
  if (media === undefined) return undefined;
  return {
    ...media,
    rules: node.block.children.toArray().flatMap((inner) => (inner.type === "Rule" ? ruleOf(inner) : [])),
  };
}

function ruleOf(rule: Rule): readonly SheetRule[] {
  if (rule.prelude.type !== "SelectorList") return [];
  const selectors = safeSelectors(rule.prelude);
  return selectors.length === 0 ? [] : [{ selectors, declarations: declarationsIn(rule.block.children.toArray()) }];
}

const WIDTH = String.raw`\((?:min|max)-(?:device-)?width:\d{1,5}(?:\.\d{1,3})?(?:px|em|rem)\)`;
const SCHEME = String.raw`\(prefers-color-scheme:(?:dark|light)\)`;
const QUERY = new RegExp(
  `^(?:(?:only )?(?:screen|all|print)(?: and (?:${WIDTH}|${SCHEME})){0,3}|(?:${WIDTH}|${SCHEME})(?: and (?:${WIDTH}|${SCHEME})){0,2})$`,
);

function mediaOf(node: Atrule): Pick<MediaBlock, "query" | "scheme"> | undefined {
  if (node.prelude === null) return undefined;
  const queries = generate(node.prelude).toLowerCase().split(",").slice(0, 10);
  const known = queries
    .map((query) => query.replace(/\s+/g, " ").replace(/: /g, ":").trim())
    .filter((query) => QUERY.test(query));
  if (known.length === 0) return undefined;
  const schemes = known.map((query) => /prefers-color-scheme:(dark|light)/.exec(query)?.[1]);
  const scheme = schemes.includes("dark") ? "dark" : schemes.every((found) => found === "light") ? "light" : undefined;
  // Which scheme the page is in is decided for it, so the question is taken out.
  const asked = known.map((query) =>
    query.replace(/ and \(prefers-color-scheme:\w+\)|\(prefers-color-scheme:\w+\)(?: and )?/g, "").trim(),
  );
  return { query: asked.includes("") ? "" : asked.join(","), scheme };
}

/** The sheet written anew for a page in one scheme. */
export function writeStyleSheet(
  sheet: StyleSheet,
  o: { readonly scheme: "dark" | "light"; readonly recolour: Recolour },
): string {
  const written = sheet.blocks
    .filter(({ scheme }) => scheme === undefined || scheme === o.scheme)
    .map(({ query, scheme, rules }) => {
      const recolour = scheme === "dark" && o.recolour !== undefined ? keptDark : o.recolour;
      const inside = rules.map((rule) => writeRule(rule, recolour)).join("");
      return inside === "" || query === "" ? inside : `@media ${query}{${inside}}\n`;
    })
    .join("");
  // Nothing above writes one; if anything ever did, it would end the sheet.
  return /[<\\]/.test(written) ? "" : written;
}

function writeRule({ selectors, declarations }: SheetRule, recolour: Recolour): string {
  const inside = safeDeclarations(declarations, recolour);
  return inside.length === 0 ? "" : `${selectors.map(({ text }) => text).join(",")}{${inside.join(";")}}\n`;
}

/** Queries that hold wherever a page is looked at. */
const ALWAYS: ReadonlySet<string> = new Set(["", "all", "screen", "only all", "only screen"]);

/** What rules that always apply say of one element or class alone, looked up while a tree is walked. */
export class SimpleRules {
  readonly #looks = new Map<string, Look>();
  /** Some other rule may hide anything: it applies at times, or to what stands in some place. */
  readonly mayHideMore: boolean;

  constructor(sheet: StyleSheet, shown: "dark" | "light") {
    const others: (readonly ReadDeclaration[])[] = [];
    for (const { query, scheme, rules } of sheet.blocks) {
      const isAlways = query.split(",").some((one) => ALWAYS.has(one));
      // A page may be looked at in the other scheme, too.
      const isOther = !isAlways || scheme !== undefined;
      const isFollowed = isAlways && (scheme ?? shown) === shown;
      for (const { selectors, declarations } of rules) {
        if (isOther || selectors.some(({ simple }) => simple === undefined)) others.push(declarations);
        if (!isFollowed) continue;
        for (const { simple } of selectors) if (simple !== undefined) this.#add(keyOf(simple), declarations);
      }
    }
    this.mayHideMore = others.some((declarations) => {
      const look: Look = new Map();
      addToLook(look, declarations);
      return hides(look);
    });
  }

  #add(key: string, declarations: readonly ReadDeclaration[]): void {
    const look = this.#looks.get(key) ?? new Map<string, LookValue>();
    addToLook(look, declarations);
    this.#looks.set(key, look);
  }

  /** Adds to `look` what the rules say of an element, weaker ones first. */
  addTo(look: Look, tag: string, classes: readonly string[]): void {
    const keys = ["*", tag, ...classes.map((name) => `.${name}`), ...classes.map((name) => `${tag}.${name}`)];
    for (const key of keys) {
      for (const [property, value] of this.#looks.get(key) ?? []) setInLook(look, property, value);
    }
  }
}

function keyOf({ tag, name }: NonNullable<SafeSelector["simple"]>): string {
  return name === undefined ? (tag ?? "") : `${tag ?? ""}.${name}`;
}
