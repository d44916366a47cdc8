// The style sheets of a mail: rules of known selectors and properties, media queries of the simplest kind, nothing that
// loads, names or imports.
import { generate, parse } from "css-tree";
import type { CssNode, Rule } from "css-tree";
import { STYLE_OCTETS_MAX } from "../../limits.ts";
import { keptDark } from "../colours.ts";
import { declarationsIn, safeDeclarations } from "./declarations.ts";
import type { ReadDeclaration } from "./declarations.ts";
import { readSelectors } from "./selectors.ts";
import type { ReadSelector } from "./selectors.ts";
import type { Recolour } from "./values.ts";

export interface SheetRule {
  readonly selectors: readonly ReadSelector[];
  readonly declarations: readonly ReadDeclaration[];
}

export interface MediaBlock {
  /** The media queries around its rules as they were read, from the outside to the inside. */
  readonly conditions: readonly string[];
  /** Written anew, empty for rules that always apply; undefined where our page does not have it. */
  readonly query: string | undefined;
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
    for (const block of topLevel(sheet).flatMap((node) => blocksOf(node, []))) {
      rules += block.rules.length;
      if (rules > RULES_MAX) return { blocks };
      blocks.push(block);
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

const NESTED_MAX = 10;

/** Our page has rules by themselves, and those right in media queries. */
function blocksOf(node: CssNode, around: readonly string[]): readonly MediaBlock[] {
  if (node.type === "Rule") return [{ conditions: around, query: "", scheme: undefined, rules: ruleOf(node) }];
  if (node.type !== "Atrule" || node.block === null || around.length >= NESTED_MAX) return [];
  const prelude = node.prelude === null ? "" : generate(node.prelude).toLowerCase();
  const isMedia = node.name.toLowerCase() === "media";
  // Whatever is asked for is supported.
  if (!isMedia && (node.name.toLowerCase() !== "supports" || /\bnot\b/.test(prelude))) return [];
  const conditions = [...around, isMedia ? prelude : ""];
  const media = isMedia && around.length === 0 ? mediaOf(prelude) : undefined;
  const inside = node.block.children.toArray();
  const rules = inside.flatMap((child) => (child.type === "Rule" ? ruleOf(child) : []));
  const nested = inside.flatMap((child) => (child.type === "Atrule" ? blocksOf(child, conditions) : []));
  return [{ conditions, query: undefined, scheme: undefined, ...media, rules }, ...nested];
}

function ruleOf(rule: Rule): readonly SheetRule[] {
  if (rule.prelude.type !== "SelectorList") return [];
  const selectors = readSelectors(rule.prelude);
  return selectors.length === 0 ? [] : [{ selectors, declarations: declarationsIn(rule.block.children.toArray()) }];
}

const WIDTH = String.raw`\((?:min|max)-(?:device-)?width:\d{1,5}(?:\.\d{1,3})?(?:px|em|rem)\)`;
const SCHEME = String.raw`\(prefers-color-scheme:(?:dark|light)\)`;
const QUERY = new RegExp(
  `^(?:(?:only )?(?:screen|all|print)(?: and (?:${WIDTH}|${SCHEME})){0,3}|(?:${WIDTH}|${SCHEME})(?: and (?:${WIDTH}|${SCHEME})){0,2})$`,
);

function mediaOf(prelude: string): Pick<MediaBlock, "query" | "scheme"> | undefined {
  const queries = prelude.split(",").slice(0, 10);
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
      if (query === undefined) return "";
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
  const safe = selectors.flatMap((selector) => selector.safe ?? []);
  return inside.length === 0 || safe.length === 0 ? "" : `${safe.join(",")}{${inside.join(";")}}\n`;
}
