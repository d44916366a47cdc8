// The bodies of a message, each read as what it is and none joined to another.
import type { MessageBody, TextBlock } from "../contract.ts";
import { deliveryReport } from "../cards/delivery-report.ts";
import { examineHtml } from "../html/examine-html.ts";
import { saysMore } from "../html/says-more.ts";
import { HTML_OCTETS_MAX, IMAGE_PIXELS_MAX } from "../limits.ts";
import { decodeHtml, firstOf } from "../mime/charset.ts";
import type { MimePart } from "../mime/mime-part.ts";
import { isDrawable } from "../parts/declared-pixels.ts";
import type { FoundPart } from "../parts/message-part.ts";
import { textBlocks } from "../text/text-blocks.ts";
import type { InlineImages } from "./inline-images.ts";
import { plainText } from "./open-message.ts";
import type { ShownPart } from "./select-parts.ts";

export interface ReadBody {
  /** Undefined when the part turned out to hold nothing that can be shown, and where only its text was asked for. */
  readonly body: MessageBody | undefined;
  /** What a person reads of it, for previews and for search. */
  readonly text: readonly TextBlock[];
  /** What the sender wrote in plain text beside that, where it is not what is read. */
  readonly plain: readonly TextBlock[];
  /** Files found inside it. */
  readonly files: readonly FoundPart[];
  /** Places of the parts whose pictures are certainly seen in it. */
  readonly drawn: ReadonlySet<string>;
}

const NOTHING_DRAWN: ReadonlySet<string> = new Set();

/** What lists and search need of a body; `mayRefer`: it could show a part that is listed. */
export async function readBodyText(shown: ShownPart, images: InlineImages, mayRefer: boolean): Promise<ReadBody> {
  return shown.kind === "html" ? readHtml(shown, images, { isTextOnly: !mayRefer }) : readBody(shown, images);
}

export async function readBody(shown: ShownPart, images: InlineImages): Promise<ReadBody> {
  const { part } = shown;
  switch (shown.kind) {
    case "text":
    case "enriched": {
      const { files, text, ...flow } = await plainText(part);
      const { blocks, isCut } = textBlocks(text, flow);
      const body = { kind: "text", part: part.place, blocks, isCut } as const;
      return { ...only(body), text: blocks, files };
    }
    case "html":
      return readHtml(shown, images, { isTextOnly: false });
    case "image":
      return only(isDrawable(await part.content(), IMAGE_PIXELS_MAX) ? { kind: "image", part: part.place } : undefined);
    case "calendar": {
      // Few mails bring a calendar: what reads one is loaded with the first.
      const { calendarEvent } = await import("../cards/calendar-event.ts");
      const event = calendarEvent(await part.content(), part.parameters.get("charset"));
      return only(event && { kind: "calendar", part: part.place, event });
    }
    case "report":
      return only({
        kind: "delivery-report",
        part: part.place,
        report: deliveryReport(await part.content(), part.mediaType),
      });
    case "encrypted":
      return only({ kind: "encrypted", part: part.place, with: shown.with });
  }
}

function only(body: MessageBody | undefined): ReadBody {
  return { body, text: [], plain: [], files: [], drawn: NOTHING_DRAWN };
}

async function readHtml(
  { part, plain }: Extract<ShownPart, { readonly kind: "html" }>,
  images: InlineImages,
  { isTextOnly }: { readonly isTextOnly: boolean },
): Promise<ReadBody> {
  const octets = await part.content();
  const html = decodeHtml(firstOf(octets, HTML_OCTETS_MAX), part.parameters.get("charset"));
  const isLong = octets.byteLength > HTML_OCTETS_MAX;
  const written = await senderText(plain);
  // Plain text beside HTML may be no more than a note that there is HTML.
  const isAllWritten = written !== undefined && (isLong || !saysMore(html, wordsOf(written)));
  if (isTextOnly && isAllWritten) return { ...only(undefined), text: written };
  const examined = examineHtml(html);
  const isTooLarge = isLong || examined.isTooLarge;
  const shown =
    written === undefined || !(isAllWritten || isTooLarge)
      ? textBlocks(examined.text(), { isFlowed: false, deletesSpace: false }).blocks
      : [];
  const texts = shown.length > 0 ? { text: shown, plain: written ?? [] } : { text: written ?? [], plain: [] };
  if (isTextOnly) return { ...only(undefined), ...texts };
  const body: MessageBody = {
    kind: "html",
    part: part.place,
    octets: octets.byteLength,
    remoteImages: examined.remoteImages,
    trackers: examined.trackers,
    text: written ?? shown,
    isTooLarge,
    isBlank: examined.isBlank && !isTooLarge,
    height: examined.height(),
  };
  // One that is too large is shown as its text.
  if (isTooLarge) return { ...only(body), ...texts };
  const pictures = await images.named(examined.contentIds);
  const seen = examined.seenIds((contentId) => pictures.get(contentId)?.content);
  const drawn = [...seen].flatMap((contentId) => pictures.get(contentId)?.place ?? []);
  return { ...only(body), ...texts, drawn: new Set(drawn) };
}

/** The words of a body, for search. */
export function wordsOf(blocks: readonly TextBlock[]): string {
  return blocks.map(({ text }) => text).join("\n");
}

/** What the sender wrote for those who do not want HTML, unless it is empty. */
async function senderText(plain: MimePart | undefined): Promise<readonly TextBlock[] | undefined> {
  if (plain === undefined) return undefined;
  const { text, files: _, ...flow } = await plainText(plain);
  const { blocks } = textBlocks(text, flow);
  return blocks.length === 0 ? undefined : blocks;
}
