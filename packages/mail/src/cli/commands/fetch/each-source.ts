// Looks at several sources at once and tells of each in the order given; one that fails takes nothing from the others.
import type { SourceConfig } from "../../../config/index.ts";
import { adviceForLook, type Advice, type FetchExit, type FetchHouse } from "../../../retriever/index.ts";
import { codeOf } from "../../failure.ts";
import { printJson, warn, type Io } from "../../io.ts";

export async function eachSource<T>(o: {
  readonly sources: readonly SourceConfig[];
  readonly io: Io;
  readonly house: FetchHouse;
  readonly look: (source: SourceConfig) => Promise<T>;
  readonly told: (found: T, source: SourceConfig) => FetchExit;
  readonly failed: (error: unknown) => FetchExit;
  readonly isJson: boolean;
}): Promise<readonly FetchExit[]> {
  const results = await Promise.allSettled(o.sources.map((source) => o.look(source)));
  return results.map((result, index) => {
    const source = o.sources[index] as SourceConfig;
    if (result.status === "fulfilled") return o.told(result.value, source);
    const error: unknown = result.reason;
    const advice = adviceForLook(source, error, o.house);
    if (o.isJson)
      printJson(o.io, { source: source.name, error: { code: codeOf(error), message: messageOf(error) }, advice });
    tellFailedLook(o.io, { source, error, advice });
    return o.failed(error);
  });
}

/** What went wrong and what to do about it, as a run tells it. */
export function tellFailedLook(
  io: Io,
  o: { readonly source: SourceConfig; readonly error: unknown; readonly advice: readonly Advice[] },
): void {
  const { name } = o.source;
  const message = messageOf(o.error);
  warn(io, message.startsWith(`${name}:`) ? message : `${name}: ${message}`);
  for (const { text } of o.advice) io.stderr.write(`  do      ${text}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
