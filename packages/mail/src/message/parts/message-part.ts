// One attachment or inline part as the reader lists it: how it is named, what it is, whether the two agree.
import type { MessagePart } from "../contract.ts";
import { safeFileName } from "../header/file-name.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { IMAGE_PIXELS_MAX } from "../limits.ts";
import { isDrawable } from "./declared-pixels.ts";
import { kindOf, looksLikeText } from "./magic.ts";
import type { Family, Kind } from "./magic.ts";

/** What was found in the tree, decoded. */
export interface FoundPart {
  readonly place: string;
  /** As the sender wrote it, decoded; undefined when there is none. */
  readonly name: string | undefined;
  readonly mediaType: string;
  readonly contentId: string | undefined;
  readonly content: Uint8Array<ArrayBuffer>;
}

interface Declared {
  readonly extension: string;
  readonly family: Family;
  /** How the part is named when the sender did not. */
  readonly stem: string;
}

// Declared types that promise something octets can be held against, or that have no name of their own.
const DECLARED = new Map<string, Declared>([
  ["image/png", { extension: "png", family: "image", stem: "image" }],
  ["image/jpeg", { extension: "jpg", family: "image", stem: "image" }],
  ["image/jpg", { extension: "jpg", family: "image", stem: "image" }],
  ["image/gif", { extension: "gif", family: "image", stem: "image" }],
  ["image/webp", { extension: "webp", family: "image", stem: "image" }],
  ["image/avif", { extension: "avif", family: "image", stem: "image" }],
  ["image/svg+xml", { extension: "svg", family: "markup", stem: "image" }],
  ["application/pdf", { extension: "pdf", family: "pdf", stem: "document" }],
  ["application/zip", { extension: "zip", family: "archive", stem: "archive" }],
  ["application/gzip", { extension: "gz", family: "archive", stem: "archive" }],
  ["audio/wav", { extension: "wav", family: "audio", stem: "sound" }],
  ["audio/x-wav", { extension: "wav", family: "audio", stem: "sound" }],
  ["audio/mpeg", { extension: "mp3", family: "audio", stem: "sound" }],
  ["video/mp4", { extension: "mp4", family: "video", stem: "video" }],
  ["text/plain", { extension: "txt", family: "text", stem: "text" }],
  ["text/html", { extension: "html", family: "markup", stem: "page" }],
  ["text/csv", { extension: "csv", family: "text", stem: "table" }],
  ["text/calendar", { extension: "ics", family: "text", stem: "event" }],
  ["application/ics", { extension: "ics", family: "text", stem: "event" }],
  ["text/vcard", { extension: "vcf", family: "text", stem: "contact" }],
  ["text/x-vcard", { extension: "vcf", family: "text", stem: "contact" }],
  ["text/rfc822-headers", { extension: "txt", family: "text", stem: "header" }],
  ["message/rfc822", { extension: "eml", family: "message", stem: "message" }],
  ["message/global", { extension: "eml", family: "message", stem: "message" }],
  ["application/pgp-signature", { extension: "asc", family: "text", stem: "signature" }],
  ["application/pkcs7-signature", { extension: "p7s", family: "other", stem: "smime" }],
  ["application/x-pkcs7-signature", { extension: "p7s", family: "other", stem: "smime" }],
  ["application/pkcs7-mime", { extension: "p7m", family: "other", stem: "smime" }],
  ["application/ms-tnef", { extension: "dat", family: "other", stem: "winmail" }],
]);

// Extensions by what they promise.
const EXTENSIONS = new Map<string, Family>(
  Object.entries({
    image: "png jpg jpeg gif webp avif",
    audio: "wav mp3 ogg flac m4a",
    video: "mp4 mov webm",
    pdf: "pdf",
    // Office documents are archives inside.
    archive: "zip gz tgz bz2 xz 7z rar jar docx xlsx pptx odt ods odp epub apk",
    program: "exe dll scr com pif msi sh",
    markup: "html htm xhtml svg xml mht",
    message: "eml",
    text: "txt csv log md json ics vcf asc diff patch yaml yml toml ini",
  } satisfies Partial<Record<Family, string>>).flatMap(([family, names]) =>
    names.split(" ").map((name): [string, Family] => [name, family as Family]),
  ),
);

/** A generic type says nothing: what the octets are stands in for it. */
const GENERIC = new Set([
  "application/octet-stream",
  "application/x-download",
  "application/force-download",
  "application/binary",
]);

export function describePart(found: FoundPart, isInline: boolean): MessagePart {
  const kind = kindOf(found.content);
  const declared = DECLARED.get(found.mediaType);
  const mediaType = GENERIC.has(found.mediaType) && kind !== undefined ? kind.mediaType : found.mediaType;
  const fallback = `${declared?.stem ?? "attachment"}-${found.place.replaceAll(".", "-")}`;
  const fileName = safeFileName(found.name ?? fallback, kind?.extension ?? declared?.extension ?? "bin");
  const named = found.name === undefined ? undefined : safeHeaderText(found.name);
  const extension = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
  return {
    part: found.place,
    fileName,
    namedBySender: named === undefined || named === "" || named === fileName ? undefined : named,
    mediaType,
    shownAs: shownAs({ kind, mediaType, extension, content: found.content }),
    octets: found.content.byteLength,
    contentId: found.contentId === undefined ? undefined : safeHeaderText(found.contentId),
    isInline,
    isMismatched:
      contradicts(kind, declared?.family) ||
      contradicts(kind, EXTENSIONS.get(extension)) ||
      lacksMark(kind, declared?.family, found.content) ||
      lacksMark(kind, EXTENSIONS.get(extension), found.content),
  };
}

function shownAs(o: {
  readonly kind: Kind | undefined;
  readonly mediaType: string;
  readonly extension: string;
  readonly content: Uint8Array;
}): MessagePart["shownAs"] {
  if (o.kind?.family === "image") return isDrawable(o.content, IMAGE_PIXELS_MAX) ? "image" : "none";
  if (o.kind?.family === "audio" || o.kind?.family === "video") return o.kind.family;
  if (o.mediaType === "message/rfc822" || o.mediaType === "message/global") return "message";
  if (o.kind?.mediaType === "text/calendar") return "calendar";
  const isText = o.mediaType.startsWith("text/") || EXTENSIONS.get(o.extension) === "text";
  const isActive =
    o.kind !== undefined || EXTENSIONS.get(o.extension) === "markup" || EXTENSIONS.get(o.extension) === "program";
  return isText && !isActive && looksLikeText(o.content) ? "text" : "none";
}

/** The octets are of a known kind, and it is not the promised one. */
function contradicts(kind: Kind | undefined, promised: Family | undefined): boolean {
  if (kind === undefined || promised === undefined || promised === "other" || promised === "message") return false;
  // Sound and moving pictures share their containers.
  const isMedia = (family: Family): boolean => family === "audio" || family === "video";
  return kind.family !== promised && !(isMedia(kind.family) && isMedia(promised));
}

/** A kind that always begins with its mark was promised, and nothing begins like it. */
function lacksMark(kind: Kind | undefined, promised: Family | undefined, content: Uint8Array): boolean {
  if (kind !== undefined || content.byteLength === 0) return false;
  if (promised === "text") return !looksLikeText(content);
  return (
    promised === "image" || promised === "pdf" || promised === "audio" || promised === "video" || promised === "archive"
  );
}
