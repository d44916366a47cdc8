// Leaving a list by one click (RFC 8058): one POST over https to a public address, without cookies, and never sent on.
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { ApiError, type ApiErrorOptions } from "../api-error.ts";
import { checkedUrl, INTERNET, type ImageNetwork } from "../images/fetch-image.ts";
import { LIMITS } from "../limits.ts";

/** RFC 8058 §3.1: the body is exactly this. */
const BODY = "List-Unsubscribe=One-Click";

export interface OneClickOptions {
  readonly signal: AbortSignal;
  /** Another in tests alone, whose server is on loopback. */
  readonly network?: ImageNetwork;
}

/** Throws ApiError `refused` with what to do instead. */
export async function postOneClick(url: string, o: OneClickOptions): Promise<void> {
  if (!url.startsWith("https:")) throw failed("its address is not safe", { reason: "list-not-safe" });
  const signal = AbortSignal.any([o.signal, AbortSignal.timeout(LIMITS.imageMs)]);
  const network = o.network ?? INTERNET;
  const { url: target, address } = await checkedUrl(url, { signal, network }).catch((cause: unknown) => {
    throw failed("its address is not on the public Internet", { cause, reason: "list-not-public" });
  });
  const answer = await post(target, address, { signal, ca: network.ca });
  answer.resume();
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299)
    throw failed(`its server answered ${status}`, { reason: "list-answered", values: { status } });
}

function post(
  url: URL,
  address: string,
  o: { readonly signal: AbortSignal; readonly ca: string | undefined },
): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const asking = request({
      host: address,
      port: url.port === "" ? 443 : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: "POST",
      agent: false,
      signal: o.signal,
      // RFC 6066 §3: an address is no server name.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      maxHeaderSize: LIMITS.headerOctets,
      headers: {
        host: url.host,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(BODY.length),
      },
      ...(o.ca === undefined ? {} : { ca: o.ca }),
    });
    asking.once("response", resolve);
    asking.once("error", (cause) => reject(failed("its server does not answer", { cause, reason: "list-silent" })));
    asking.end(BODY);
  });
}

function failed(why: string, o: ApiErrorOptions): ApiError {
  return new ApiError("refused", `the list could not be asked: ${why}; use the link in the message instead`, o);
}
