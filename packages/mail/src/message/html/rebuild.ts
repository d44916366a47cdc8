// The tree of a mail rebuilt from the tables of what is allowed. Nothing is taken over: every element, attribute and
// declaration that comes out was made here.
import { html as syntax } from "parse5";
import type { HtmlOptions } from "../contract.ts";
import { HTML_DEPTH_MAX, REMOTE_IMAGES_MAX, STYLE_ATTRIBUTE_OCTETS_MAX } from "../limits.ts";
import { safeHref } from "../text/links.ts";
import { darkened, parseColour } from "./colours.ts";
import type { ColourRole } from "./colours.ts";
import { readDeclarations, safeDeclarations } from "./css/declarations.ts";
import type { ReadDeclaration } from "./css/declarations.ts";
import { addToLook, setInLook } from "./css/look.ts";
import type { Look } from "./css/look.ts";
import { readStyleSheets, SimpleRules, writeStyleSheet } from "./css/style-sheet.ts";
import type { StyleSheet } from "./css/style-sheet.ts";
import type { Recolour } from "./css/values.ts";
import { attributeValue, DROPPED, ELEMENTS, safeClasses } from "./elements.ts";
import { imageSource, trackersAmong } from "./images.ts";
import type { RemoteImage } from "./images.ts";
import { attributeOf, isElement } from "./parse-html.ts";
import type { ChildNode, Document, Element } from "./parse-html.ts";
import type { SafeElement, SafeNode } from "./safe-tree.ts";
import { isTiny, isUnseen, PLAIN_SIGHT, sightIn } from "./visibility.ts";
import type { Sight } from "./visibility.ts";

export interface RebuildOptions {
  readonly theme: HtmlOptions["theme"];
  /** For an answer: nothing unseen, no pictures, no classes and no style sheets. */
  readonly isQuote: boolean;
}

/** An image whose source is decided once all of the mail is known. */
export interface PendingImage {
  readonly element: SafeElement;
  /** Whoever looks at the page sees it once it has its source; false in doubt. */
  readonly isSeen: boolean;
  readonly source:
    | { readonly kind: "inline"; readonly contentId: string }
    | { readonly kind: "data"; readonly octets: Buffer }
    | { readonly kind: "remote"; readonly image: RemoteImage };
}

export interface Rebuilt {
  readonly body: SafeElement;
  readonly styleSheet: string;
  readonly images: readonly PendingImage[];
  readonly trackers: ReadonlySet<RemoteImage>;
  /** In the reading direction its author gave the page, if any. */
  readonly hasDirection: boolean;
  /** What the sender's program marked as quoted. */
  readonly quotes: ReadonlySet<SafeElement>;
}

/** Classes mail programs put around what they quote. */
const QUOTE_CLASS =
  /(?:^|\s)(?:gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra)(?:\s|$)/;

/** Where in the trees the work is. */
interface Place {
  readonly sight: Sight;
  readonly depth: number;
  /** Where what is rebuilt goes. */
  readonly to: SafeNode[];
}

const COLOUR_ATTRIBUTES: ReadonlyMap<string, readonly [property: string, role: ColourRole]> = new Map([
  ["bgcolor", ["background-color", "ground"]],
  ["color", ["color", "text"]],
  ["text", ["color", "text"]],
  ["bordercolor", ["border-color", "line"]],
]);

export function rebuild(document: Document, options: RebuildOptions): Rebuilt {
  return new Rebuilder(document, options).run();
}

class Rebuilder {
  readonly #document: Document;
  readonly #options: RebuildOptions;
  readonly #scheme: "dark" | "light";
  readonly #sheet: StyleSheet;
  readonly #rules: SimpleRules;
  readonly #recolour: Recolour;
  readonly #images: PendingImage[] = [];
  readonly #styles = new Map<string, readonly ReadDeclaration[]>();
  readonly #quotes = new Set<SafeElement>();
  #remote = 0;

  constructor(document: Document, options: RebuildOptions) {
    this.#document = document;
    this.#options = options;
    this.#scheme = options.theme === "adapt-dark" ? "dark" : "light";
    this.#sheet = readStyleSheets(styleTexts(document));
    this.#rules = new SimpleRules(this.#sheet, this.#scheme);
    this.#recolour = options.theme === "adapt-dark" ? darkened : undefined;
  }

