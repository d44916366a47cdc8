// An answer of the running post office, read to its end.
import type { IncomingMessage } from "node:http";
import { OfficeError } from "../office-error.ts";

const ANSWER_OCTETS_MAX = 64 * 1_048_576;

/** Throws OfficeError `no-answer` for more than any answer has. */
export async function answerText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > ANSWER_OCTETS_MAX)
      throw new OfficeError("no-answer", "the running post office gave an endless answer");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
