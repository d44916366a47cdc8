// A server that announces PIPELINING and loses commands is asked one thing at a time, but not for ever: it is mended some
// day, or the connection was to blame, or it is another server by now. One that removes what was only retrieved is always:
// what came in doubt could not be asked for again.
import type { SourceConfig } from "../../config/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import { isSameServer } from "../endpoint.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";

/** Trying again costs one wait for an answer that does not come. */
const AVOIDED_MS = 30 * 86_400_000;

/** A clock that went back never waits longer. */
export function avoidsPipelining(
  { endpoint, pipeliningLostAt, removesOnRetr }: SourceFacts,
  { wallMs }: ClockReading,
  source: Pick<SourceConfig, "host" | "port">,
): boolean {
  if (removesOnRetr) return true;
  if (!isSameServer(endpoint, source)) return false;
  const since = wallMs - (pipeliningLostAt ?? -Infinity);
  return since >= 0 && since < AVOIDED_MS;
}

/**
 * What is remembered of a server that was just logged in to. `before`: what was known when its session began; `lostAt`: when
 * commands were lost last, by now.
 */
export function serverFacts(
  { capabilities }: Pick<RemoteMaildrop, "capabilities">,
  o: {
    readonly source: Pick<SourceConfig, "host" | "port">;
    readonly before: SourceFacts;
    readonly lostAt: number | undefined;
  },
): Partial<Pick<SourceFacts, "announced" | "pipeliningLostAt">> {
  const { before, lostAt, source } = o;
  const announced = capabilities.size === 0 ? before.announced : namesOf(capabilities);
  const isOther =
    !isSameServer(before.endpoint, source) || (before.announced !== undefined && before.announced !== announced);
  const isForgotten = isOther && lostAt === before.pipeliningLostAt;
  return { announced, ...(isForgotten ? { pipeliningLostAt: undefined } : {}) };
}

/** RFC 2449 §6.9: what an implementation calls itself is no reason for anything. */
function namesOf(capabilities: RemoteMaildrop["capabilities"]): string {
  return [...capabilities.keys()]
    .filter((name) => name !== "IMPLEMENTATION")
    .toSorted()
    .join(" ");
}
