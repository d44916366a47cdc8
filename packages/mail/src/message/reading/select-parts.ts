// Which parts of a message are shown, in what order, and which are listed as attachments.
import { BODIES_MAX } from "../limits.ts";
import { isMultipart } from "../mime/mime-part.ts";
import type { MimePart } from "../mime/mime-part.ts";

/** A part shown as a body. */
export type ShownPart =
  | { readonly kind: "text" | "enriched" | "image" | "calendar" | "report"; readonly part: MimePart }
  | {
      readonly kind: "html";
      readonly part: MimePart;
      /** The same in plain text, by the sender. */
      readonly plain: MimePart | undefined;
    }
  | { readonly kind: "encrypted"; readonly part: MimePart; readonly with: "pgp" | "smime" };

export interface Selection {
  readonly shown: ShownPart[];
  readonly listed: MimePart[];
  /** Listed, but no attachment in the eyes of a person. */
  readonly technical: Set<MimePart>;
  signed: "pgp" | "smime" | undefined;
}

type Walk = (part: MimePart, selection: Selection) => void;

export function selectParts(root: MimePart): Selection {
  const selection = noParts();
  walk(root, selection, true);
  if (selection.shown.length === 0) readFirst(root, selection);
  for (const { part } of selection.shown.splice(BODIES_MAX))
    if (!selection.listed.includes(part)) selection.listed.push(part);
  return selection;
}

/** Where nothing is a body, a text that all begins with is read, whatever it is called; beside others it is a file too. */
function readFirst(root: MimePart, selection: Selection): void {
  const [first] = selection.listed;
  if (first === undefined || (first !== root && first.disposition === "attachment")) return;
  if (!/^text\/(?!calendar$)/.test(first.mediaType)) return;
  if (first === root) selection.listed.shift();
  selection.shown.push(first.mediaType === "text/html" ? htmlBody(first) : { kind: "text", part: first });
}

function htmlBody(part: MimePart): ShownPart {
  return { kind: "html", part, plain: undefined };
}

export function noParts(): Selection {
  return { shown: [], listed: [], technical: new Set(), signed: undefined };
}

// RFC 2046 §5.1.3: a multipart of a kind nobody knows is mixed.
const MULTIPARTS = new Map<string, Walk>([
  ["multipart/alternative", walkAlternative],
  ["multipart/related", walkRelated],
  ["multipart/signed", walkSigned],
  ["multipart/encrypted", walkEncrypted],
  ["multipart/report", walkReport],
]);

/** `isBody`: it stands where a body does. */
function walk(part: MimePart, selection: Selection, isBody = false): void {
  if (!isMultipart(part)) return walkLeaf(part, selection, isBody);
  const multipart = MULTIPARTS.get(part.mediaType);
  if (multipart !== undefined) return multipart(part, selection);
  for (const child of part.children) walk(child, selection);
}

const LEAVES = new Map<string, Walk>([
  ["text/plain", (part, { shown }) => void shown.push({ kind: "text", part })],
  ["text/html", (part, { shown }) => void shown.push(htmlBody(part))],
  ["text/enriched", (part, { shown }) => void shown.push({ kind: "enriched", part })],
  ["text/richtext", (part, { shown }) => void shown.push({ kind: "enriched", part })],
  ["text/markdown", (part, { shown }) => void shown.push({ kind: "text", part })],
  [
    "text/calendar",
    (part, { shown, listed, technical }) => {
      shown.push({ kind: "calendar", part });
      listed.push(part);
      technical.add(part);
    },
  ],
  ["message/delivery-status", (part, { shown }) => void shown.push({ kind: "report", part })],
  ["message/global-delivery-status", (part, { shown }) => void shown.push({ kind: "report", part })],
  ["message/disposition-notification", (part, { shown }) => void shown.push({ kind: "report", part })],
  ["message/global-disposition-notification", (part, { shown }) => void shown.push({ kind: "report", part })],
  ["application/pkcs7-mime", walkSmime],
  ["application/x-pkcs7-mime", walkSmime],
]);

function walkLeaf(part: MimePart, selection: Selection, isBody: boolean): void {
  const leaf = isFile(part, isBody) ? undefined : LEAVES.get(part.mediaType);
  if (leaf !== undefined) return leaf(part, selection);
  if (isPicture(part, isBody)) selection.shown.push({ kind: "image", part });
  selection.listed.push(part);
}

/** Beside other parts a picture is shown where it is said to be; one that stands where a body does is the message. */
function isPicture({ mediaType, disposition }: MimePart, isBody: boolean): boolean {
  if (!mediaType.startsWith("image/") || mediaType === "image/svg+xml") return false;
  return disposition === "inline" || (isBody && disposition !== "attachment");
}

/** What is to be saved is saved, and so is text with a name of its own; of a body the name says nothing. */
function isFile(part: MimePart, isBody: boolean): boolean {
  const isNamedText =
    part.fileName !== undefined && part.mediaType.startsWith("text/") && part.mediaType !== "text/calendar";
  return part.disposition === "attachment" || (isNamedText && !isBody);
}

