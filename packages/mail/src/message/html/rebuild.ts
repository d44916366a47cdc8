// The tree of a mail rebuilt from the tables of what is allowed. Nothing is taken over: every element, attribute and
// declaration that comes out was made here.
import { html as syntax } from "parse5";
import type { HtmlOptions } from "../contract.ts";
import { HTML_DEPTH_MAX, REMOTE_IMAGES_MAX, STYLE_ATTRIBUTE_OCTETS_MAX } from "../limits.ts";
import { safeHref } from "../text/links.ts";
import { darkened, ON_LIGHT, parseAttributeColour } from "./colours.ts";
import type { Colour, ColourRole } from "./colours.ts";
import { Cascade } from "./css/cascade.ts";
import type { OwnStyle, Sights, Standing } from "./css/cascade.ts";
import { lookOf, readDeclarations, safeDeclarations } from "./css/declarations.ts";
import type { LookDeclaration } from "./css/look.ts";
import { readStyleSheets, writeStyleSheet } from "./css/style-sheet.ts";
import type { StyleSheet } from "./css/style-sheet.ts";
import type { Recolour } from "./css/values.ts";
import { PICTURE_PAGE_MAX } from "./css/views.ts";
import type { View } from "./css/views.ts";
import { attributeValue, DROPPED, ELEMENTS, safeClasses } from "./elements.ts";
import { imageSource, trackersAmong } from "./images.ts";
import type { RemoteImage } from "./images.ts";
import { attributeOf, isElement } from "./parse-html.ts";
import type { ChildNode, Document, Element } from "./parse-html.ts";
import type { SafeElement, SafeNode } from "./safe-tree.ts";
import { isUnreadable, isUnseenPicture, mayBeCutOff, PLAIN_SIGHT } from "./visibility.ts";

export interface RebuildOptions {
  readonly theme: HtmlOptions["theme"];
  /**
   * A page; or what is left without pictures, classes and style sheets: for an answer, what is seen in every view of our
   * page; as text, what is seen on a wide one.
   */
  readonly purpose: "page" | "quote" | "text";
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

/** An element without its children. */
interface Made extends Standing {
  readonly element: SafeElement;
}

/** A style attribute. */
interface Style {
  readonly look: readonly LookDeclaration[];
  /** Its declarations in our page. */
  readonly written: readonly string[];
}

const NO_STYLE: Style = { look: [], written: [] };

interface WrittenStyle extends OwnStyle {
  readonly written: readonly string[];
  readonly isMarkedHidden: boolean;
}

/** Where in the trees the work is. */
interface Place {
  readonly sights: Sights;
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

/** Attributes by which an element says how it looks, and by which a picture does. */
const SAY_LOOKS = new Set([...COLOUR_ATTRIBUTES.keys(), "style", "hidden"]);
const SAY_LOOKS_OF_PICTURE = new Set([...SAY_LOOKS, "width", "height"]);

export function rebuild(document: Document, options: RebuildOptions): Rebuilt {
  return new Rebuilder(document, options).run();
}

class Rebuilder {
  readonly #document: Document;
  readonly #options: RebuildOptions;
  readonly #scheme: "dark" | "light";
  readonly #sheet: StyleSheet;
  readonly #cascade: Cascade;
  /** Places of the views that are asked together. */
  readonly #views: Readonly<
    Record<"ours" | "mayShow" | "sentMayShow" | "oursNow" | "ruledNow" | "light" | "deciding", readonly number[]>
  >;
  readonly #recolour: Recolour;
  readonly #images: PendingImage[] = [];
  /** Where the words of remote pictures stand. */
  readonly #saidOf: { readonly image: RemoteImage; readonly at: number; readonly in: SafeNode[] }[] = [];
  readonly #styles = new Map<string, Style>();
  readonly #ownStyles = new Map<string, WrittenStyle>();
  readonly #quotes = new Set<SafeElement>();
  #remote = 0;

