import type { RouteInput, RouteName, RouteOutput } from "../../api/schema/index.ts";
import { requestOf } from "../../api/schema/request.ts";
import { Refusal, refusalIn } from "./refusal.ts";
import { PATHS } from "./routes.ts";

const TIMEOUT_MS = 30_000;
/** A server is asked while its person waits: the test of a source, a whole removal. */
const PATIENT_TIMEOUT_MS = 120_000;
const PATIENT: ReadonlySet<RouteName> = new Set<RouteName>(["testSource", "serverMailbox", "removeFromServer"]);
/** Asked while the tab closes, and to arrive all the same. */
const LASTING: ReadonlySet<RouteName> = new Set<RouteName>(["removeAttachment"]);

/** Asks the API. Throws a Refusal, or an AbortError when `signal` says so. */
export async function call<N extends RouteName>(
  name: N,
  input: RouteInput<N>,
  signal?: AbortSignal,
): Promise<RouteOutput<N>> {
  const { method, path, body } = requestOf(PATHS[name], input);
  const timeout = AbortSignal.timeout(PATIENT.has(name) ? PATIENT_TIMEOUT_MS : TIMEOUT_MS);
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    redirect: "error",
    keepalive: LASTING.has(name),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    if (timeout.aborted) throw new Refusal("reader/slow", "no answer in time", 0);
    throw new Refusal("reader/unreachable", "no answer", 0);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as RouteOutput<N>;
  if (signal?.aborted === true) throw new DOMException("aborted", "AbortError");
  throw refusalIn(answer, response.status) ?? new Refusal("reader/unreadable", "no JSON", response.status);
}
