// Gets one remote picture as nobody in particular: no cookie, no referrer, no name of a program, and only from the
// public Internet. The addresses that were checked are those that are connected to, so a name that changes gains nothing.
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { IMAGE_PIXELS_MAX, isDrawable } from "../../../message/index.ts";
import { typeByOctets } from "../content/headers.ts";
import { ApiError } from "../api-error.ts";
import { LIMITS } from "../limits.ts";
import { within } from "../within.ts";
import { askServer, hostOf, type CheckedUrl } from "./ask-server.ts";
import { askNameServers } from "./name-servers.ts";
import { isPublicAddress, type AddressPolicy } from "./public-address.ts";

export interface FetchImageOptions {
  readonly signal: AbortSignal;
  /** Another in tests alone, whose servers are on loopback. */
  readonly network?: ImageNetwork;
}

/** What may be connected to. */
export interface ImageNetwork {
  readonly mayConnect: AddressPolicy;
  readonly mayUsePort: (port: number) => boolean;
  /** Is over at the signal. */
  readonly addressesOf: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** PEM; in tests alone, for servers nobody vouches for. */
  readonly ca?: string;
}

export interface RemoteImage {
  readonly type: string;
  readonly content: Uint8Array;
}

export const INTERNET: ImageNetwork = {
  mayConnect: (address) => isPublicAddress(address),
  mayUsePort: (port) => port === 80 || port === 443,
  addressesOf: (host, signal) => askNameServers(host, { signal }),
};

/** Throws ApiError. */
export async function fetchImage(url: string, o: FetchImageOptions): Promise<RemoteImage> {
  const { signal, clear } = within(LIMITS.imageMs, o.signal);
  try {
    return await followed(url, { network: o.network ?? INTERNET, signal });
  } finally {
    clear();
  }
}

async function followed(url: string, o: Required<FetchImageOptions>): Promise<RemoteImage> {
  let next = url;
  for (let hop = 0; hop <= LIMITS.imageRedirects; hop += 1) {
    const answer = await ask(await checkedUrl(next, o), o);
    const location = redirectOf(answer);
    if (location === undefined) return readImage(answer);
    answer.destroy();
    next = resolved(location, next);
  }
  throw unavailable("it was sent on too often");
}

/** Throws ApiError for what is not on the public web; the addresses are those to connect to. */
export async function checkedUrl(text: string, o: FetchImageOptions): Promise<CheckedUrl> {
  const { network = INTERNET, signal } = o;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw unavailable("its address is none of the web");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (!network.mayUsePort(port) || url.username !== "" || url.password !== "")
    throw unavailable("its address is none that pictures have");
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await addressesOf(host, network, signal) : [host];
  // One that is not public among several is a name that leads astray.
  if (addresses.length === 0 || !addresses.every((one) => network.mayConnect(one)))
    throw unavailable("its address is not on the public Internet");
  return { url, addresses };
}

async function addressesOf(host: string, network: ImageNetwork, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await network.addressesOf(host, signal);
  } catch (cause) {
    throw unavailable("its host is not known", cause);
  }
}

const HEADERS = { accept: "image/*", "user-agent": "Mozilla/5.0", "accept-encoding": "identity" };

async function ask(checked: CheckedUrl, { network, signal }: Required<FetchImageOptions>): Promise<IncomingMessage> {
  try {
    return await askServer(checked, { method: "GET", headers: HEADERS, signal, ca: network.ca });
  } catch (cause) {
    throw unavailable("its server does not answer", cause);
  }
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return statusCode >= 300 && statusCode < 400 ? headers.location : undefined;
}

function resolved(location: string, from: string): string {
  const url = URL.parse(location, from);
  if (url === null) throw unavailable("it was sent on to nowhere");
  return url.href;
}

async function readImage(answer: IncomingMessage): Promise<RemoteImage> {
  try {
    if (answer.statusCode !== 200) throw unavailable("its server does not have it");
    const chunks: Buffer[] = [];
    let octets = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      octets += chunk.length;
      if (octets > LIMITS.imageOctets) throw unavailable("it is too large");
      chunks.push(chunk);
    }
    const content = Buffer.concat(chunks);
    const type = typeByOctets(content);
    // What is none of these, SVG above all, may hold more than a picture.
    if (type?.startsWith("image/") !== true) throw unavailable("it is no picture");
    if (!isDrawable(content, IMAGE_PIXELS_MAX)) throw unavailable("it has too many pixels, or does not say how many");
    return { type, content };
  } catch (cause) {
    throw cause instanceof ApiError ? cause : unavailable("its server stopped in the middle", cause);
  } finally {
    answer.destroy();
  }
}

function unavailable(why: string, cause?: unknown): ApiError {
  return new ApiError("not-found", `the picture cannot be shown: ${why}`, { cause });
}
