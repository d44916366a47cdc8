// Pictures of a mail: those in it become data, those elsewhere stay away unless asked for, and never those that only tell
// that the mail was opened.
import { INLINE_IMAGE_OCTETS_MAX, URL_CHARACTERS_MAX } from "../limits.ts";
import { kindOf } from "../parts/magic.ts";

/** What an <img> of the mail asks for. */
export type ImageSource =
  | { readonly kind: "inline"; readonly contentId: string }
  | { readonly kind: "data"; readonly octets: Buffer }
  | { readonly kind: "remote"; readonly url: string }
  | { readonly kind: "none" };

/** Hosts, and paths on any host, that count openings and nothing else. */
const TRACKER_HOSTS =
  /(?:^|\.)(?:list-manage\.com|mailtrack\.io|mltrk\.io|getnotify\.com|bananatag\.com|yesware\.com|mailfoogae\.appspot\.com|sidekickopen\d*\.com|openrate\.aweber\.com|cmail\d+\.com|createsend\d*\.com|emltrk\.com|mixmax\.com|superhuman\.com)$/i;
const TRACKER_PATHS = /\/(?:wf\/open|track\/open(?:\.php)?|e[mo]_?open|open\.aspx|beacon|pixel\.gif|o\.gif)(?:[/?]|$)/i;
/** A longer query, with no other picture of its host, names the reader rather than the picture. */
const NAMING_QUERY_CHARACTERS = 100;

export function imageSource(written: string | undefined): ImageSource {
  // As a browser reads it: no tabs and line ends anywhere, no white space around, backslashes are slashes.
  const source = (written ?? "").replace(/[\t\n\r]/g, "").trim();
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]{0,20}):([\s\S]*)$/i.exec(source) ?? [];
  switch (scheme.toLowerCase()) {
    case "cid":
      return rest === "" || rest.length > 998 ? { kind: "none" } : { kind: "inline", contentId: percentDecoded(rest) };
    case "data":
      return dataImage(rest);
    case "http":
    case "https":
      return remoteImage(source);
    default:
      return /^[\\/]{2}/.test(source) ? remoteImage(`https:${source}`) : { kind: "none" };
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function dataImage(rest: string): ImageSource {
  if (rest.length > 2 * INLINE_IMAGE_OCTETS_MAX) return { kind: "none" };
  const comma = rest.indexOf(",");
  if (comma === -1 || comma > 200 || !/;\s*base64\s*$/i.test(rest.slice(0, comma))) return { kind: "none" };
  const octets = Buffer.from(rest.slice(comma + 1), "base64");
  return kindOf(octets)?.family === "image" ? { kind: "data", octets } : { kind: "none" };
}

function remoteImage(source: string): ImageSource {
  if (source.length > URL_CHARACTERS_MAX) return { kind: "none" };
  try {
    const url = new URL(source);
    const isPlain = url.hostname !== "" && url.username === "" && url.password === "";
    // One character of what was written may be nine of what is asked for.
    return isPlain && url.href.length <= URL_CHARACTERS_MAX ? { kind: "remote", url: url.href } : { kind: "none" };
  } catch {
    return { kind: "none" };
  }
}

/** Octets of a raster image that may be drawn as a `data:` URL, its type told from the octets. */
export function dataUrl(octets: Uint8Array): string {
  return `data:${kindOf(octets)?.mediaType ?? "image/png"};base64,${Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("base64")}`;
}

export interface RemoteImage {
  readonly url: string;
  /** It says how large it is. */
  readonly hasSize: boolean;
  /** Nobody would see it, or more of it than a dot, however the mail is looked at. */
  readonly isUnseen: boolean;
}

/**
 * A tracker is a picture that is there to be told of, and not to be seen: nobody would see it at any width, on a light page
 * or a dark one, with the styles its sender wrote or with those our page has of them; or it is of a host or path that
 * counts openings; or it has no size and its address, alone of its host, names the reader. It is never loaded.
 */
export function trackersAmong(images: readonly RemoteImage[]): ReadonlySet<RemoteImage> {
  const perHost = new Map<string, number>();
  for (const { url } of images) perHost.set(new URL(url).host, (perHost.get(new URL(url).host) ?? 0) + 1);
  return new Set(
    images.filter(({ url: written, hasSize, isUnseen }) => {
      const url = new URL(written);
      if (isUnseen || TRACKER_HOSTS.test(url.hostname) || TRACKER_PATHS.test(url.pathname)) return true;
      return !hasSize && url.search.length >= NAMING_QUERY_CHARACTERS && perHost.get(url.host) === 1;
    }),
  );
}
