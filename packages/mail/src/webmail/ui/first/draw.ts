// Makes elements of what components of once.ts gave back, with the attributes React would give them: React takes them over.
import { type ClassType, Component, Context, type Element as OnceElement, type Render } from "./once.ts";

const SVG = "http://www.w3.org/2000/svg";
/** Attributes that are written out when they are false. */
const SAYS_FALSE = /^(?:aria-.*|data-.*|spellCheck|draggable)$/;
/** As React calls them, and as they are called. */
const RENAMED: Readonly<Record<string, string>> = { className: "class", htmlFor: "for", viewBox: "viewBox" };
/** Of React's own, or of what happens later. */
const IS_NO_ATTRIBUTE = /^(?:children|key|ref|autoFocus|on[A-Z].*)$/;

export function draw(node: unknown, into: Element): void {
  if (Array.isArray(node)) for (const one of node) draw(one, into);
  else if (typeof node === "string" || typeof node === "number") {
    if (node !== "") into.append(String(node));
  } else if (typeof node === "object" && node !== null) drawElement(node as OnceElement, into);
}

function drawElement({ type, props }: OnceElement, into: Element): void {
  const { children } = props;
  if (typeof type === "string") {
    const element =
      type === "svg" || into.namespaceURI === SVG
        ? into.ownerDocument.createElementNS(SVG, type)
        : into.ownerDocument.createElement(type);
    for (const [name, value] of Object.entries(props)) setAttribute(element, name, value);
    draw(children, element);
    into.append(element);
  } else if (type instanceof Context) {
    const outside = type.value;
    type.value = props["value"];
    draw(children, into);
    type.value = outside;
  } else if (isClass(type)) {
    const instance = new type(props);
    instance.context = type.contextType?.value;
    draw(instance.render(), into);
  } else draw(type(props), into);
}

function isClass(type: Render | ClassType): type is ClassType {
  return type.prototype instanceof Component;
}

function setAttribute(element: Element, name: string, value: unknown): void {
  if (IS_NO_ATTRIBUTE.test(name)) return;
  const attribute = RENAMED[name] ?? (element.namespaceURI === SVG ? kebab(name) : name);
  if (typeof value === "string" || typeof value === "number") element.setAttribute(attribute, `${value}`);
  else if (typeof value === "boolean") {
    if (SAYS_FALSE.test(name)) element.setAttribute(attribute, `${value}`);
    else if (value) element.setAttribute(attribute, "");
  } else if (name === "style" && typeof value === "object" && value !== null) setStyle(element as HTMLElement, value);
}

/** Not as text: the policy of the page allows no style that is written in an attribute. */
function setStyle({ style }: HTMLElement, properties: object): void {
  for (const [name, value] of Object.entries(properties))
    style.setProperty(kebab(name), typeof value === "number" ? `${value}px` : String(value));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
