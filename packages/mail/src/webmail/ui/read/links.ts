// Links of a message that are followed from the reader's own page. Those of an HTML body are followed from its frame, which has
// no origin.

/** Others stay text. */
const SAFE = /^(?:https?|mailto|tel):/i;
/** Longer ones stay text: a request to the way out has no room for them. */
const WAY_OUT_MAX = 8_192;

/**
 * Whether `href` may be followed from the reader at `hostName`. To the same host it would be the reader's own: at its port it
 * opens what nobody asked for, and at another one, which may be somebody else's on the same machine, the browser brings the
 * session along, for cookies know no ports (RFC 6265 §8.5).
 */
export function mayFollow(href: string, hostName: string): boolean {
  if (!SAFE.test(href) || wayOut(href).length > WAY_OUT_MAX) return false;
  return !URL.canParse(href) || new URL(href).hostname !== hostName;
}

/** By way of which address `href` is followed: what is on the web through a page that the browser knows no session of. */
export function wayOut(href: string): string {
  return /^https?:/i.test(href) ? `/m/out?to=${encodeURIComponent(href)}` : href;
}
