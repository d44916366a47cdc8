// A source's filters, compiled, held against headers. The first that matches decides.
import { compilePattern, type Pattern, type SourceConfig, type SourceFilter } from "../../config/index.ts";
import { decodeField, fieldsNamed } from "../../delivery/index.ts";
import type { FilterVerdict } from "../decide/decide.ts";
import { because } from "../decide/reasons.ts";

/** Of each field so much is looked at. */
const VALUE_LENGTH_MAX = 8_192;

export type Filters = (header: Uint8Array) => FilterVerdict | undefined;

export function compileFilters({ filters }: SourceConfig): Filters | undefined {
  if (filters.length === 0) return undefined;
  const compiled = filters.map((filter) => ({ filter, pattern: compilePattern(filter.matches) }));
  return (header) => {
    const found = compiled.find((one) => matches(one, header));
    if (found === undefined) return undefined;
    const { filter } = found;
    return { do: filter.do, why: because("filter", { header: filter.header, pattern: filter.matches }) };
  };
}

function matches(
  { filter, pattern }: { readonly filter: SourceFilter; readonly pattern: Pattern },
  header: Uint8Array,
): boolean {
  return fieldsNamed(header, filter.header).some((value) => {
    const text = value.slice(0, VALUE_LENGTH_MAX);
    return pattern.test(text) || pattern.test(decodeField(text));
  });
}
