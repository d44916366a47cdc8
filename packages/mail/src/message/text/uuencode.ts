// Files that old programs put into the text itself, between `begin 644 name` and `end`.
import { UUENCODED_FILES_MAX } from "../limits.ts";

export interface UuencodedFile {
  readonly name: string;
  readonly content: Buffer<ArrayBuffer>;
}

const BEGIN = /^begin(?:-base64)? [0-7]{3,4} (\S.{0,300})$/;

/** The text without the files in it, and the files. What only looks like one stays text. */
export function takeUuencoded(text: string): { readonly text: string; readonly files: readonly UuencodedFile[] } {
  if (!/^begin(?:-base64)? [0-7]{3,4} /m.test(text)) return { text, files: [] };
  const kept: string[] = [];
  const files: UuencodedFile[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const name = files.length < UUENCODED_FILES_MAX ? BEGIN.exec(line)?.[1] : undefined;
    const file = name === undefined ? undefined : fileAt(lines, at + 1, line.startsWith("begin-base64"));
    if (name === undefined || file === undefined) {
      kept.push(line);
      continue;
    }
    files.push({ name: name.trim(), content: file.content });
    at = file.end;
  }
  return { text: kept.join("\n"), files };
}

function fileAt(
  lines: readonly string[],
  from: number,
  isBase64: boolean,
): { content: Buffer<ArrayBuffer>; end: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === (isBase64 ? "====" : "end")) return { content: Buffer.concat(pieces), end: at };
    const piece = isBase64 ? base64Line(line) : uuencodedLine(line.trimEnd());
    if (piece === undefined) return undefined;
    pieces.push(piece);
  }
  return undefined;
}

function base64Line(line: string): Buffer | undefined {
  return /^[A-Za-z0-9+/=]{0,1000}$/.test(line.trim()) ? Buffer.from(line, "base64") : undefined;
}

/** One line: a count, then four characters for three octets. Undefined when it is none. */
function uuencodedLine(line: string): Buffer | undefined {
  if (line === "" || line === "`" || line === " ") return Buffer.alloc(0);
  const count = (line.charCodeAt(0) - 32) & 63;
  const characters = line.slice(1);
  // Trailing spaces mean zeros and are lost on the way; more than fits is no uuencoded line.
  if (/[^ -`]/.test(line) || characters.length > Math.ceil(count / 3) * 4 + 2) return undefined;
  const octets = Buffer.alloc(Math.ceil(count / 3) * 3);
  for (let group = 0; group * 3 < octets.length; group++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((at) => ((characters.charCodeAt(group * 4 + at) || 32) - 32) & 63) as [
      number,
      number,
      number,
      number,
    ];
    octets.writeUIntBE((a << 18) | (b << 12) | (c << 6) | d, group * 3, 3);
  }
  return octets.subarray(0, count);
}
