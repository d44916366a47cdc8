// TOML with the place of every key and value. smol-toml reads the values, toml-patch the places.
import { parse, TomlError } from "smol-toml";
import { loadTomlPatch } from "./toml-patch.ts";

/** line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface TomlText {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where a value is written; for an unknown path, the nearest table above it. */
  valueAt(path: readonly PropertyKey[]): Place;
  /** Where its key is written. */
  keyAt(path: readonly PropertyKey[]): Place;
}

/** The text is no TOML. `place` is where reading stopped. */
export class TomlProblem extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.name = "TomlProblem";
    this.place = place;
  }
}

/** Reads a text. Throws TomlProblem. */
export function readToml(text: string): TomlText {
  const data = parseOrExplain(text);
  let places: Places | undefined;
  const nearest = (path: readonly PropertyKey[], which: "key" | "value"): Place => {
    // Read when a place is asked for: by a problem, or by who explains.
    places ??= placesOf(text);
    for (let length = path.length; length > 0; length -= 1) {
      const found = places.get(pathKey(path.slice(0, length)));
      if (found !== undefined) return length === path.length ? found[which] : found.value;
    }
    return { line: 1, column: 1 };
  };
  return { data, valueAt: (path) => nearest(path, "value"), keyAt: (path) => nearest(path, "key") };
}

function parseOrExplain(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split("\n", 1)[0] ?? "").replace(/^Invalid TOML document: /, "");
    throw new TomlProblem(`not TOML: ${reason}; ${hintFor(reason)}`, {
      line: error.line,
      column: error.column,
    });
  }
}

/** The reader of TOML has words and no codes; what it may say otherwise gets the commonest advice. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/already defined/, "it stands there twice: keep one, or write both into one table"],
  [/strings|unfinished string/, 'close the quotes, as in key = "text"'],
  [/escape/, "write \\\\ for \\, or the text in single quotes"],
  [/numer|integer|leading zero|underscore/, 'a number has no unit; a text stands in quotes, as in key = "5m"'],
  [/end of structure|unfinished (?:array|table)/, "put commas between, and close every [ and {"],
  [/end-of-line/, "each key stands on a line of its own, and a table is [name] or [[name]]"],
  [/key|table/, 'write key = "text", or a table as [name]'],
];

function hintFor(reason: string): string {
  return HINTS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'a text stands in quotes, as in key = "text"';
}

type Places = Map<string, { readonly key: Place; readonly value: Place }>;

const pathKey = (path: readonly PropertyKey[]): string => path.map(String).join("\0");

/** One node of toml-patch's tree, as far as it is read here. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly key?: Node;
  readonly item?: Node;
  readonly items?: readonly Node[];
  readonly value?: unknown;
}

function placesOf(text: string): Places {
  const places: Places = new Map();
  const arrays = new Map<string, number>();
  for (const block of loadTomlPatch().parseDocument(text).cst as readonly Node[]) {
    if (block.type === "KeyValue") notePair(places, [], block);
    if (block.type !== "Table" && block.type !== "TableArray") continue;
    const name = keyParts(block.key?.item);
    let path: readonly PropertyKey[] = name;
    if (block.type === "TableArray") {
      const index = arrays.get(pathKey(name)) ?? 0;
      arrays.set(pathKey(name), index + 1);
      path = [...name, index];
    }
    const place = placeOf(block.key?.item ?? block);
    noteParents(places, name, place);
    places.set(pathKey(path), { key: place, value: place });
    for (const item of block.items ?? []) if (item.type === "KeyValue") notePair(places, path, item);
  }
  return places;
}

function notePair(places: Places, above: readonly PropertyKey[], pair: Node): void {
  const value = pair.value as Node;
  const key = placeOf(pair.key ?? pair);
  const parts = keyParts(pair.key);
  parts.slice(0, -1).forEach((_, index) => noteOnce(places, [...above, ...parts.slice(0, index + 1)], key));
  noteValue(places, { path: [...above, ...parts], key, value });
}

function noteValue(
  places: Places,
  o: { readonly path: readonly PropertyKey[]; readonly key: Place; readonly value: Node },
): void {
  places.set(pathKey(o.path), { key: o.key, value: placeOf(o.value) });
  const items = (o.value.items ?? []).map((entry) => entry.item).filter((item) => item !== undefined);
  if (o.value.type === "InlineTable") for (const item of items) notePair(places, o.path, item);
  if (o.value.type === "InlineArray")
    items.forEach((item, index) => noteValue(places, { path: [...o.path, index], key: placeOf(item), value: item }));
}

function noteParents(places: Places, name: readonly string[], place: Place): void {
  name.forEach((_, index) => noteOnce(places, name.slice(0, index + 1), place));
}

function noteOnce(places: Places, path: readonly PropertyKey[], place: Place): void {
  if (!places.has(pathKey(path))) places.set(pathKey(path), { key: place, value: place });
}

function keyParts(key: Node | undefined): readonly string[] {
  return Array.isArray(key?.value) ? (key.value as readonly string[]) : [];
}

function placeOf(node: Node): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