  run(): Rebuilt {
    const html = this.#document.childNodes.filter(isElement).find(({ tagName }) => tagName === "html");
    const root = html?.childNodes.filter(isElement).find(({ tagName }) => tagName === "body");
    const body: SafeElement = { tag: "body", attributes: [], children: [] };
    if (root !== undefined) {
      const { element, sight } = this.#element(root, "body", PLAIN_SIGHT);
      body.attributes = element.attributes;
      body.children = this.#children(root.childNodes, sight, 1);
    }
    const direction = html === undefined ? undefined : attributeOf(html, "dir");
    const safeDirection = direction === undefined ? undefined : attributeValue("div", "dir", direction);
    const hasOwn = body.attributes.some(([name]) => name === "dir");
    if (!hasOwn && safeDirection !== undefined) body.attributes = [...body.attributes, ["dir", safeDirection]];
    const remote = this.#images.flatMap(({ source }) => (source.kind === "remote" ? source.image : []));
    return {
      body,
      styleSheet: this.#options.isQuote
        ? ""
        : writeStyleSheet(this.#sheet, { scheme: this.#scheme, recolour: this.#recolour }),
      images: this.#images,
      trackers: trackersAmong(remote),
      hasDirection: hasOwn || safeDirection !== undefined,
      quotes: this.#quotes,
    };
  }

  #children(nodes: readonly ChildNode[], sight: Sight, depth: number): SafeNode[] {
    const children: SafeNode[] = [];
    this.#addChildren(nodes, { sight, depth, to: children });
    return children;
  }

