/**
 * Whether a link leads to the host of the reader, `hostName`. Followed from the reader's own page it would be the reader's
 * own: at its port it opens what nobody asked for, and at another one, which may be somebody else's on the same machine, the
 * browser brings the session along, for cookies know no ports (RFC 6265 §8.5).
 */
export function leadsHome(href: string, hostName: string): boolean {
  return URL.canParse(href) && new URL(href).hostname === hostName;
}
