// The header of a message or part: fields in order, looked up by lower-case name in a Map, because a name may be
// `__proto__`.
import libmime from "libmime";
import { FIELD_OCTETS_MAX, SAME_FIELDS_MAX } from "../limits.ts";
import { decodeUndeclared } from "./charset.ts";

export class Header {
  readonly #values = new Map<string, string[]>();

  /** `lines` as the splitter gives them: one string a field, one character an octet, still folded. */
  constructor(lines: Iterable<{ readonly key: string; readonly line: string }>) {
    for (const { key, line } of lines) {
      const name = key.trim().toLowerCase();
      const values = this.#values.get(name) ?? [];
      if (values.length < SAME_FIELDS_MAX) values.push(line.slice(line.indexOf(":") + 1));
      this.#values.set(name, values);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The field unfolded, in Unicode, encoded-words untouched: for what has a syntax of its own. Empty when there is none. */
  raw(name: string): string {
    return readable(this.#values.get(name)?.[0] ?? "");
  }

  rawAll(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).map(readable);
  }

  /** The field with its encoded-words decoded, not yet cleaned. */
  text(name: string): string {
    return decodeWords(this.raw(name));
  }
}

/** RFC 2047 words in it decoded. */
export function decodeWords(text: string): string {
  return text.includes("=?") ? libmime.decodeWords(text) : text;
}

// RFC 5322 §2.2.3: unfolding takes the line end and leaves the white space after it.
function readable(value: string): string {
  const cut = value.length > FIELD_OCTETS_MAX ? value.slice(0, FIELD_OCTETS_MAX) : value;
  // RFC 6532 lets a header be UTF-8; older programs write what their system had.
  return decodeUndeclared(Buffer.from(cut.replace(/\r?\n(?=[ \t])/g, ""), "latin1")).trim();
}
