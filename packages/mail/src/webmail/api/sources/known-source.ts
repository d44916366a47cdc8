import type { SourceConfig } from "../../../config/index.ts";
import { notFound } from "../api-error.ts";
import type { Reading } from "../reading.ts";

/** Throws ApiError `not-found`. */
export function knownSource({ house }: Reading, name: string): SourceConfig {
  const source = house.settings.sources().find((one) => one.name === name);
  if (source === undefined) throw notFound("source");
  return source;
}
