// Just enough of RFC 5322 §2.2 to look at a field: the fields of a header block, unfolded, in order, each octet a character.

/** The value of the first field called `name` (without case), unfolded; undefined when there is none. */
export function firstField(head: Uint8Array, name: string): string | undefined {
  for (const value of valuesOf(head, name)) return value;
  return undefined;
}

/** The values of all fields called `name` (without case), unfolded, without the blanks around them. */
export function fieldsNamed(head: Uint8Array, name: string): readonly string[] {
  return Array.from(valuesOf(head, name), (value) => value.trim());
}

function* valuesOf(head: Uint8Array, name: string): Generator<string> {
  const wanted = `${name.toLowerCase()}:`;
  let value: string | undefined;
  for (const line of headerLines(head)) {
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (value !== undefined) value += line;
      continue;
    }
    if (value !== undefined) yield value;
    value = line.slice(0, wanted.length).toLowerCase() === wanted ? line.slice(wanted.length) : undefined;
  }
  if (value !== undefined) yield value;
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
