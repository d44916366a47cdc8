// What a rebuilt page may be made of, written down here once more by hand: a page is held against this, not against the
// tables it was made from.
import assert from "node:assert/strict";
import { parse, serialize } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.ChildNode;

const OURS = new Set(["html", "head", "meta", "style", "body", "details", "summary"]);
const THEIRS = new Set(
  (
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em " +
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp section " +
    "small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "align alt border cellpadding cellspacing class clear colspan color datetime dir face height href hspace lang noshade nowrap open " +
    "rel reversed rowspan scope size span src start style target title type valign value vspace width hidden"
  ).split(" "),
);
const LINK = /^(?:https?:\/\/[^/]|mailto:|tel:)/;
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]+=*$/;

export interface Page {
  readonly html: string;
  readonly elements: readonly Element[];
}

/** Every element, attribute and style of `html` is one that is allowed. `proxied` begins the source of a remote picture. */
export function assertGrammar(html: string, proxied?: string): Page {
  const elements = elementsOf(parse(html).childNodes);
  for (const element of elements) {
    assert.ok(OURS.has(element.tagName) || THEIRS.has(element.tagName), `<${element.tagName}>`);
    assert.equal(element.namespaceURI, "http://www.w3.org/1999/xhtml");
    if (element.tagName === "meta") continue;
    for (const { name, value } of element.attrs) {
      assert.ok(ATTRIBUTES.has(name), `${element.tagName} ${name}`);
      if (name === "style") assertStyle(value);
      if (name === "class")
        for (const word of value.split(" ")) assert.ok(word.startsWith("m-") || isFold(element), word);
      if (name === "src") assertPicture(element, value, proxied);
      if (name === "href") assertLink(element, value);
    }
    if (element.tagName === "style") assertStyle(textOf(element), true);
  }
  // Parsed, written and parsed again it stays what it is.
  const once = serialize(parse(html));
  assert.equal(serialize(parse(once)), once);
  return { html, elements };
}

function isFold(element: Element): boolean {
  return (
    element.tagName === "details" && element.attrs.some(({ name, value }) => name === "class" && value === "quote")
  );
}

function assertPicture(element: Element, value: string, proxied: string | undefined): void {
  assert.equal(element.tagName, "img");
  assert.ok((proxied !== undefined && value.startsWith(proxied)) || PICTURE.test(value), value.slice(0, 100));
}

function assertLink(element: Element, value: string): void {
  assert.equal(element.tagName, "a");
  assert.match(value, LINK);
  const attribute = (wanted: string): string | undefined => element.attrs.find(({ name }) => name === wanted)?.value;
  assert.equal(attribute("target"), "_blank");
  assert.equal(attribute("rel"), "noopener noreferrer nofollow");
}

const LOADS =
  /url\(|src\(|image|@import|@font-face|expression|behavio|binding|element\(|attr\(|var\(|env\(|paint\(|content:|[{;]--/i;
const MOVES = /position|z-index|transform|animation|filter|[{;]\s*(?:top|left|right|bottom):|v[wh]\b/i;

function assertStyle(css: string, isSheet = false): void {
  assert.doesNotMatch(css, /[\\<]|\/\*/, css.slice(0, 200));
  assert.doesNotMatch(css, LOADS);
  assert.doesNotMatch(css, MOVES);
  if (isSheet) assert.doesNotMatch(css, /@(?!media )/);
  else assert.doesNotMatch(css, /[{}@]/);
}

export function elementsOf(nodes: readonly Node[]): readonly Element[] {
  const found: Element[] = [];
  const open = [...nodes].toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!("tagName" in node)) continue;
    found.push(node);
    open.push(...node.childNodes.toReversed());
  }
  return found;
}

/** The text directly in an element. */
export function textOf(element: Element): string {
  return element.childNodes.map((child) => ("value" in child ? child.value : "")).join("");
}
