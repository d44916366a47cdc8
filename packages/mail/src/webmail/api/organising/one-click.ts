// Leaving a list by one click (RFC 8058): one POST over https to a public address, without cookies, and never sent on.
import { ApiError, type ApiErrorOptions } from "../api-error.ts";
import { askServer } from "../images/ask-server.ts";
import { checkedUrl, INTERNET, type ImageNetwork } from "../images/fetch-image.ts";
import { LIMITS } from "../limits.ts";
import { within } from "../within.ts";

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
  const { signal, clear } = within(LIMITS.imageMs, o.signal);
  try {
    const status = await post(url, { network: o.network ?? INTERNET, signal });
    if (status < 200 || status > 299)
      throw failed(`its server answered ${status}`, { reason: "list-answered", values: { status } });
  } finally {
    clear();
  }
}

async function post(url: string, { network, signal }: Required<OneClickOptions>): Promise<number> {
  const checked = await checkedUrl(url, { signal, network }).catch((cause: unknown) => {
    throw failed("its address is not on the public Internet", { cause, reason: "list-not-public" });
  });
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": String(BODY.length) };
  const asking = { method: "POST", headers, body: BODY, signal, ca: network.ca } as const;
  const answer = await askServer(checked, asking).catch((cause: unknown) => {
    throw failed("its server does not answer", { cause, reason: "list-silent" });
  });
  // Its status is all there is to know; what follows could go on for ever.
  answer.destroy();
  return answer.statusCode ?? 0;
}

function failed(why: string, o: ApiErrorOptions): ApiError {
  return new ApiError("refused", `the list could not be asked: ${why}; use the link in the message instead`, o);
}
