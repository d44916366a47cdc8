// Just enough of RFC 5322 §2.2 to look at trace fields: the fields of a header block, unfolded, in order.

/** The value of the first field called `name` (without case), unfolded; undefined when there is none. */
export function firstField(head: Uint8Array, name: string): string | undefined {
  const wanted = `${name.toLowerCase()}:`;
  let value: string | undefined;
  for (const line of headerLines(head)) {
    const folded = line.startsWith(" ") || line.startsWith("\t");
    if (value !== undefined && !folded) return value;
    if (value !== undefined) value += line;
    else if (!folded && line.slice(0, wanted.length).toLowerCase() === wanted) value = line.slice(wanted.length);
  }
  return value;
}

// Stops at the blank line; a last line without its end is not looked at, it may have been cut.
function* headerLines(head: Uint8Array): Generator<string> {
  const octets = Buffer.from(head.buffer, head.byteOffset, head.length);
  for (let from = 0, end = octets.indexOf(10); end !== -1; from = end + 1, end = octets.indexOf(10, from)) {
    const line = octets.toString("latin1", from, end > from && octets[end - 1] === 13 ? end - 1 : end);
    if (line === "") return;
    yield line;
  }
}
