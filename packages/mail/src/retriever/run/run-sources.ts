// Several sources, each on its own: one that hangs or fails takes nothing from the others.
import type { SourceConfig } from "../../config/index.ts";
import { FetchError } from "../fetch-error.ts";
import type { SourceReport } from "./events.ts";
import type { FetchHouse } from "./house.ts";
import { runSource } from "./run-source.ts";

/** Those named, or all that are enabled. Throws FetchError `no-such-source`. */
export function chooseSources(all: readonly SourceConfig[], names: readonly string[]): readonly SourceConfig[] {
  if (names.length === 0) return all.filter(({ enabled }) => enabled);
  return [...new Set(names)].map((name) => {
    const found = all.find((source) => source.name === name);
    if (found !== undefined) return found;
    const known = all.map((source) => source.name).join(", ");
    throw new FetchError(
      "no-such-source",
      `there is no source ${JSON.stringify(name)}; ${known === "" ? "the configuration has none" : `there is ${known}`}`,
    );
  });
}

/** All at once, in the order given. Never rejects. */
export function runSources(sources: readonly SourceConfig[], house: FetchHouse): Promise<readonly SourceReport[]> {
  return Promise.all(sources.map((source) => runSource(source, house)));
}
