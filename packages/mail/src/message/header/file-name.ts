import { FILE_NAME_OCTETS_MAX } from "../limits.ts";
import { safeHeaderText } from "./safe-header-text.ts";

/** Names Windows keeps for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?=\.|$)/i;
const FORBIDDEN = /[<>:"|?*\\/\u2044\u2215\u29f5\u29f8\ufe68\uff0f\uff3c]/g;

/**
 * A name any system can save under: the last part of a path, nothing hidden or reordered in it, no device, at most 150
 * octets of UTF-8 with its extension kept. Never empty. `extension` (without a dot) is added when there is none.
 */
export function safeFileName(name: string, extension?: string): string {
  const lastOfPath = name.split(/[\\/]/).findLast((piece) => safeHeaderText(piece) !== "") ?? "";
  const clean = safeHeaderText(lastOfPath, 4_096)
    .replace(FORBIDDEN, "_")
    .replace(/^[.\s~-]+/, "")
    .replace(/[.\s]+$/, "");
  const named = clean === "" ? "attachment" : RESERVED.test(clean) ? `_${clean}` : clean;
  const dot = named.lastIndexOf(".");
  const hasExtension = dot > 0 && /^\.[\p{L}\p{N}_+-]{1,20}$/u.test(named.slice(dot));
  if (hasExtension) return bounded(named.slice(0, dot), named.slice(dot));
  return bounded(named, extension === undefined ? "" : `.${extension}`);
}

function bounded(stem: string, extension: string): string {
  let octets = Buffer.byteLength(extension);
  let kept = "";
  for (const character of stem) {
    octets += Buffer.byteLength(character);
    if (octets > FILE_NAME_OCTETS_MAX) break;
    kept += character;
  }
  return `${kept.trimEnd()}${extension}`;
}
