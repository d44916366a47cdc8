// The header of a message before the splitter sees it: bounded, and rid of what some programs leave before it. The rest
// of the message is not touched.
import { FIELD_OCTETS_MAX, HEADER_OCTETS_MAX } from "../limits.ts";

const LF = 0x0a;
const CR = 0x0d;

/** `octets` with at most 1 MiB of header, at most 64 KiB of it in one field. */
export function boundHeader(octets: Uint8Array): { readonly octets: Buffer; readonly isCut: boolean } {
  const whole = withoutLead(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
  const kept: Buffer[] = [];
  let keptOctets = 0;
  let fieldOctets = 0;
  let isCut = false;
  let at = 0;
  while (at < whole.length && !isLineEnd(whole, at)) {
    const next = endOfLine(whole, at);
    const isFolded = whole[at] === 0x20 || whole[at] === 0x09;
    fieldOctets = isFolded ? fieldOctets : 0;
    const room = Math.min(FIELD_OCTETS_MAX - fieldOctets, HEADER_OCTETS_MAX - keptOctets);
    const line = whole.subarray(at, next);
    if (line.length <= room) kept.push(line);
    else {
      isCut = true;
      // A field is cut inside a line only when there is nothing of it yet: a continuation goes as a whole.
      if (!isFolded && room > 2) kept.push(line.subarray(0, room - 2), Buffer.from("\r\n"));
    }
    fieldOctets += Math.min(line.length, room);
    keptOctets += Math.min(line.length, room);
    at = next;
  }
  return isCut ? { octets: Buffer.concat([...kept, whole.subarray(at)]), isCut } : { octets: whole, isCut };
}

/** The header alone of a message too large to parse, with the empty line that ends it. */
export function headerOnly(octets: Uint8Array): Buffer {
  const whole = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let at = 0;
  while (at < whole.length && at < HEADER_OCTETS_MAX && !isLineEnd(whole, at)) at = endOfLine(whole, at);
  return Buffer.concat([whole.subarray(0, at), Buffer.from("\r\n")]);
}

// A byte order mark, or the separator line of an mbox file before the first field.
function withoutLead(octets: Buffer): Buffer {
  let at = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? 3 : 0;
  if (octets.subarray(at, at + 5).toString("latin1") === "From ") at = endOfLine(octets, at);
  const first = octets.subarray(at, at + 1_000).toString("latin1");
  // No field where the first one should be: all of it is body, shown as text rather than lost as a header.
  if (first !== "" && !/^(?:[ \t\r\n]|[A-Za-z0-9][\w.-]*[ \t]*:)/.test(first)) {
    return Buffer.concat([Buffer.from("\r\n"), octets.subarray(at)]);
  }
  return octets.subarray(at);
}

function isLineEnd(octets: Buffer, at: number): boolean {
  return octets[at] === LF || (octets[at] === CR && octets[at + 1] === LF);
}

function endOfLine(octets: Buffer, at: number): number {
  const lf = octets.indexOf(LF, at);
  return lf === -1 ? octets.length : lf + 1;
}
