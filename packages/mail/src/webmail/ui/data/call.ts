import type { RouteInput, RouteName, RouteOutput } from "../../api/schema/index.ts";
import { patienceFor } from "../../api/schema/patience.ts";
import { requestOf } from "../../api/schema/request.ts";
import { answeredBy } from "./answered.ts";
import { takeEarly } from "./early.ts";
import { Refusal, refusalIn } from "./refusal.ts";
import { PATHS } from "./routes.ts";

const BODY_MS = 30_000;
/** For the way there and back, so that what the server says of its own patience arrives. */
const ON_THE_WAY_MS = 5_000;
/** Asked while the tab closes, and to arrive all the same. */
const LASTING: ReadonlySet<RouteName> = new Set<RouteName>(["removeAttachment", "removeIdentity"]);

/** Asks the API. Throws a Refusal, or an AbortError when `signal` says so. */
export async function call<N extends RouteName>(
  name: N,
  input: RouteInput<N>,
  signal?: AbortSignal,
): Promise<RouteOutput<N>> {
  const asked = requestOf(PATHS[name], input);
  const answer = await ask(asked, {
    signal,
    timeoutMs: patienceFor(name) + ON_THE_WAY_MS,
    isLasting: LASTING.has(name),
  });
  return answer as RouteOutput<N>;
}

/** Whether a body can be shown as it was sent, which its frame does not tell. Throws as `call` does. */
export async function checkBody(url: string, signal: AbortSignal): Promise<true> {
  await ask({ method: "GET", path: url }, { signal, timeoutMs: BODY_MS, isLasting: false });
  return true;
}

interface How {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly isLasting: boolean;
}

async function ask(
  { method, path, body }: { readonly method: string; readonly path: string; readonly body?: string | undefined },
  { signal, timeoutMs, isLasting }: How,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const early = method === "GET" ? takeEarly(path) : undefined;
  const asked =
    early ??
    fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      keepalive: isLasting,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
    }).then(answeredBy);
  const { isOk, status, json } = await asked.catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    if (timeout.aborted) throw new Refusal("reader/slow", "no answer in time", 0);
    throw new Refusal("reader/unreachable", "no answer", 0);
  });
  if (isOk && json !== undefined) return json;
  if (signal?.aborted === true) throw new DOMException("aborted", "AbortError");
  throw refusalIn(json, status) ?? new Refusal("reader/unreadable", "no JSON", status);
}
