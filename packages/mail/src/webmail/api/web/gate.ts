// Who may ask: names this machine is called by, pages of our own, browsers that were let in. Every request passes here.
import { ApiError } from "../api-error.ts";
import type { Session, WebKey } from "./web-key.ts";

export interface GateOptions {
  readonly key: WebKey;
  /** Names beside those of loopback that a proxy in front of it asks for. Lower case, with their port when they have one. */
  readonly hosts: readonly string[];
}

/** What of a request the gate looks at. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
}

export interface Admitted {
  readonly origin: string;
  readonly isHttps: boolean;
  /** Undefined without one. */
  readonly session: Session | undefined;
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Throws ApiError `wrong-host` or `cross-site`. */
export function admit(knock: Knock, { key, hosts }: GateOptions): Admitted {
  const host = knock.header("host")?.toLowerCase() ?? "";
  const isProxied = hosts.includes(host);
  // A page whose name was made to point here (DNS rebinding) asks for its own name.
  if (!isProxied && !LOOPBACK.test(host))
    throw new ApiError("wrong-host", "this reader is not called by that name; open the address its start printed");
  // What has TLS in front of it is asked for over https; loopback is not.
  const origin = `${isProxied ? "https" : "http"}://${host}`;
  if (isImageLoad(knock)) return { origin, isHttps: isProxied, session: undefined };
  refuseCrossSite(knock, origin);
  return { origin, isHttps: isProxied, session: key.sessionOf(cookieOf(knock, key.cookieName)) };
}

/** Remote images come from the frame of a message, which has no origin and no cookie: their capability is their right. */
function isImageLoad({ method, path, header }: Knock): boolean {
  const destination = header("sec-fetch-dest") ?? "image";
  return method === "GET" && path.startsWith("/cap/") && destination === "image";
}

function refuseCrossSite({ method, path, header }: Knock, origin: string): void {
  const claimed = header("origin");
  if (claimed !== undefined && claimed !== origin)
    throw new ApiError("cross-site", "another site's page may not ask this reader");
  const site = header("sec-fetch-site") ?? "none";
  const isOwn = site === "same-origin" || site === "none";
  // A link from elsewhere may open the reader's page; nothing behind it, and nothing in a frame.
  const isOpening = SAFE.has(method) && isPage(path) && header("sec-fetch-mode") === "navigate";
  if (!isOwn && !isOpening) throw new ApiError("cross-site", "another site's page may not ask this reader");
  // Every browser names the origin of what changes something.
  if (!SAFE.has(method) && claimed === undefined)
    throw new ApiError("cross-site", "a request that changes something must say where it comes from");
}

function isPage(path: string): boolean {
  return !/^\/(?:api|m|cap)(?:\/|$)/.test(path);
}

function cookieOf({ header }: Knock, name: string): string {
  for (const pair of (header("cookie") ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name) return value ?? "";
  }
  return "";
}
