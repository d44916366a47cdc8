// Looks at several sources at once and tells of each in the order given; one that fails takes nothing from the others.
import { Pop3Error } from "@restante/pop/client";
import type { SourceConfig } from "../../../config/index.ts";
import { adviceFor, type Advice, type FetchExit } from "../../../retriever/index.ts";
import { codeOf } from "../../failure.ts";
import { printJson, type Io } from "../../io.ts";

export async function eachSource<T>(o: {
  readonly sources: readonly SourceConfig[];
  readonly io: Io;
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
    const message = error instanceof Error ? error.message : String(error);
    if (o.isJson) printJson(o.io, { source: source.name, error: { code: codeOf(error), message } });
    const named = message.startsWith(`${source.name}:`) ? message : `${source.name}: ${message}`;
    o.io.stderr.write(`restante: ${named}\n`);
    for (const { text } of reachAdvice(error, source.name)) o.io.stderr.write(`  do      ${text}\n`);
    return o.failed(error);
  });
}

/** Of a server that no connection came to; the rest of what a run advises is about runs. */
function reachAdvice(error: unknown, source: string): readonly Advice[] {
  if (!Pop3Error.is(error) || error.place === undefined) return [];
  return adviceFor({ source, error, hasWorked: false, failed: [], questions: [] });
}
