// Looks at several sources at once and tells of each in the order given; one that fails takes nothing from the others.
import type { SourceConfig } from "../../../config/index.ts";
import type { FetchExit } from "../../../retriever/index.ts";
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
    return o.failed(error);
  });
}
