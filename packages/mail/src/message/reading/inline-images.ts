import type { MimePart } from "../mime/mime-part.ts";
import { isRasterImage, kindOf } from "../parts/magic.ts";

/** A part that an HTML body may show as a picture. */
export interface InlineImagePart {
  readonly place: string;
  readonly content: Uint8Array;
}

/** The pictures of one message that its HTML bodies ask for, decoded when they are, and once. */
export class InlineImages {
  readonly #named = new Map<string, MimePart[]>();
  /** Undefined for what turned out to be no picture: it is not decoded again for the next body. */
  readonly #decoded = new Map<MimePart, Uint8Array<ArrayBuffer> | undefined>();

  constructor(root: MimePart) {
    const open = [root];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      open.push(...part.children.toReversed());
      if (part.contentId === undefined || part.children.length > 0) continue;
      const named = this.#named.get(part.contentId);
      if (named === undefined) this.#named.set(part.contentId, [part]);
      else named.push(part);
    }
  }

  /** Raster images by these Content-IDs, or by all. Of two with one id the first counts. */
  async named(contentIds: Iterable<string> = this.#named.keys()): Promise<ReadonlyMap<string, InlineImagePart>> {
    const images = new Map<string, InlineImagePart>();
    for (const contentId of contentIds) {
      for (const part of this.#named.get(contentId) ?? []) {
        const content = await this.#pictureIn(part);
        if (content === undefined) continue;
        images.set(contentId, { place: part.place, content });
        break;
      }
    }
    return images;
  }

  async #pictureIn(part: MimePart): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#decoded.has(part)) return this.#decoded.get(part);
    const content = await part.content();
    const picture = isRasterImage(kindOf(content)) ? content : undefined;
    this.#decoded.set(part, picture);
    return picture;
  }

  /** The octets of `part`, if it is a picture that was asked for. */
  decoded(part: MimePart): Uint8Array<ArrayBuffer> | undefined {
    return this.#decoded.get(part);
  }
}
