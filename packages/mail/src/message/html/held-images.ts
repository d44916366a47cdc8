// The pictures a mail holds itself, and which of them its page has room for. Whoever draws them and whoever lists what is
// not drawn both ask here: a picture that neither did would be lost.
import { IMAGE_PIXELS_MAX, INLINE_IMAGE_OCTETS_MAX } from "../limits.ts";
import { isDrawable } from "../parts/declared-pixels.ts";
import type { PendingImage } from "./rebuild.ts";

/** The octets of an image of the same message, by its Content-ID. */
export type InlineImage = (contentId: string) => Uint8Array | undefined;

/** The octets of each image that gets them, in the order of the page; those elsewhere are not among them. */
export function heldImages(
  images: readonly PendingImage[],
  inlineImage: InlineImage,
): ReadonlyMap<PendingImage, Uint8Array> {
  const held = new Map<PendingImage, Uint8Array>();
  let room = INLINE_IMAGE_OCTETS_MAX;
  for (const image of images) {
    const octets = octetsOf(image.source, inlineImage);
    // Counted for each place it is shown: a page may show one picture a thousand times.
    if (octets === undefined || octets.byteLength > room || !isDrawable(octets, IMAGE_PIXELS_MAX)) continue;
    room -= octets.byteLength;
    held.set(image, octets);
  }
  return held;
}

function octetsOf(source: PendingImage["source"], inlineImage: InlineImage): Uint8Array | undefined {
  switch (source.kind) {
    case "inline":
      return inlineImage(source.contentId);
    case "data":
      return source.octets;
    case "remote":
      return undefined;
  }
}
