// Finds the server that lets a person in: the candidates in the order they are likely, each tried until one answers.
import type { Discovery, SourceStatus, Tested } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";

export type ServerAt = Pick<Discovery["candidates"][number], "host" | "mailDomain" | "port" | "tls" | "user">;

export interface Attempt {
  readonly at: ServerAt;
  readonly from: Discovery["candidates"][number]["from"] | "hand";
  readonly note: Discovery["candidates"][number]["note"];
  /** The password goes there only when a person says so. */
  readonly isForeign: boolean;
  /** Undefined while it is being tried, and for one that waits for a person. */
  readonly tested: Tested | undefined;
}

/** All of them lead to the same mailboxes of a host. */
const USUAL_PORTS: ReadonlySet<number> = new Set([110, 995]);

/** The source that collects from there already. */
export function sourceAt(
  { host, port, user }: ServerAt,
  sources: readonly Pick<SourceStatus, "source" | "host" | "port" | "user" | "state">[],
): string | undefined {
  const isSamePort = (other: number): boolean => other === port || (USUAL_PORTS.has(port) && USUAL_PORTS.has(other));
  return sources.find(
    (one) =>
      one.state !== "off" && one.user === user && one.host.toLowerCase() === host.toLowerCase() && isSamePort(one.port),
  )?.source;
}

const CANDIDATES_MAX = 4;
/** The server was there and said no: another server would not say yes. */
const FINAL: ReadonlySet<string | undefined> = new Set<NonNullable<Tested["trouble"]>["code"] | undefined>([
  "AUTH_REJECTED",
  "AUTH_THROTTLED",
  "MAILBOX_BUSY",
  "LOGIN_DELAY",
]);

/** The attempt to go on with: of a server that answered and was not trusted there is more to say than of names nobody has. */
export function tellingOf(attempts: readonly Attempt[]): Attempt | undefined {
  const last = attempts.at(-1);
  const isElsewhere = last?.tested?.reached === null && !FINAL.has(last.tested.trouble?.code);
  return (isElsewhere ? attempts.find(isUntrusted) : undefined) ?? last;
}

/** The server is there, and showed a certificate that is not trusted. */
export function isUntrusted({ tested }: Attempt): boolean {
  return (tested?.trouble?.certificate ?? null) !== null;
}

interface Search {
  readonly password: string;
  readonly signal: AbortSignal;
  /** Told whenever an attempt begins or ends, with all attempts so far. */
  readonly onAttempts: (attempts: readonly Attempt[]) => void;
}

export async function candidatesFor(address: string, signal: AbortSignal): Promise<readonly Attempt[]> {
  const { candidates } = await call("discoverSource", { address }, signal);
  return candidates
    .slice(0, CANDIDATES_MAX)
    .map(({ from, note, isForeign, ...at }) => ({ at, from, note, isForeign, tested: undefined }));
}

/** Tries one after the other; the last attempt is the one that got in, was refused for good, or waits for a person. */
export async function tryServers(candidates: readonly Attempt[], search: Search): Promise<readonly Attempt[]> {
  const { password, signal, onAttempts } = search;
  const tried: Attempt[] = [];
  for (const candidate of candidates) {
    onAttempts([...tried, candidate]);
    if (candidate.isForeign) return [...tried, candidate];
    const tested = await call("testSource", { ...candidate.at, password }, signal);
    tried.push({ ...candidate, tested });
    onAttempts([...tried]);
    if (tested.reached !== null || FINAL.has(tested.trouble?.code)) break;
  }
  return tried;
}
