// Content-Disposition (RFC 6266): the name as ASCII for old clients, whole as RFC 8187 has it for all others. The name
// came with the mail, so nothing of it but letters, digits and percent signs reaches the header.

/** As much as every folder takes, with something put before it. */
const NAME_OCTETS_MAX = 150;

export function contentDisposition(kind: "attachment" | "inline", fileName: string): string {
  const name = cleanName(fileName);
  const ascii = name.replace(/[^\w.\- ]/g, "_");
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${percentEncoded(name)}`;
}

/** Safe as a name in any folder, whatever it was: the last stop before a disk. */
export function cleanName(fileName: string): string {
  const flat = fileName
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "")
    .replace(/[/\\:*?"<>|]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const short = shortened(flat);
  return short === "" ? "attachment" : /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(short) ? `_${short}` : short;
}

/** Keeps the extension, and no half of a letter. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= NAME_OCTETS_MAX) return name;
  const [extension = ""] = /\.\w{1,10}$/.exec(name) ?? [];
  let short = "";
  for (const character of name) {
    if (Buffer.byteLength(short) + Buffer.byteLength(character) > NAME_OCTETS_MAX - extension.length) break;
    short += character;
  }
  return short + extension;
}

/** RFC 8187 §3.2.1: attr-char alone stands for itself. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
