// One request to an address that was checked, and the head of its answer. Whatever the server does, it is over at the
// signal at the latest.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { LIMITS } from "../limits.ts";
import { untilAborted } from "../until-aborted.ts";

export interface CheckedUrl {
  readonly url: URL;
  readonly address: string;
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

/** Rejects when there is no answer, or none that is HTTP. What is not read of the answer is to be destroyed. */
export function askServer({ url, address }: CheckedUrl, o: Asking): Promise<IncomingMessage> {
  const isTls = url.protocol === "https:";
  const host = hostOf(url);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)({
      host: address,
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
