// One attachment or inline part: saved, or shown where its first octets say that it may be.
import type { Reading } from "../reading.ts";
import { fileHeaders, shownType } from "./headers.ts";
import type { ContentCall } from "./index.ts";

export async function sendPart(reading: Reading, call: ContentCall): Promise<Response> {
  const isLook = call.query("show") === "1";
  const { mail } = reading.house;
  const { part, content } = await reading.octets.lend(
    call,
    (octets) => (isLook ? mail.shownPart(octets, call.part) : mail.part(octets, call.part)),
    call.signal,
  );
  const shown = isLook ? shownType(part, content) : undefined;
  const headers = fileHeaders({
    type: shown ?? savedType(part.mediaType),
    fileName: part.fileName,
    disposition: shown === undefined ? "attachment" : "inline",
  });
  return new Response(content, { headers: { ...headers, "content-length": String(content.byteLength) } });
}

/** The sender's word for it, as far as it is one: saved, it is only a hint. */
function savedType(mediaType: string): string {
  return /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,80}$/.test(mediaType) && !/html|xml|script|svg/.test(mediaType)
    ? mediaType
    : "application/octet-stream";
}
