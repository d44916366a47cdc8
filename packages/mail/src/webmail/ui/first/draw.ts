// Makes elements of what components of once.ts gave back, with the attributes React would give them: React takes them over.
import { type ClassType, Component, Context, type Element as OnceElement, type Render } from "./once.ts";

const SVG = "http://www.w3.org/2000/svg";
/** Attributes that are written out when they are false. */
const SAYS_FALSE = /^(?:aria-.*|data-.*|spellCheck|draggable)$/;
/** As React calls them, and as they are called. */
const RENAMED: Readonly<Record<string, string>> = {
  className: "class",
  htmlFor: "for",
  defaultValue: "value",
  viewBox: "viewBox",
};
/** Of React's own, or of what happens later. */
const IS_NO_ATTRIBUTE = /^(?:children|key|ref|autoFocus|on[A-Z].*)$/;

export function draw(node: unknown, into: Element): void {
  if (Array.isArray(node)) for (const one of node) draw(one, into);
  else if (typeof node === "string" || typeof node === "number") {
    if (node !== "") into.appendChild(into.ownerDocument.createTextNode(String(node)));
  } else if (typeof node === "object" && node !== null) drawElement(node as OnceElement, into);
}

/** What a component gave back that stands in several places, such as the star of each row: it is made once. */
const made = new WeakMap<OnceElement, Element>();

function drawElement(one: OnceElement, into: Element): void {
  const { type, props } = one;
  const { children } = props;
  if (typeof type === "string") {
    const isSvg = type === "svg" || into.namespaceURI === SVG;
    const element = isSvg ? into.ownerDocument.createElementNS(SVG, type) : into.ownerDocument.createElement(type);
    for (const name of Object.keys(props)) setAttribute(element, { name, value: props[name], isSvg });
    draw(children, element);
    into.appendChild(element);
  } else if (type instanceof Context) {
    const outside = type.value;
    type.value = props["value"];
    draw(children, into);
    type.value = outside;
  } else if (isClass(type)) {
    const instance = new type(props);
    instance.context = type.contextType?.value;
    draw(instance.render(), into);
  } else {
    const same = made.get(one);
    if (same !== undefined) {
      into.appendChild(same.cloneNode(true));
      return;
    }
    const before = into.lastChild;
    draw(type(props), into);
    const after = into.lastElementChild;
    if (after !== null && after === into.lastChild && after.previousSibling === before) made.set(one, after);
  }
}

function isClass(type: Render | ClassType): type is ClassType {
  return type.prototype instanceof Component;
}

interface Attribute {
  readonly name: string;
  readonly value: unknown;
  readonly isSvg: boolean;
}

function setAttribute(element: Element, { name, value, isSvg }: Attribute): void {
  const attribute = attributeOf(name, isSvg);
  if (attribute === undefined) return;
  if (typeof value === "string" || typeof value === "number") element.setAttribute(attribute, `${value}`);
  else if (typeof value === "boolean") {
    if (SAYS_FALSE.test(name)) element.setAttribute(attribute, `${value}`);
    else if (value) element.setAttribute(attribute, "");
  } else if (name === "style" && typeof value === "object" && value !== null) setStyle(element as HTMLElement, value);
}

/** The same few names come hundreds of times. */
const known = { html: new Map<string, string | undefined>(), svg: new Map<string, string | undefined>() };

/** Undefined for what is none. */
function attributeOf(name: string, isSvg: boolean): string | undefined {
  const names = isSvg ? known.svg : known.html;
  if (names.has(name)) return names.get(name);
  const attribute = IS_NO_ATTRIBUTE.test(name) ? undefined : (RENAMED[name] ?? (isSvg ? kebab(name) : name));
  names.set(name, attribute);
  return attribute;
}

/** Not as text: the policy of the page allows no style that is written in an attribute. */
function setStyle({ style }: HTMLElement, properties: object): void {
  for (const [name, value] of Object.entries(properties))
    style.setProperty(kebab(name), typeof value === "number" ? `${value}px` : String(value));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