  #addChildren(nodes: readonly ChildNode[], place: Place): void {
    for (const node of nodes) {
      if (isElement(node)) this.#addElement(node, place);
      else if (node.nodeName === "#text" && "value" in node) this.#addText(node.value, place);
    }
  }

  #addText(value: string, { sight, to }: Place): void {
    if (this.#options.isQuote && isUnseen(sight)) return;
    const text = value
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
      .replace(/\p{Surrogate}/gu, "\ufffd");
    // Another colour would bring to light what the sender hid.
    const isHeldBack = this.#recolour !== undefined && text.trim() !== "" && sight.isLostInGround;
    to.push(isHeldBack ? { tag: "span", attributes: [["style", "visibility:hidden"]], children: [text] } : text);
  }

  #addElement(node: Element, place: Place): void {
    // Other languages within HTML, such as SVG, are dropped with all they hold.
    if (node.namespaceURI !== syntax.NS.HTML || DROPPED.has(node.tagName)) return;
    if (node.tagName === "img") return this.#addImage(node, place);
    const tag = /^(?:xmp|listing)$/.test(node.tagName) ? "pre" : node.tagName;
    // What is too deep, or of no kept kind, is opened: its text stays.
    if (!ELEMENTS.has(tag) || place.depth > HTML_DEPTH_MAX) return this.#openElement(node, place);
    const { element, sight } = this.#element(node, tag, place.sight);
    element.children = this.#children(node.childNodes, sight, place.depth + 1);
    if (isMarkedAsQuote(node)) this.#quotes.add(element);
    if (!this.#options.isQuote || !sight.isGone) place.to.push(element);
  }

  #openElement(node: Element, { sight: parent, depth, to }: Place): void {
    const { sight } = this.#element(node, "span", parent);
    // It goes, and what it hid is not to come into sight.
    const hides = sight.isGone && !parent.isGone;
    const inside: SafeNode[] = hides ? [] : to;
    this.#addChildren(node.childNodes, { sight, depth, to: inside });
    if (hides && !this.#options.isQuote)
      to.push({ tag: "span", attributes: [["style", "display:none"]], children: inside });
  }

  /** The element without its children, and how it stands with what is in it. */
  #element(
    node: Element,
    tag: string,
    parent: Sight,
  ): { readonly element: SafeElement; readonly sight: Sight; readonly look: Look } {
    const declarations = this.#declarations(attributeOf(node, "style"));
    const look: Look = new Map();
    const colours: string[] = [];
    const attributes: (readonly [string, string])[] = [];
    for (const { name, value, prefix } of node.attrs) {
      if (prefix !== undefined && prefix !== "") continue;
      const safe = attributeValue(tag, name, value);
      if (safe !== undefined) attributes.push([name, safe]);
      const colour = this.#colourAttribute(node, name, value);
      if (colour === undefined) continue;
      setInLook(look, colour.property, { value: value.trim().toLowerCase(), isImportant: false });
      colours.push(`${colour.property}:${colour.written}`);
    }
    const named = attributeOf(node, "class");
    this.#rules.addTo(look, node.tagName, named === undefined ? [] : named.slice(0, 2_000).split(/\s+/, 20));
    addToLook(look, declarations);
    const isMarkedHidden = attributeOf(node, "hidden") !== undefined;
    if (isMarkedHidden) setInLook(look, "display", { value: "none", isImportant: true });
    const sight = sightIn(parent, look);
    const styles = [...colours, ...safeDeclarations(declarations, this.#recolour)];
    // What was moved out of sight would be back without the move.
    if (sight.isMovedAway || isMarkedHidden) styles.push("display:none!important");
    if (styles.length > 0) attributes.push(["style", styles.join(";")]);
    const names = this.#options.isQuote || named === undefined ? [] : safeClasses(named);
    if (names.length > 0) attributes.push(["class", names.join(" ")]);
    const href = tag === "a" ? safeHref((attributeOf(node, "href") ?? "").replace(/[\t\n\r]/g, "").trim()) : undefined;
    if (href !== undefined) {
      attributes.push(["href", href], ["target", "_blank"], ["rel", "noopener noreferrer nofollow"]);
    }
    // A link that leads nowhere is text.
    const kept = tag === "a" && href === undefined ? "span" : tag;
    return { element: { tag: kept, attributes, children: [] }, sight, look };
  }

  /** Old attributes for colours are written as the style they mean. */
  #colourAttribute(
    node: Element,
    name: string,
    value: string,
  ): { readonly property: string; readonly written: string } | undefined {
    const known = COLOUR_ATTRIBUTES.get(name);
    const colour = known === undefined || (name === "text" && node.tagName !== "body") ? undefined : parseColour(value);
    if (known === undefined || colour === undefined) return undefined;
    return { property: known[0], written: this.#recolour?.(colour, known[1]) ?? rgb(colour) };
  }

  /** Many elements of a mail have the same style, letter by letter. */
  #declarations(style: string | undefined): readonly ReadDeclaration[] {
    if (style === undefined || style.length > STYLE_ATTRIBUTE_OCTETS_MAX) return [];
    const known = this.#styles.get(style);
    if (known !== undefined) return known;
    const read = readDeclarations(style);
    this.#styles.set(style, read);
    return read;
  }

  #addImage(node: Element, { sight: parent, to }: Place): void {
    const source = imageSource(attributeOf(node, "src"));
    const { element, sight, look } = this.#element(node, "img", parent);
    for (const name of ["width", "height"]) {
      const value = attributeOf(node, name);
      const [, length, none] = /^\s*(?:(\d{1,5}(?:\.\d{1,4})?)(?:px)?|(0+)%)\s*$/.exec(value ?? "") ?? [];
      const number = length ?? none;
      if (number !== undefined && !look.has(name)) setInLook(look, name, { value: `${number}px`, isImportant: false });
    }
    const isHidden = sight.isGone || sight.isHidden;
    const isSeen = !isHidden && !isTiny(look) && !this.#rules.mayHideMore;
    if (source.kind === "remote") {
      if (++this.#remote > REMOTE_IMAGES_MAX) return;
      this.#images.push({
        element,
        isSeen,
        source: { kind: "remote", image: { url: source.url, look, isUnseen: isHidden } },
      });
    } else if (source.kind !== "none") this.#images.push({ element, isSeen, source });
    const words = element.attributes.find(([name]) => name === "alt")?.[1].trim() ?? "";
    if (this.#options.isQuote) {
      // In an answer a picture is what it says it shows.
      if (words !== "" && !isHidden) to.push(`[${words}]`);
    } else if (source.kind !== "none" || words !== "") to.push(element);
  }
}

/** What a fold may be put around: within a table it would be put before it by whoever reads the page. */
const FOLDED = new Set(["article", "blockquote", "div", "section"]);

function isMarkedAsQuote(node: Element): boolean {
  if (!FOLDED.has(node.tagName)) return false;
  if (QUOTE_CLASS.test(attributeOf(node, "class") ?? "")) return true;
  return node.tagName === "blockquote" && attributeOf(node, "type")?.trim().toLowerCase() === "cite";
}

function styleTexts(document: Document): readonly string[] {
  const texts: string[] = [];
  const open: ChildNode[] = [...document.childNodes].toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isElement(node) || node.namespaceURI !== syntax.NS.HTML) continue;
    if (node.tagName === "style")
      texts.push(node.childNodes.map((child) => ("value" in child ? child.value : "")).join(""));
    else open.push(...node.childNodes.toReversed());
  }
  return texts;
}

function rgb({
  red,
  green,
  blue,
  alpha,
}: {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}): string {
  const channels = [red, green, blue].map((channel) => Math.round(channel * 255)).join(",");
  return alpha < 1 ? `rgba(${channels},${String(alpha)})` : `rgb(${channels})`;
}
