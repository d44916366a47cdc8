// Answers made smaller for whoever takes them so. What is compressed tells by its length how alike its parts are: an answer
// that holds a secret of ours beside text that anybody may have written is never handed over here (ADR 0023).
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip";

/** An answer of one packet gets no quicker. */
export const COMPRESSED_FROM_OCTETS = 1_400;

const compressors: Readonly<Record<Encoding, (octets: Uint8Array) => Promise<Buffer>>> = {
  // From 4 to 5 the time doubles and a twentieth of the octets is won.
  br: (octets) => brotli(octets, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (octets) => zip(octets),
};
const brotli = promisify(brotliCompress);
const zip = promisify<Uint8Array, Buffer>(gzip);

/** The best that an Accept-Encoding allows (RFC 9110 §12.5.3). */
export function encodingFor(accepted: string | undefined): Encoding | undefined {
  const allowed = new Set((accepted ?? "").toLowerCase().split(",").flatMap(codingOf));
  return (["br", "gzip"] as const).find((encoding) => allowed.has(encoding));
}

function codingOf(text: string): readonly string[] {
  const [coding = "", ...parameters] = text.split(";").map((part) => part.trim());
  return parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter)) ? [] : [coding];
}

/** JSON as it was asked for. */
export async function jsonResponse(value: unknown, encoding: Encoding | undefined): Promise<Response> {
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const isSmall = encoding === undefined || plain.length < COMPRESSED_FROM_OCTETS;
  const octets = isSmall ? plain : await compressors[encoding](plain);
  return new Response(new Uint8Array(octets), {
    headers: {
      "content-type": "application/json",
      "content-length": String(octets.length),
      vary: "accept-encoding",
      ...(isSmall ? {} : { "content-encoding": encoding }),
    },
  });
}
