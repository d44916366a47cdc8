// One request to addresses that were checked, and the head of its answer. Whatever the server does, it is over at the
// signal at the latest.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction, type TcpSocketConnectOpts } from "node:net";
import { LIMITS } from "../limits.ts";
import { untilAborted } from "../until-aborted.ts";

export interface CheckedUrl {
  readonly url: URL;
  /** All that its host has; literal for a host that is one. */
  readonly addresses: readonly string[];
}

export interface Asking {
  readonly method: "GET" | "POST";
  /** Beside the host. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** PEM; in tests alone, for servers nobody vouches for. */
  readonly ca?: string | undefined;
}

/** Of a URL; that of an IPv6 address is without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** The name is not looked up again: it could lead elsewhere by now. */
function onlyTo(
  addresses: readonly string[],
): Omit<TcpSocketConnectOpts, "port"> & { readonly lookup: LookupFunction } {
  // IPv6 first: where there is none a connection fails at once. A name with a thousand addresses is to knock at few of them.
  const found = [6, 4].flatMap((family) =>
    addresses
      .filter((address) => isIP(address) === family)
      .slice(0, LIMITS.addressesOfAKind)
      .map((address) => ({ address, family })),
  );
  return {
    lookup: (_host, _options, tell) => tell(null, found),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: LIMITS.addressMs,
  };
}

/** Rejects when there is no answer, or none that is HTTP. What is not read of the answer is to be destroyed. */
export function askServer({ url, addresses }: CheckedUrl, o: Asking): Promise<IncomingMessage> {
  const isTls = url.protocol === "https:";
  const host = hostOf(url);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)({
      host,
      ...onlyTo(addresses),
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: o.method,
      signal: o.signal,
      agent: false,
      maxHeaderSize: LIMITS.headerOctets,
      headers: { host: url.host, ...o.headers },
      // RFC 6066 §3: an address is no server name.
      ...(isTls && isIP(host) === 0 ? { servername: host } : {}),
      ...(o.ca === undefined ? {} : { ca: o.ca }),
    });
    request.once("response", resolve);
    request.once("error", reject);
    // Node closes a connection that would switch to another protocol (101), with neither an answer nor an error.
    request.once("close", () => reject(new Error("the connection was closed without an answer")));
    request.end(o.body);
  });
  return untilAborted(answer, o.signal);
}
