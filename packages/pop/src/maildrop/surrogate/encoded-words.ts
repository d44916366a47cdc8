// RFC 2047: text beyond ASCII in a header that may hold only ASCII.
import { isAsciiText } from "./ascii.ts";

/** Octets of UTF-8 in one encoded word: it has at most 60 characters, which fit behind the longest name of a field. */
const wordOctetsMax = 36;
const lineOctetsMax = 76;

/** Encodes the words that are not ASCII, and folds into lines of at most 76 characters; the first has `taken` already. */
export function encodedText(text: string, taken: number): string {
  return folded(encodedWords(text), taken);
}

/** All of it encoded, for a phrase, where the words beside encoded ones would need quotes (RFC 2047 §5). */
export function encodedPhrase(text: string, taken: number): string {
  return folded(base64Words(text), taken);
}

function encodedWords(text: string): readonly string[] {
  const words = text.split(/[ \t]+/u).filter((word) => word !== "");
  const out: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    // White space between two encoded words is not shown, so it belongs into the first of them (RFC 2047 §6.2).
    if (run.length > 0) out.push(...base64Words((looksEncoded(out.at(-1)) ? " " : "") + run.join(" ")));
    run = [];
  };
  for (const word of words) {
    if (!isAsciiText(word)) run.push(word);
    else {
      endRun();
      out.push(word);
    }
  }
  endRun();
  return out;
}

function looksEncoded(word: string | undefined): boolean {
  return word !== undefined && /^=\?.*\?=$/u.test(word);
}

/** Cut between characters, never inside one (RFC 2047 §5). */
function base64Words(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > wordOctetsMax) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece].map((part) => `=?utf-8?B?${Buffer.from(part).toString("base64")}?=`);
}

function folded(words: readonly string[], taken: number): string {
  let text = "";
  let line = taken;
  for (const word of words) {
    const fits = line + 1 + word.length <= lineOctetsMax;
    if (text !== "") text += fits ? " " : "\r\n ";
    line = text === "" || fits ? line + 1 + word.length : 1 + word.length;
    text += word;
  }
  return text;
}
