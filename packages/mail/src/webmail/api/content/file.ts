// The message as it was received: to look at, and to save. Streamed; nothing of it is read.
import type { Reading } from "../reading.ts";
import { fileHeaders, PLAIN_TEXT } from "./headers.ts";
import type { ContentCall } from "./index.ts";

export async function sendEml(reading: Reading, call: ContentCall): Promise<Response> {
  const { subject, octets } = await reading.indexed(call.account, call.messageId);
  const fileName = `${subject.slice(0, 100) || "message"}.eml`;
  const headers = fileHeaders({ type: "message/rfc822", fileName, disposition: "attachment" });
  return streamed(reading, call, { ...headers, "content-length": String(octets) });
}

/** As text: no browser makes anything else of it. */
export async function sendSource(reading: Reading, call: ContentCall): Promise<Response> {
  await reading.indexed(call.account, call.messageId);
  return streamed(reading, call, fileHeaders({ type: PLAIN_TEXT, fileName: "source.txt", disposition: "inline" }));
}

function streamed(reading: Reading, call: ContentCall, headers: Readonly<Record<string, string>>): Response {
  return new Response(toStream(reading.house.store.octetsOf(call.account, call.messageId)), { headers });
}

/** Pulled chunk by chunk, and given up when the reader goes away. */
export function toStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks);
}