  constructor(document: Document, options: RebuildOptions) {
    this.#document = document;
    this.#options = options;
    this.#scheme = options.theme === "adapt-dark" ? "dark" : "light";
    this.#sheet = readStyleSheets(styleTexts(document));
    this.#cascade = new Cascade(this.#sheet);
    const where = (isMeant: (view: View) => boolean): readonly number[] => this.#cascade.where(isMeant);
    this.#views = {
      ours: where(({ styles }) => styles === "ours"),
      mayShow: where(({ styles, width }) => styles === "ours" && width <= PICTURE_PAGE_MAX),
      sentMayShow: where(({ styles, width }) => styles === "sent" && width <= PICTURE_PAGE_MAX),
      oursNow: where(({ styles, scheme }) => styles === "ours" && scheme === this.#scheme),
      ruledNow: where(({ styles, scheme }) => styles === "ruled" && scheme === this.#scheme),
      light: where(({ scheme, isPointedAt }) => scheme === "light" && !isPointedAt),
      deciding:
        options.purpose === "quote"
          ? where(({ styles, isPointedAt }) => (styles === "ours" || styles === "unsure") && !isPointedAt)
          : [0],
    };
    this.#recolour = options.theme === "adapt-dark" ? darkened : undefined;
  }

  run(): Rebuilt {
    const html = this.#document.childNodes.filter(isElement).find(({ tagName }) => tagName === "html");
    const root = html?.childNodes.filter(isElement).find(({ tagName }) => tagName === "body");
    const body: SafeElement = { tag: "body", attributes: [], children: [] };
    if (root !== undefined) {
      const plain = this.#cascade.views.map(() => PLAIN_SIGHT);
      const { element, sights } = this.#element(root, "body", plain);
      body.attributes = element.attributes;
      body.children = this.#children(root.childNodes, sights, 1);
    }
    const direction = html === undefined ? undefined : attributeOf(html, "dir");
    const safeDirection = direction === undefined ? undefined : attributeValue("div", "dir", direction);
    const hasOwn = body.attributes.some(([name]) => name === "dir");
    if (!hasOwn && safeDirection !== undefined) body.attributes = [...body.attributes, ["dir", safeDirection]];
    const remote = this.#images.flatMap(({ source }) => (source.kind === "remote" ? source.image : []));
    const trackers = trackersAmong(remote);
    for (const { image, at, in: nodes } of this.#saidOf) if (trackers.has(image)) nodes[at] = "";
    return {
      body,
      styleSheet: this.#isPage ? writeStyleSheet(this.#sheet, { scheme: this.#scheme, recolour: this.#recolour }) : "",
      images: this.#images,
      trackers,
      hasDirection: hasOwn || safeDirection !== undefined,
      quotes: this.#quotes,
    };
  }

  get #isPage(): boolean {
    return this.#options.purpose === "page";
  }

  #isDecided(isSo: (at: number) => boolean): boolean {
    return this.#views.deciding.some(isSo);
  }

  #isUnseen(sights: Sights): boolean {
    // A quote has nothing of which it is not known that it was seen.
    const isQuote = this.#options.purpose === "quote";
    if (isQuote && this.#cascade.isCut) return true;
    return this.#isDecided((at) => {
      const sight = sights[at] ?? PLAIN_SIGHT;
      // On a dark page colours are not what they were.
      if (isQuote && mayBeCutOff(sight)) return true;
      return isUnreadable(sight) || (sight.isLostInGround && this.#views.light.includes(at));
    });
  }

  #children(nodes: readonly ChildNode[], sights: Sights, depth: number): SafeNode[] {
    const children: SafeNode[] = [];
    this.#addChildren(nodes, { sights, depth, to: children });
    return children;
  }

