// Gets one remote picture as nobody in particular: no cookie, no referrer, no name of a program, and only from the
// public Internet. The address that was checked is the one that is connected to, so a name that changes gains nothing.
import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { IMAGE_PIXELS_MAX, isDrawable } from "../../../message/index.ts";
import { typeByOctets } from "../content/headers.ts";
import { ApiError } from "../api-error.ts";
import { LIMITS } from "../limits.ts";
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
  readonly addressesOf: (host: string) => Promise<readonly string[]>;
  /** PEM; in tests alone, for servers nobody vouches for. */
  readonly ca?: string;
}

export interface RemoteImage {
  readonly type: string;
  readonly content: Uint8Array;
}

export const INTERNET: ImageNetwork = {
  mayConnect: isPublicAddress,
  mayUsePort: (port) => port === 80 || port === 443,
  addressesOf: async (host) => (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address),
};

/** Throws ApiError. */
export async function fetchImage(url: string, o: FetchImageOptions): Promise<RemoteImage> {
  const signal = AbortSignal.any([o.signal, AbortSignal.timeout(LIMITS.imageMs)]);
  const network = o.network ?? INTERNET;
  let next = url;
  for (let hop = 0; hop <= LIMITS.imageRedirects; hop += 1) {
    const answer = await ask(await checkedUrl(next, { network, signal }), signal);
    const location = redirectOf(answer);
    if (location === undefined) return readImage(answer);
    answer.destroy();
    next = resolved(location, next);
  }
  throw unavailable("it was sent on too often");
}

export interface CheckedUrl {
  readonly url: URL;
  readonly address: string;
}

/** Throws ApiError for what is not on the public web; the address is the one to connect to. */
export async function checkedUrl(text: string, o: FetchImageOptions): Promise<CheckedUrl> {
  const { network = INTERNET, signal } = o;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw unavailable("its address is none of the web");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (!network.mayUsePort(port) || url.username !== "" || url.password !== "")
    throw unavailable("its address is none that pictures have");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await addressesOf(host, network, signal) : [host];
  // One that is not public among several is a name that leads astray.
  const [address] = addresses;
  if (address === undefined || !addresses.every((one) => network.mayConnect(one)))
    throw unavailable("its address is not on the public Internet");
  return { url, address };
}

async function addressesOf(host: string, network: ImageNetwork, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await Promise.race([network.addressesOf(host), rejectedBy(signal)]);
  } catch (cause) {
    throw unavailable("its host is not known", cause);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function ask({ url, address }: CheckedUrl, signal: AbortSignal): Promise<IncomingMessage> {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)({
      host: address,
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: "GET",
      signal,
      agent: false,
      maxHeaderSize: LIMITS.headerOctets,
      headers: { host: url.host, accept: "image/*", "user-agent": "Mozilla/5.0", "accept-encoding": "identity" },
      ...(isTls && isIP(host) === 0 ? { servername: host } : {}),
    });
    request.once("response", resolve);
    request.once("error", (cause) => reject(unavailable("its server does not answer", cause)));
    request.end();
  });
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
