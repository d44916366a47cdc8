// Text with lines too long to be laid out whole.

/** In characters. */
const LONG_LINE = 4_000;

/**
 * A browser lays a line out as a whole, in a time that grows with the square of its length: text with a line of more than
 * 4,000 characters is cut into slices, each laid out by itself. Whole otherwise.
 */
export function slicesOf(text: string): readonly string[] {
  if (!text.split("\n").some((line) => line.length > LONG_LINE)) return [text];
  const slices: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = sliceEnd(text, at);
    slices.push(text.slice(at, end));
    at = end;
  }
  return slices;
}

/** Behind the last line that fits, else anywhere but within a surrogate pair. */
function sliceEnd(text: string, at: number): number {
  const most = at + LONG_LINE;
  if (most >= text.length) return text.length;
  const lineEnd = text.lastIndexOf("\n", most - 1);
  if (lineEnd >= at) return lineEnd + 1;
  return /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
}
