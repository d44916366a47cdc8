import type { PartContent } from "../contract.ts";
import type { MimePart } from "../mime/mime-part.ts";
import { describePart } from "../parts/message-part.ts";
import { foundPart, openWhole, plainText } from "./open-message.ts";

/** The decoded octets of one part, by its place in the message; undefined when there is none. */
export async function partContent(octets: Uint8Array, place: string): Promise<PartContent | undefined> {
  const { root } = await openWhole(octets);
  const part = partAt(root, place);
  if (part !== undefined) {
    const found = await foundPart(part);
    return { part: describePart(found, false), content: found.content };
  }
  // A file that stood inside a text is numbered below it.
  const text = partAt(root, place.slice(0, Math.max(0, place.lastIndexOf("."))));
  if (text === undefined || !text.mediaType.startsWith("text/")) return undefined;
  const file = (await plainText(text)).files.find((found) => found.place === place);
  return file && { part: describePart(file, false), content: file.content };
}

/** The part at a place, which holds octets and no parts of its own. */
export function partAt(root: MimePart, place: string): MimePart | undefined {
  if (root.place === place) return root.children.length === 0 ? root : undefined;
  let part: MimePart | undefined = root;
  for (const number of place.split(".")) part = part?.children[Number(number) - 1];
  return part?.place === place && part.children.length === 0 ? part : undefined;
}
