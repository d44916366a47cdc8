// A message as a tree of parts. The splitter of mailparser finds the parts; this file bounds what it is given, numbers
// what it finds, and keeps what was found when it gives up.
import { finished } from "node:stream/promises";
import mailsplit from "@zone-eu/mailsplit";
import type { MimeNode, SplitterChunk } from "@zone-eu/mailsplit";
import libmime from "libmime";
import type { ReadingProblem } from "../contract.ts";
import { NESTING_MAX, PARTS_MAX } from "../limits.ts";
import { boundHeader } from "./bound-header.ts";
import { decodeWords, Header } from "./header.ts";
import type { MimePart } from "./mime-part.ts";

export interface MimeTree {
  readonly root: MimePart;
  readonly problems: readonly ReadingProblem[];
}

/** A node while the splitter still adds to it. */
interface Draft {
  readonly node: MimeNode;
  readonly depth: number;
  readonly children: Draft[];
  readonly encoded: Uint8Array[];
  holdsDeeper: boolean;
}

/** Reads the tree of `octets`. Never fails: what cannot be told apart stays together. */
export async function readTree(octets: Uint8Array): Promise<MimeTree> {
  const bounded = boundHeader(octets);
  const problems: ReadingProblem[] = [];
  if (bounded.isCut) problems.push("header-cut");
  const drafts = new Map<MimeNode, Draft>();
  try {
    for await (const chunk of split(bounded.octets)) add(drafts, chunk);
  } catch {
    problems.push("parts-cut");
  }
  const root = drafts.values().next().value;
  if ([...drafts.values()].some((draft) => draft.holdsDeeper)) problems.push("nesting-cut");
  return { root: finish(root ?? newDraft(new mailsplit.MimeNode(), 0), ""), problems };
}

function split(octets: Buffer): AsyncIterable<SplitterChunk> {
  // What is attached as a message stays one part: it is opened as a message of its own.
  const splitter = new mailsplit.Splitter({ ignoreEmbedded: true, maxChildNodes: PARTS_MAX, maxHeadSize: 2 ** 23 });
  splitter.end(octets);
  return splitter as unknown as AsyncIterable<SplitterChunk>;
}

function add(drafts: Map<MimeNode, Draft>, chunk: SplitterChunk): void {
  if (chunk.type !== "node") {
    drafts.get(chunk.node)?.encoded.push(chunk.value);
    return;
  }
  const parent = chunk.parentNode === false ? undefined : drafts.get(chunk.parentNode);
  if (parent !== undefined && parent.depth >= NESTING_MAX) {
    parent.holdsDeeper = true;
    parent.encoded.push(chunk.getHeaders());
    drafts.set(chunk, parent);
    return;
  }
  const draft = newDraft(chunk, parent === undefined ? 0 : parent.depth + 1);
  parent?.children.push(draft);
  drafts.set(chunk, draft);
}

function newDraft(node: MimeNode, depth: number): Draft {
  return { node, depth, children: [], encoded: [], holdsDeeper: false };
}

function finish(draft: Draft, place: string, parentType = ""): MimePart {
  const { node } = draft;
  const header = new Header(node.headers === false ? [] : node.headers.getList());
  const type = libmime.parseHeaderValue(header.raw("content-type"), { stripComments: true });
  const disposition = libmime.parseHeaderValue(header.raw("content-disposition"), { stripComments: true });
  const mediaType = mediaTypeOf(draft, { declared: type.value, parentType });
  const isLeaf = draft.children.length === 0;
  return {
    place: place === "" && isLeaf ? "1" : place,
    header,
    mediaType,
    parameters: new Map(Object.entries(type.params)),
    disposition: disposition.value.trim().toLowerCase(),
    fileName: nameIn(disposition, "filename") ?? nameIn(type, "name"),
    contentId: /^<?([^<>]{1,998})>?$/.exec(header.raw("content-id"))?.[1]?.trim(),
    children: draft.children.map((child, at) =>
      finish(child, place === "" ? String(at + 1) : `${place}.${String(at + 1)}`, mediaType),
    ),
    content: () => decoded(draft),
  };
}

function mediaTypeOf(draft: Draft, o: { readonly declared: string; readonly parentType: string }): string {
  const declared = o.declared.trim().toLowerCase();
  if (draft.holdsDeeper) return "application/octet-stream";
  // RFC 2046 §5.1.5: parts of a digest are messages when they do not say.
  if (declared === "") return o.parentType === "multipart/digest" ? "message/rfc822" : "text/plain";
  // Nothing could be told apart in it: what there is, is text.
  if (declared.startsWith("multipart/") && draft.children.length === 0) return "text/plain";
  // RFC 2045 §5.2: what cannot be understood is plain text, unless it was to be saved anyway.
  if (!/^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/.test(declared)) return "application/octet-stream";
  return declared;
}

type HeaderValue = ReturnType<typeof libmime.parseHeaderValue> & { readonly decodedParams?: readonly string[] };

// RFC 2231 parameters come decoded; many programs put RFC 2047 words there instead.
function nameIn(value: HeaderValue, parameter: string): string | undefined {
  const name = Object.hasOwn(value.params, parameter) ? value.params[parameter] : undefined;
  if (name === undefined || name === "") return undefined;
  return value.decodedParams?.includes(parameter) === true ? name : decodeWords(name);
}

/** A decoder makes texts as long as what it is given, and octets: of a large part they would be several times its size. */
const DECODED_AT_ONCE = 65_536;

async function decoded(draft: Draft): Promise<Buffer<ArrayBuffer>> {
  const encoded = Buffer.concat(draft.encoded);
  const encoding = draft.node.encoding;
  if (draft.holdsDeeper || (encoding !== "base64" && encoding !== "quoted-printable")) return encoded;
  const decoder = draft.node.getDecoder();
  const octets: Buffer[] = [];
  decoder.on("data", (chunk: Buffer) => octets.push(chunk));
  for (let at = 0; at < encoded.length; at += DECODED_AT_ONCE)
    decoder.write(encoded.subarray(at, at + DECODED_AT_ONCE));
  decoder.end();
  await finished(decoder);
  return Buffer.concat(octets);
}
