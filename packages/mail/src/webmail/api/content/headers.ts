// Headers of what came with mail: nothing of it runs, nothing of it is shared with other pages.
import { IMAGE_PIXELS_MAX, isDrawable, type MessagePart } from "../../../message/index.ts";
import { NO_PERMISSIONS } from "../web/policy.ts";
import { contentDisposition } from "./disposition.ts";

export const CONTENT_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-dns-prefetch-control": "off",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": NO_PERMISSIONS,
  "cache-control": "private, max-age=0",
};

/** An HTML body: sandboxed without scripts and without our origin, and nothing loads but pictures it holds itself. */
export function bodyHeaders(origin: string): Readonly<Record<string, string>> {
  return {
    ...CONTENT_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "sandbox allow-popups allow-popups-to-escape-sandbox",
      "default-src 'none'",
      `img-src data: ${origin}/cap/`,
      "style-src 'unsafe-inline'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ].join("; "),
  };
}

/** Of what is shown in place of something of a message, in a window or in its frame. */
export const REFUSAL_HEADERS: Readonly<Record<string, string>> = {
  ...CONTENT_HEADERS,
  "cache-control": "no-store",
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "sandbox",
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
};

const NOTHING = "sandbox; default-src 'none'";

export function fileHeaders(o: {
  readonly type: string;
  readonly fileName: string;
  readonly disposition: "attachment" | "inline";
}): Readonly<Record<string, string>> {
  return {
    ...CONTENT_HEADERS,
    "content-type": o.type,
    "content-disposition": contentDisposition(o.disposition, o.fileName),
    "content-security-policy": NOTHING,
  };
}

/** Text is shown as text, whatever it says it is. */
export const PLAIN_TEXT = "text/plain; charset=utf-8";

/** What a part is shown as; undefined where it can only be saved. Its first octets decided, not its name. */
export function shownType({ shownAs, isMismatched, mediaType }: MessagePart, content: Uint8Array): string | undefined {
  if (shownAs === "text" || shownAs === "calendar" || shownAs === "message") return PLAIN_TEXT;
  if (isMismatched && shownAs === "none") return undefined;
  const found = typeByOctets(content);
  if (found === undefined) return undefined;
  if (found.startsWith("image/") && !isDrawable(content, IMAGE_PIXELS_MAX)) return undefined;
  const isKind = found.startsWith(`${shownAs}/`);
  return isKind || mediaType === found ? found : undefined;
}

/** The only types that are ever shown in place. */
export function typeByOctets(content: Uint8Array): string | undefined {
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 32)).toString("latin1");
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1];
}

const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^[^]{4}ftyp(?:avif|avis)/, "image/avif"],
  [/^RIFF[^]{4}WAVE/, "audio/wav"],
  [/^(?:ID3|\xff[\xfb\xf3\xf2])/, "audio/mpeg"],
  [/^[^]{4}ftyp(?:isom|iso2|mp4[12]|M4V |avc1|dash)/, "video/mp4"],
  [/^[^]{4}ftypM4A /, "audio/mp4"],
];
