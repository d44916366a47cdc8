// Plain text as format=flowed (RFC 3676): lines wrapped at 72 with a space that says "goes on", so that a narrow window
// may wrap again and a quoted reply stays in order.

const WIDTH = 72;
/** A line that is quoted so deep that less than half of it is left is not cut: every piece would repeat its marks. */
const PREFIX_MAX = WIDTH / 2;

/** Text with any line ends in, flowed text with \r\n out. Quoted lines ("> ") keep their depth; "-- " stays the signature's mark. */
export function flow(text: string): string {
  // A CR alone ends a line too: it must not reach the wire (RFC 5321 §2.3.8).
  return text
    .split(/\r\n?|\n/)
    .flatMap(flowLine)
    .join("\r\n");
}

function flowLine(line: string): readonly string[] {
  const quote = /^(?:> ?)+/.exec(line)?.[0] ?? "";
  const depth = quote.replaceAll(" ", "").length;
  const prefix = depth === 0 ? "" : `${">".repeat(depth)} `;
  const body = line.slice(quote.length);
  // RFC 3676 §4.3: the mark of a signature is the one fixed line that ends with a space.
  if (body === "-- ") return [`${prefix}-- `];
  // A space at the end would say that the line goes on (§4.1).
  const rest = withoutBlanksAtEnd(body);
  const parts = prefix.length > PREFIX_MAX ? [rest] : wrap(rest, WIDTH - prefix.length);
  return parts.map((part) => prefix + stuff(part, depth));
}

/** By hand: / +$/ looks at every blank of a run again for each blank of it. */
function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === " ") end -= 1;
  return text.slice(0, end);
}

/** §4.4: a line that begins with a space, with "From " or, unquoted, with ">" gets a space before it. */
function stuff(line: string, depth: number): string {
  return line.startsWith(" ") || line.startsWith("From ") || (depth === 0 && line.startsWith(">")) ? ` ${line}` : line;
}

/** Cut behind blanks; a word longer than a line stays whole, up to RFC 5322's 998. */
function wrap(text: string, width: number): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > width) {
    const before = text.lastIndexOf(" ", from + width - 1);
    // A piece of its own that reads "-- " would be the mark of a signature.
    const isUsable = before > from && text.slice(from, before + 1) !== "-- ";
    const cut = isUsable ? before : text.indexOf(" ", from + width);
    if (cut < 0) break;
    parts.push(text.slice(from, cut + 1));
    from = cut + 1;
  }
  return [...parts, text.slice(from)];
}
