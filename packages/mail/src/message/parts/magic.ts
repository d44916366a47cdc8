// What octets are, told from the first of them and never from a name or a declared type.

export type Family =
  | "image"
  | "audio"
  | "video"
  | "pdf"
  | "archive"
  | "program"
  | "markup"
  | "message"
  | "text"
  | "other";

export interface Kind {
  readonly mediaType: string;
  /** Without a dot. */
  readonly extension: string;
  readonly family: Family;
}

interface Signature extends Kind {
  readonly at: number;
  /** Latin-1: one character an octet. */
  readonly octets: string;
  /** A second mark further in. */
  readonly and?: { readonly at: number; readonly octets: string };
}

const SIGNATURES: readonly Signature[] = [
  { at: 0, octets: "\u0089PNG\r\n\u001a\n", mediaType: "image/png", extension: "png", family: "image" },
  { at: 0, octets: "\u00ff\u00d8\u00ff", mediaType: "image/jpeg", extension: "jpg", family: "image" },
  { at: 0, octets: "GIF87a", mediaType: "image/gif", extension: "gif", family: "image" },
  { at: 0, octets: "GIF89a", mediaType: "image/gif", extension: "gif", family: "image" },
  {
    at: 0,
    octets: "RIFF",
    and: { at: 8, octets: "WEBP" },
    mediaType: "image/webp",
    extension: "webp",
    family: "image",
  },
  { at: 4, octets: "ftypavif", mediaType: "image/avif", extension: "avif", family: "image" },
  { at: 4, octets: "ftypavis", mediaType: "image/avif", extension: "avif", family: "image" },
  // Pictures of telephones, in a container of films; no browser but one shows them.
  { at: 4, octets: "ftyphe", mediaType: "image/heic", extension: "heic", family: "other" },
  { at: 4, octets: "ftypmif1", mediaType: "image/heif", extension: "heif", family: "other" },
  { at: 0, octets: "RIFF", and: { at: 8, octets: "WAVE" }, mediaType: "audio/wav", extension: "wav", family: "audio" },
  { at: 0, octets: "ID3", mediaType: "audio/mpeg", extension: "mp3", family: "audio" },
  { at: 0, octets: "\u00ff\u00fb", mediaType: "audio/mpeg", extension: "mp3", family: "audio" },
  { at: 0, octets: "\u00ff\u00f3", mediaType: "audio/mpeg", extension: "mp3", family: "audio" },
  { at: 0, octets: "\u00ff\u00f2", mediaType: "audio/mpeg", extension: "mp3", family: "audio" },
  { at: 0, octets: "OggS", mediaType: "audio/ogg", extension: "ogg", family: "audio" },
  { at: 0, octets: "fLaC", mediaType: "audio/flac", extension: "flac", family: "audio" },
  { at: 4, octets: "ftypM4A", mediaType: "audio/mp4", extension: "m4a", family: "audio" },
  { at: 4, octets: "ftypqt", mediaType: "video/quicktime", extension: "mov", family: "video" },
  { at: 4, octets: "ftyp", mediaType: "video/mp4", extension: "mp4", family: "video" },
  { at: 0, octets: "\u001aE\u00df\u00a3", mediaType: "video/webm", extension: "webm", family: "video" },
  { at: 0, octets: "%PDF-", mediaType: "application/pdf", extension: "pdf", family: "pdf" },
  { at: 0, octets: "PK\u0003\u0004", mediaType: "application/zip", extension: "zip", family: "archive" },
  { at: 0, octets: "PK\u0005\u0006", mediaType: "application/zip", extension: "zip", family: "archive" },
  { at: 0, octets: "\u001f\u008b", mediaType: "application/gzip", extension: "gz", family: "archive" },
  { at: 0, octets: "BZh", mediaType: "application/x-bzip2", extension: "bz2", family: "archive" },
  { at: 0, octets: "\u00fd7zXZ\u0000", mediaType: "application/x-xz", extension: "xz", family: "archive" },
  {
    at: 0,
    octets: "7z\u00bc\u00af\u0027\u001c",
    mediaType: "application/x-7z-compressed",
    extension: "7z",
    family: "archive",
  },
  { at: 0, octets: "Rar!\u001a\u0007", mediaType: "application/vnd.rar", extension: "rar", family: "archive" },
  { at: 0, octets: "MZ", mediaType: "application/x-msdownload", extension: "exe", family: "program" },
  { at: 0, octets: "\u007fELF", mediaType: "application/x-executable", extension: "elf", family: "program" },
  { at: 0, octets: "#!", mediaType: "text/x-script", extension: "sh", family: "program" },
  {
    at: 0,
    octets: "BM",
    and: { at: 6, octets: "\u0000\u0000\u0000\u0000" },
    mediaType: "image/bmp",
    extension: "bmp",
    family: "other",
  },
  { at: 0, octets: "II*\u0000", mediaType: "image/tiff", extension: "tif", family: "other" },
  { at: 0, octets: "MM\u0000*", mediaType: "image/tiff", extension: "tif", family: "other" },
  { at: 0, octets: "x\u009f\u003e\u0022", mediaType: "application/ms-tnef", extension: "dat", family: "other" },
  {
    at: 0,
    octets: "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1",
    mediaType: "application/x-ole-storage",
    extension: "ole",
    family: "other",
  },
];

// What a browser could take for a page, when nobody told it otherwise.
const MARKUP =
  /^(?:\ufeff|\u00ef\u00bb\u00bf)?\s*(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype|html|head|body|script|svg|\?xml|iframe|img|div|table|meta|title|style|a|h1|p|br)\b/i;

/** The kind of what begins with `octets`; undefined when nothing says. */
export function kindOf(octets: Uint8Array): Kind | undefined {
  const first = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.byteLength, 1_024)).toString("latin1");
  const found = SIGNATURES.find(
    ({ at, octets: mark, and }) =>
      first.startsWith(mark, at) && (and === undefined || first.startsWith(and.octets, and.at)),
  );
  if (found !== undefined) return { mediaType: found.mediaType, extension: found.extension, family: found.family };
  if (MARKUP.test(first)) return { mediaType: "text/html", extension: "html", family: "markup" };
  if (/^BEGIN:VCALENDAR\b/i.test(first)) return { mediaType: "text/calendar", extension: "ics", family: "text" };
  return undefined;
}

/** Raster images browsers show, which are the only ones put into a page. */
export function isRasterImage(kind: Kind | undefined): boolean {
  return kind?.family === "image";
}

/** Text by its octets: no NUL, hardly any other control. */
export function looksLikeText(octets: Uint8Array): boolean {
  const first = octets.subarray(0, 4_096);
  let controls = 0;
  for (const octet of first) {
    if (octet === 0) return false;
    if (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d && octet !== 0x0c && octet !== 0x1b)
      controls += 1;
  }
  return controls * 50 <= first.length;
}
