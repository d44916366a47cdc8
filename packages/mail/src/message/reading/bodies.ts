// The bodies of a message, each read as what it is and none joined to another.
import type { MessageBody, TextBlock } from "../contract.ts";
import { calendarEvent } from "../cards/calendar-event.ts";
import { deliveryReport } from "../cards/delivery-report.ts";
import { examineHtml } from "../html/examine-html.ts";
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
  readonly text: readonly TextBlock[];
  /** Files found inside it. */
  readonly files: readonly FoundPart[];
  /** Places of the parts whose pictures are certainly seen in it. */
  readonly drawn: ReadonlySet<string>;
}

const NOTHING_DRAWN: ReadonlySet<string> = new Set();

/** The text of a body, for lists and for search; the same as `readBody` gives, without what it does not need. */
export async function readBodyText(shown: ShownPart, images: InlineImages, mayRefer: boolean): Promise<ReadBody> {
  const text = shown.kind === "html" && !mayRefer ? await senderText(shown.plain) : undefined;
  return text === undefined ? readBody(shown, images) : { ...only(undefined), text };
}

export async function readBody(shown: ShownPart, images: InlineImages): Promise<ReadBody> {
  const { part } = shown;
  switch (shown.kind) {
    case "text":
    case "enriched": {
      const { files, text, ...flow } = await plainText(part);
      const { blocks, isCut } = textBlocks(text, flow);
      const body = { kind: "text", part: part.place, blocks, isCut } as const;
      return { body, text: blocks, files, drawn: NOTHING_DRAWN };
    }
    case "html":
      return readHtml(part, shown.plain, images);
    case "image":
      return only(isDrawable(await part.content(), IMAGE_PIXELS_MAX) ? { kind: "image", part: part.place } : undefined);
    case "calendar": {
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
  return { body, text: [], files: [], drawn: NOTHING_DRAWN };
}

async function readHtml(part: MimePart, plain: MimePart | undefined, images: InlineImages): Promise<ReadBody> {
  const octets = await part.content();
  const html = decodeHtml(firstOf(octets, HTML_OCTETS_MAX), part.parameters.get("charset"));
  const examined = examineHtml(html);
  const isTooLarge = octets.byteLength > HTML_OCTETS_MAX || examined.isTooLarge;
  const text =
    (await senderText(plain)) ?? textBlocks(examined.text(), { isFlowed: false, deletesSpace: false }).blocks;
  const body: MessageBody = {
    kind: "html",
    part: part.place,
    octets: octets.byteLength,
    remoteImages: examined.remoteImages,
    trackers: examined.trackers,
    text,
    isTooLarge,
    height: examined.height,
  };
  // One that is too large is shown as its text.
  if (isTooLarge) return { body, text, files: [], drawn: NOTHING_DRAWN };
  const pictures = await images.named(examined.contentIds);
  const seen = examined.seenIds((contentId) => pictures.get(contentId)?.content);
  const drawn = [...seen].flatMap((contentId) => pictures.get(contentId)?.place ?? []);
  return { body, text, files: [], drawn: new Set(drawn) };
}

/** What the sender wrote for those who do not want HTML, unless it is empty. */
async function senderText(plain: MimePart | undefined): Promise<readonly TextBlock[] | undefined> {
  if (plain === undefined) return undefined;
  const { text, files: _, ...flow } = await plainText(plain);
  const { blocks } = textBlocks(text, flow);
  return blocks.length === 0 ? undefined : blocks;
}
