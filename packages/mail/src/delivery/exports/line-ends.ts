// The line ends of Unix files, streamed. A CR before a CRLF would be lost on the way back, so such a message keeps CRLF.

const CR = 13;

/** The message cannot be said with LF line ends. */
export class NeedsCrlf extends Error {
  constructor() {
    super("a CR stands before a CRLF");
    this.name = "NeedsCrlf";
  }
}

/** Canonical octets with LF for CRLF. Throws NeedsCrlf. */
export async function* withLf(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0); // one or two CRs at the end, whose meaning the next chunk decides
  for await (const chunk of octets) {
    const text = Buffer.concat([held, chunk]);
    if (text.indexOf("\r\r\n") !== -1) throw new NeedsCrlf();
    const end = text.length - trailingCrs(text);
    held = text.subarray(end);
    yield withoutCrs(text.subarray(0, end));
  }
  if (held.length > 0) yield held;
}

function trailingCrs(text: Buffer): number {
  if (text.at(-1) !== CR) return 0;
  return text.at(-2) === CR ? 2 : 1;
}

function withoutCrs(text: Buffer): Uint8Array {
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  let from = 0;
  for (let cr = text.indexOf("\r\n"); cr !== -1; cr = text.indexOf("\r\n", from)) {
    length += text.copy(out, length, from, cr);
    from = cr + 1;
  }
  length += text.copy(out, length, from);
  return out.subarray(0, length);
}
