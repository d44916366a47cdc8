// The header out of a whole message, for servers without TOP.
import type { MessageStream } from "./contract.ts";
import { Pop3Error } from "./errors.ts";

const LF = 0x0a;

/**
 * The message up to the empty line and so many lines behind it. Reads the rest too and forgets it: to stop in the middle
 * of a large message would end the session.
 */
export async function headerOf(
  stream: MessageStream,
  { bodyLines, octetsMax }: { readonly bodyLines: number; readonly octetsMax: number },
): Promise<Buffer> {
  let text = Buffer.alloc(0);
  let end: number | undefined;
  for await (const chunk of stream) {
    if (end !== undefined || text.length > octetsMax) continue;
    text = Buffer.concat([text, chunk]);
    end = endOf(text, bodyLines);
  }
  if (end === undefined && text.length > octetsMax)
    throw new Pop3Error("MESSAGE_TOO_LARGE", { phase: "retrieve", n: stream.n });
  return text.subarray(0, end);
}

/** Where the wanted part ends; undefined when it is not all there. */
function endOf(text: Buffer, bodyLines: number): number | undefined {
  let end = text.indexOf("\r\n") === 0 ? 2 : text.indexOf("\r\n\r\n") + 4;
  if (end === 3) return undefined;
  for (let line = 0; line < bodyLines; line += 1) {
    end = text.indexOf(LF, end) + 1;
    if (end === 0) return undefined;
  }
  return end;
}
