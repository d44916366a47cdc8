// The way out of the reader's own page. A browser judges `SameSite=Strict` by the page a link is followed from and the address
// it leads to in the end, and a cookie knows no ports: a link followed from our page, to another host that redirects to another
// port of ours, would take the session to whoever listens there. Followed from a page without an origin it takes nothing.
import { ApiError } from "../api-error.ts";
import { escaped } from "../web/escaped.ts";
import { CONTENT_HEADERS } from "./headers.ts";

const WEB: ReadonlySet<string> = new Set(["http:", "https:"]);

/** A sandbox leads on by itself only where scripts are allowed (HTML, "shared declarative refresh steps"); there are none. */
const POLICY = [
  "sandbox allow-scripts",
  "default-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page that leads to `to` and says so. Throws ApiError `not-found` for what is no address of the web. */
export function sendWayOut(to: string): Response {
  const url = URL.canParse(to) ? new URL(to) : undefined;
  if (url === undefined || !WEB.has(url.protocol)) throw new ApiError("not-found", "there is nothing at this address");
  const address = escaped(url.href);
  const html = `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url=${address}">
<title>${escaped(url.host)}</title>
<p><a href="${address}" rel="noreferrer">${address}</a></p>
`;
  return new Response(html, {
    headers: {
      ...CONTENT_HEADERS,
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
    },
  });
}