/** The parts of a multipart that stand where a body does. */
function bodiesIn(part: MimePart): readonly (MimePart | undefined)[] {
  switch (part.mediaType) {
    case "multipart/alternative":
      return part.children;
    case "multipart/related":
      return [rootOf(part)];
    case "multipart/signed":
      return part.children.slice(0, 1);
    default:
      return [];
  }
}

/** How much of the message a part of an alternative shows; 0 is nothing a reader shows. */
function richness(part: MimePart, isBody = false): number {
  if (isMultipart(part)) {
    const bodies = new Set(bodiesIn(part));
    return Math.max(0, ...part.children.map((child) => richness(child, bodies.has(child))));
  }
  if (isFile(part, isBody)) return 0;
  if (part.mediaType === "text/html") return 3;
  if (part.mediaType === "text/plain") return 2;
  return part.mediaType === "text/enriched" || part.mediaType === "text/richtext" ? 1 : 0;
}

// RFC 2046 §5.1.4: the last part that can be shown is the best one. What else an alternative holds is not lost: the
// invitation beside the text is shown too, other files are listed. AMP is a program and is left out.
function walkAlternative(part: MimePart, selection: Selection): void {
  const best = Math.max(0, ...part.children.map((child) => richness(child, true)));
  const equals = best === 0 ? [] : part.children.filter((child) => richness(child, true) === best);
  // Of equals one with a name is rather a file.
  const chosen = equals.findLast(({ fileName }) => fileName === undefined) ?? equals.at(-1);
  const plain = part.children.find(
    (child) => child !== chosen && child.mediaType === "text/plain" && child.disposition !== "attachment",
  );
  for (const child of part.children) {
    if (child === chosen) {
      const before = selection.shown.length;
      walk(child, selection, true);
      const added = selection.shown.slice(before);
      const [html] = added;
      // The sender's text stands for the HTML only when both are one body.
      if (html?.kind === "html" && added.filter(({ kind }) => kind === "html" || kind === "text").length === 1) {
        selection.shown[before] = { ...html, plain };
      }
    } else if (child !== plain) walkPassedOver(child, selection);
  }
}

/** Files in what was not chosen are files all the same. */
function walkPassedOver(part: MimePart, selection: Selection): void {
  if (richness(part) === 0) {
    if (part.mediaType !== "text/x-amp-html") walk(part, selection);
  } else if (isMultipart(part)) for (const child of part.children) walkPassedOver(child, selection);
}

// RFC 2387 §3.2: the root is the first part unless `start` names another.
function rootOf(part: MimePart): MimePart | undefined {
  const start = part.parameters.get("start")?.replace(/[<>\s]/g, "");
  return part.children.find((child) => start !== undefined && child.contentId === start) ?? part.children[0];
}

function walkRelated(part: MimePart, selection: Selection): void {
  const root = rootOf(part);
  for (const child of part.children) {
    if (child === root) walk(child, selection, true);
    else if (child.mediaType.startsWith("image/")) selection.listed.push(child);
    else walk(child, selection);
  }
}

// RFC 1847 §2.1: what was signed, then the signature.
function walkSigned(part: MimePart, selection: Selection): void {
  const [content, ...signatures] = part.children;
  if (content !== undefined) walk(content, selection, true);
  for (const signature of signatures) {
    selection.listed.push(signature);
    selection.technical.add(signature);
    if (/^application\/pgp-signature$/.test(signature.mediaType)) selection.signed ??= "pgp";
    if (/^application\/(?:x-)?pkcs7-signature$/.test(signature.mediaType)) selection.signed ??= "smime";
  }
}

// RFC 1847 §2.2: what is needed to decrypt, then what was encrypted.
function walkEncrypted(part: MimePart, selection: Selection): void {
  const isPgp = !/pkcs7/i.test(part.parameters.get("protocol") ?? "pgp");
  const payload = part.children[1] ?? part.children[0];
  if (payload === undefined) return;
  selection.shown.push({ kind: "encrypted", part: payload, with: isPgp ? "pgp" : "smime" });
  selection.listed.push(payload, ...part.children.slice(2));
}

// RFC 8551 §3.2: the type of the content stands in a parameter.
function walkSmime(part: MimePart, selection: Selection): void {
  const type = part.parameters.get("smime-type")?.toLowerCase() ?? "";
  if (type === "signed-data") selection.signed ??= "smime";
  else if (type !== "certs-only") selection.shown.push({ kind: "encrypted", part, with: "smime" });
  selection.listed.push(part);
}

// RFC 6522: words for a person, fields for a program, then what was reported on.
function walkReport(part: MimePart, selection: Selection): void {
  for (const child of part.children) {
    if (child.mediaType === "text/rfc822-headers" || child.mediaType.startsWith("message/rfc822"))
      selection.listed.push(child);
    else walk(child, selection);
  }
}