  #addChildren(nodes: readonly ChildNode[], place: Place): void {
    for (const node of nodes) {
      if (isElement(node)) this.#addElement(node, place);
      else if (node.nodeName === "#text" && "value" in node) this.#addText(node.value, place);
    }
  }

  #addText(value: string, { sights, to }: Place): void {
    if (!this.#isPage && this.#isUnseen(sights)) return;
    const text = value
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
      .replace(/\p{Surrogate}/gu, "\ufffd");
    // Another colour would bring to light what the sender hid.
    const isHeldBack = this.#recolour !== undefined && text.trim() !== "" && sights[0]?.isLostInGround === true;
    to.push(isHeldBack ? { tag: "span", attributes: [["style", "visibility:hidden"]], children: [text] } : text);
  }

  #addElement(node: Element, place: Place): void {
    // Other languages within HTML, such as SVG, are dropped with all they hold.
    if (node.namespaceURI !== syntax.NS.HTML || DROPPED.has(node.tagName)) return;
    if (node.tagName === "img") return this.#addImage(node, place);
    const tag = /^(?:xmp|listing)$/.test(node.tagName) ? "pre" : node.tagName;
    // What is too deep is opened: its text stays.
    if (place.depth > HTML_DEPTH_MAX) return this.#openElement(node, place);
    const isKept = ELEMENTS.has(tag);
    const { element, sights } = this.#element(node, isKept ? tag : standInFor(tag), place.sights);
    // So is what is of no kept kind, unless it says how it looks.
    if (!isKept && element.attributes.length === 0 && sights === place.sights)
      return this.#addChildren(node.childNodes, place);
    element.children = this.#children(node.childNodes, sights, place.depth + 1);
    if (isMarkedAsQuote(node)) this.#quotes.add(element);
    if (this.#isPage || !this.#isDecided((at) => sights[at]?.isGone === true)) place.to.push(element);
  }

  #openElement(node: Element, { sights: parents, depth, to }: Place): void {
    const { sights: own } = this.#element(node, "span", parents);
    // Of all it says our page has nothing.
    const sights = own.map((sight, at) => (this.#views.ours.includes(at) ? (parents[at] ?? sight) : sight));
    // It goes, and what it hid is not to come into sight.
    const hides = this.#views.oursNow.every((at) => own[at]?.isGone === true && parents[at]?.isGone === false);
    const inside: SafeNode[] = hides ? [] : to;
    this.#addChildren(node.childNodes, { sights: hides ? own : sights, depth, to: inside });
    if (hides && this.#isPage) to.push({ tag: "span", attributes: [["style", "display:none"]], children: inside });
  }

  #element(node: Element, tag: string, parents: Sights): Made {
    const own = this.#ownStyle(node);
    const { looks, sights: seen } = this.#cascade.standingOf(node, own, parents);
    const { sights, hiding } = this.#withLost(seen);
    const attributes: (readonly [string, string])[] = [];
    for (const { name, value, prefix } of node.attrs) {
      const safe = prefix === undefined || prefix === "" ? attributeValue(tag, name, value) : undefined;
      if (safe !== undefined) attributes.push([name, safe]);
    }
    const styles = [...own.written, ...hiding];
    if (own.isMarkedHidden) styles.push("display:none!important");
    if (tag === "img" && this.#isAsHinted(looks, own)) styles.push(...ratioOf(attributes));
    if (styles.length > 0) attributes.push(["style", styles.join(";")]);
    const named = this.#isPage ? attributeOf(node, "class") : undefined;
    const names = named === undefined ? [] : safeClasses(named);
    if (names.length > 0) attributes.push(["class", names.join(" ")]);
    const href = tag === "a" ? hrefOf(node) : undefined;
    if (href !== undefined) {
      attributes.push(["href", href], ["target", "_blank"], ["rel", "noopener noreferrer nofollow"]);
    }
    // A link that leads nowhere is text.
    const kept = tag === "a" && href === undefined ? "span" : tag;
    return { element: { tag: kept, attributes, children: [] }, sights, looks };
  }

  /** No style changes the size its attributes give a picture. */
  #isAsHinted(looks: Standing["looks"], { hints }: OwnStyle): boolean {
    return ["width", "height"].every((side) => {
      const hinted = hints.find(({ property }) => property === side)?.value;
      return this.#views.ours.every((at) => looks[at]?.get(side)?.value === hinted);
    });
  }

  /** What only properties hide that our page does not have would come into sight: it is hidden in another way. */
  #withLost(sights: Sights): { readonly sights: Sights; readonly hiding: readonly string[] } {
    const isLost = (what: "isGone" | "isHidden"): boolean =>
      this.#views.ruledNow.every((at) => sights[at]?.[what] === true) &&
      !this.#views.oursNow.every((at) => sights[at]?.[what] === true);
    const [isGone, isHidden] = [isLost("isGone"), isLost("isHidden")];
    if (!isGone && !isHidden) return { sights, hiding: [] };
    return {
      sights: sights.map((sight) => ({
        ...sight,
        isGone: isGone || sight.isGone,
        isHidden: isHidden || sight.isHidden,
      })),
      hiding: [isGone ? "display:none!important" : "visibility:hidden!important"],
    };
  }

  /** Old attributes for colours are written as the style they mean. */
  #colourAttribute(
    node: Element,
    name: string,
    value: string,
  ): { readonly declaration: LookDeclaration; readonly written: string } | undefined {
    const known = COLOUR_ATTRIBUTES.get(name);
    const isRead = known !== undefined && (name !== "text" || node.tagName === "body");
    const colour = isRead ? parseAttributeColour(value) : undefined;
    if (known === undefined || colour === undefined) return undefined;
    const [property, role] = known;
    return {
      declaration: { ...hint(property, rgb(colour)), isKept: true },
      written: `${property}:${this.#recolour?.(colour, role) ?? rgb(colour)}`,
    };
  }

  /** Many elements of a mail say the same of how they look, letter by letter. */
  #ownStyle(node: Element): WrittenStyle {
    const saying = node.tagName === "img" ? SAY_LOOKS_OF_PICTURE : SAY_LOOKS;
    let key = node.tagName === "a" && hrefOf(node) === undefined ? "span" : node.tagName;
    for (const { name, value } of node.attrs) {
      if (saying.has(name)) key += ` ${name}=${value.length}:${value}`;
    }
    const own = this.#ownStyles.get(key) ?? this.#readOwnStyle(node);
    this.#ownStyles.set(key, own);
    return own;
  }

  #readOwnStyle(node: Element): WrittenStyle {
    const { look, written } = this.#style(attributeOf(node, "style"));
    const colours = node.attrs.flatMap(({ name, value }) => this.#colourAttribute(node, name, value) ?? []);
    const isMarkedHidden = attributeOf(node, "hidden") !== undefined;
    return {
      hints: node.tagName === "img" ? sizeHints(node) : hintsOfTag(node),
      inlined: colours.map(({ declaration }) => declaration),
      inline: isMarkedHidden ? [...look, MARKED_HIDDEN] : look,
      written: [...colours.map((colour) => colour.written), ...written],
      isMarkedHidden,
    };
  }

  #style(style: string | undefined): Style {
    if (style === undefined || style.length > STYLE_ATTRIBUTE_OCTETS_MAX) return NO_STYLE;
    const known = this.#styles.get(style);
    if (known !== undefined) return known;
    const declarations = readDeclarations(style);
    const read = { look: lookOf(declarations), written: safeDeclarations(declarations, this.#recolour) };
    this.#styles.set(style, read);
    return read;
  }

  #addImage(node: Element, { sights: parents, to }: Place): void {
    const source = imageSource(attributeOf(node, "src"));
    const { element, sights, looks } = this.#element(node, "img", parents);
    const isUnseenAt = (at: number): boolean => isUnseenPicture(sights[at] ?? PLAIN_SIGHT, looks[at] ?? new Map());
    const mayBeUnseen = this.#cascade.mayHideMore || this.#cascade.isCut;
    const isSeen = !mayBeUnseen && !this.#views.ours.some(isUnseenAt);
    const isUnseen = this.#views.sentMayShow.every(isUnseenAt) || this.#views.mayShow.every(isUnseenAt);
    const hasSize = looks.some((look) => look.has("width") || look.has("height"));
    const image = source.kind === "remote" ? { url: source.url, hasSize, isUnseen } : undefined;
    if (image !== undefined) {
      if (++this.#remote > REMOTE_IMAGES_MAX) return;
      this.#images.push({ element, isSeen, source: { kind: "remote", image } });
    } else if (source.kind === "inline" || source.kind === "data") this.#images.push({ element, isSeen, source });
    const words = element.attributes.find(([name]) => name === "alt")?.[1].trim() ?? "";
    if (!this.#isPage) {
      // In an answer a picture is what it says it shows, where one is seen and so would be its words.
      const isQuote = this.#options.purpose === "quote";
      if (words === "" || this.#isDecided(isUnseenAt) || (isQuote && this.#isUnseen(sights))) return;
      to.push(`[${words}]`);
      if (image !== undefined) this.#saidOf.push({ image, at: to.length - 1, in: to });
    } else if (source.kind !== "none" || words !== "") to.push(element);
  }
}

const MARKED_HIDDEN: LookDeclaration = { property: "display", value: "none", isImportant: true, isKept: true };

function hint(property: string, value: string): Omit<LookDeclaration, "isKept"> {
  return { property, value, isImportant: false };
}

function hrefOf(node: Element): string | undefined {
  return safeHref((attributeOf(node, "href") ?? "").replace(/[\t\n\r]/g, "").trim());
}

/** What our page says of links, and a browser of some elements, as far as it decides whether they are seen. HTML, §15.3. */
const HINTS_OF_TAGS: ReadonlyMap<string, readonly LookDeclaration[]> = new Map(
  Object.entries({
    a: [hint("color", ON_LIGHT.link)],
    mark: [hint("color", "#000"), hint("background-color", "#ff0")],
    rp: [hint("display", "none")],
  }).map(([tag, hints]) => [tag, hints.map((one) => ({ ...one, isKept: true }))]),
);

function hintsOfTag(node: Element): readonly LookDeclaration[] {
  const isLink = node.tagName !== "a" || hrefOf(node) !== undefined;
  return isLink ? (HINTS_OF_TAGS.get(node.tagName) ?? []) : [];
}

/** What stands in our page for an element of no kept kind. */
function standInFor(tag: string): string {
  return /^(?:dialog|dir|fieldset|form|hgroup|legend|menu|search)$/.test(tag) ? "div" : "span";
}

/** The size a picture has by its attributes, as a browser reads them. */
function sizeHints(node: Element): readonly LookDeclaration[] {
  return ["width", "height"].flatMap((name) => {
    const written = attributeOf(node, name) ?? "";
    const [, number, unit = ""] = /^\s*((?:\d*\.)?\d+)(%?)/.exec(written) ?? [];
    if (number === undefined) return [];
    return { ...hint(name, `${number}${unit || "px"}`), isKept: attributeValue("img", name, written) !== undefined };
  });
}

/** Of a picture whose attributes say how wide and how high it is: made narrower it stays a line, or what it is. */
function ratioOf(attributes: SafeElement["attributes"]): readonly string[] {
  const [width, height] = ["width", "height"].map((name) => {
    const value = attributes.find(([other]) => other === name)?.[1] ?? "";
    return /^\d+(?:\.\d+)?(?:px)?$/.test(value) ? Number.parseFloat(value) : 0;
  });
  return width && height ? [`aspect-ratio:${width}/${height}`] : [];
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
  addStyleTexts(document.childNodes, texts);
  return texts;
}

// As deep as the tree is, which is bounded.
function addStyleTexts(nodes: readonly ChildNode[], texts: string[]): void {
  for (const node of nodes) {
    if (!isElement(node) || node.namespaceURI !== syntax.NS.HTML) continue;
    if (node.tagName === "style") {
      const text = node.childNodes.map((child) => ("value" in child ? child.value : "")).join("");
      const media = attributeOf(node, "media") ?? "";
      texts.push(/^\s*(?:(?:all|screen)\s*)?$|[{};]/i.test(media) ? text : `@media ${media}{${text}}`);
    } else addStyleTexts(node.childNodes, texts);
  }
}

function rgb({ red, green, blue, alpha }: Colour): string {
  const channels = [red, green, blue].map((channel) => Math.round(channel * 255)).join(",");
  return alpha < 1 ? `rgba(${channels},${String(alpha)})` : `rgb(${channels})`;
}
