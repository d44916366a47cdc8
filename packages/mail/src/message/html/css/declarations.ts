// Declarations of a style attribute or a rule: an allow-list of properties, each value written anew.
import { generate, parse } from "css-tree";
import type { CssNode, Declaration } from "css-tree";
import { parseColour } from "../colours.ts";
import type { ColourRole } from "../colours.ts";
import { safeColourAmong, safeValue } from "./values.ts";
import { isLookedAt, longhands } from "./look.ts";
import type { LookDeclaration } from "./look.ts";
import type { Recolour } from "./values.ts";

interface Property {
  readonly role?: ColourRole;
  /** Words the value may be, when they are few. */
  readonly words?: ReadonlySet<string>;
  /** A negative value moves what it is set on over something else. */
  readonly isPositive?: true;
  /** One colour and nothing else: what a browser takes for none does not beat what stands before it. */
  readonly isColour?: true;
  /** Without arithmetic: it can hide text, and is to be read here as a browser reads it. */
  readonly isPlain?: true;
}

const words = (list: string): Property => ({ words: new Set(list.split(" ")) });
const SIDES = ["top", "right", "bottom", "left"];

const PROPERTIES: ReadonlyMap<string, Property> = new Map<string, Property>([
  ["color", { role: "text", isColour: true }],
  ["background-color", { role: "ground", isColour: true }],
  ["background", { role: "ground" }],
  ["border", { role: "line" }],
  ["border-color", { role: "line" }],
  ["outline", { role: "line" }],
  ["text-decoration", { role: "text" }],
  ["text-decoration-color", { role: "text" }],
  ...SIDES.flatMap((side): [string, Property][] => [
    [`border-${side}`, { role: "line" }],
    [`border-${side}-color`, { role: "line" }],
    [`border-${side}-style`, {}],
    [`border-${side}-width`, {}],
    [`margin-${side}`, { isPositive: true }],
    [`padding-${side}`, { isPositive: true }],
  ]),
  ...["top-left", "top-right", "bottom-left", "bottom-right"].map((corner): [string, Property] => [
    `border-${corner}-radius`,
    {},
  ]),
  ["margin", { isPositive: true }],
  ["padding", { isPositive: true }],
  ["text-indent", { isPositive: true }],
  ["letter-spacing", { isPositive: true }],
  ["word-spacing", { isPositive: true }],
  ...(
    "border-style border-width border-radius border-collapse border-spacing box-sizing caption-side clear column-count column-gap " +
    "direction empty-cells flex flex-basis flex-direction flex-grow flex-shrink flex-wrap align-items align-self align-content " +
    "justify-content gap row-gap order font-family font-style font-variant font-weight font-stretch height width " +
    "max-height max-width min-height min-width line-height list-style list-style-position list-style-type orphans widows " +
    "overflow-wrap page-break-after page-break-before page-break-inside break-after break-before break-inside quotes table-layout " +
    "tab-size text-align text-align-last text-decoration-line text-decoration-style text-overflow text-transform unicode-bidi " +
    "vertical-align white-space word-break word-wrap hyphens"
  )
    .split(" ")
    .map((name): [string, Property] => [name, {}]),
  ["font", { isPlain: true }],
  ["font-size", { isPlain: true }],
  ["opacity", { isPlain: true }],
  ["float", words("left right none")],
  ["visibility", words("visible hidden collapse inherit")],
  ["overflow", words("visible hidden auto scroll")],
  ["overflow-x", words("visible hidden auto scroll")],
  ["overflow-y", words("visible hidden auto scroll")],
  [
    "display",
    words(
      "none block inline inline-block list-item flex inline-flex table inline-table table-row table-cell table-row-group " +
        "table-header-group table-footer-group table-column table-column-group table-caption",
    ),
  ],
]);

const COLOUR_WORDS = new Set(["currentcolor", "inherit", "initial", "unset"]);
const DECLARATIONS_MAX = 200;

/** A declaration as it was read: the value as css-tree writes it, for looking at, and its tree, for writing anew. */
export interface ReadDeclaration {
  readonly property: string;
  readonly value: string;
  readonly isImportant: boolean;
  readonly node: Declaration;
  /** Written anew in the colours of its sender; undefined when it is not kept. */
  readonly kept: string | undefined;
}

/** The declarations in a style attribute. Never fails: what cannot be read is left out. */
export function readDeclarations(style: string): readonly ReadDeclaration[] {
  try {
    const list = parse(style, { context: "declarationList", parseCustomProperty: false, onParseError: () => {} });
    return list.type === "DeclarationList" ? declarationsIn(list.children.toArray()) : [];
  } catch {
    return [];
  }
}

export function declarationsIn(nodes: readonly CssNode[]): readonly ReadDeclaration[] {
  return nodes
    .slice(0, DECLARATIONS_MAX)
    .filter((node) => node.type === "Declaration")
    .map((node) => {
      const read = {
        property: node.property.toLowerCase(),
        value: generate(node.value).toLowerCase(),
        isImportant: node.important === true,
        node,
      };
      return { ...read, kept: safeDeclaration(read, undefined) };
    });
}

/** `property:value` written anew, or undefined when it is not kept. */
function safeDeclaration(declaration: Omit<ReadDeclaration, "kept">, recolour: Recolour): string | undefined {
  const known = PROPERTIES.get(declaration.property);
  const { value } = declaration.node;
  if (known === undefined || value.type !== "Value" || declaration.value.includes("\\")) return undefined;
  if (known.words !== undefined && !known.words.has(declaration.value)) return undefined;
  if (known.isPositive === true && declaration.value.includes("-")) return undefined;
  if (known.isColour === true && parseColour(declaration.value) === undefined && !COLOUR_WORDS.has(declaration.value))
    return undefined;
  if (known.isPlain === true && declaration.value.includes("(")) return undefined;
  if (declaration.property === "font" && longhands("font", declaration.value).length === 0) return undefined;
  const important = declaration.isImportant ? "!important" : "";
  if (declaration.property === "background") {
    const safe = safeColourAmong(value, "ground", recolour);
    return safe === undefined ? undefined : unbroken(`background-color:${safe}${important}`);
  }
  // On a dark page half transparent text is no longer 4.5:1.
  if (declaration.property === "opacity" && recolour !== undefined && Number.parseFloat(declaration.value) > 0.05)
    return undefined;
  const safe = safeValue(value, known.role, recolour);
  return safe === undefined ? undefined : unbroken(`${declaration.property}:${safe}${important}`);
}

/** No value has one of these; if any ever had, it alone would go, and not the sheet that the cascade counts on. */
function unbroken(written: string): string | undefined {
  return /[<\\{};]/.test(written) ? undefined : written;
}

export function safeDeclarations(declarations: readonly ReadDeclaration[], recolour: Recolour): readonly string[] {
  return declarations.flatMap(
    (declaration) => (recolour === undefined ? declaration.kept : safeDeclaration(declaration, recolour)) ?? [],
  );
}

/** What they say of how an element is seen. */
export function lookOf(declarations: readonly ReadDeclaration[]): readonly LookDeclaration[] {
  return declarations
    .filter(({ property }) => isLookedAt(property))
    .flatMap((declaration) => {
      const { isImportant, kept } = declaration;
      const isKept = kept !== undefined;
      return longhands(declaration.property, declaration.value).map(([property, value]) => ({
        property,
        value,
        isImportant,
        isKept,
      }));
    });
}
