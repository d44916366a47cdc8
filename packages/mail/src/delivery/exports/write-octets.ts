// Writes a message to an open file, with LF line ends where nothing is lost by it.
import type { FileHandle } from "node:fs/promises";
import { NeedsCrlf, withLf } from "./line-ends.ts";

type Octets = () => AsyncIterable<Uint8Array>;
type Rewrite = (octets: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

const AS_IT_IS: Rewrite = (octets) => octets;

/** Writes at `start` and gives where the next octet goes; on a message that needs its CRLFs it begins again. */
export async function writeOctets(
  file: FileHandle,
  o: { readonly start: number; readonly octets: Octets; readonly rewrite?: Rewrite },
): Promise<number> {
  const rewrite = o.rewrite ?? AS_IT_IS;
  try {
    return await copy(file, o.start, rewrite(withLf(o.octets())));
  } catch (error) {
    if (!(error instanceof NeedsCrlf)) throw error;
    await file.truncate(o.start);
    return copy(file, o.start, rewrite(o.octets()));
  }
}

/** Writes octets as they come; gives where the next one goes. */
export async function copy(file: FileHandle, start: number, octets: AsyncIterable<Uint8Array>): Promise<number> {
  let at = start;
  for await (const chunk of octets) {
    let written = 0;
    while (written < chunk.length)
      written += (await file.write(chunk, written, chunk.length - written, at + written)).bytesWritten;
    at += chunk.length;
  }
  return at;
}
