// Plain text cut into lines with their quote depth: fixed as they stand, or flowed (RFC 3676) with soft line breaks undone.
import { QUOTE_DEPTH_MAX } from "../limits.ts";

export interface QuotedLine {
  readonly quote: number;
  readonly text: string;
  /** RFC 3676 §4.3: the line that opens a signature. */
  readonly isSignatureMark: boolean;
}

export interface FlowedOptions {
  readonly isFlowed: boolean;
  /** RFC 3676 §4: the space before a soft break is not part of the text. */
  readonly deletesSpace: boolean;
}

export function quotedLines(text: string, options: FlowedOptions): readonly QuotedLine[] {
  const lines = text.split(/\r\n|\n|\r/);
  return options.isFlowed ? joinFlowed(lines, options.deletesSpace) : lines.map(fixedLine);
}

function fixedLine(line: string): QuotedLine {
  let at = 0;
  let quote = 0;
  while (line.charAt(at) === ">" || (line.charAt(at) === " " && quote > 0 && line.charAt(at + 1) === ">")) {
    if (line.charAt(at) === ">") quote += 1;
    at += 1;
  }
  if (quote > 0 && line.charAt(at) === " ") at += 1;
  const rest = line.slice(at);
  return { quote: Math.min(quote, QUOTE_DEPTH_MAX), text: rest, isSignatureMark: rest === "-- " };
}

function joinFlowed(lines: readonly string[], deletesSpace: boolean): readonly QuotedLine[] {
  const joined: QuotedLine[] = [];
  let pieces: string[] = [];
  let quote = 0;
  const close = (): void => {
    if (pieces.length > 0) joined.push({ quote, text: pieces.join(""), isSignatureMark: false });
    pieces = [];
  };
  for (const line of lines) {
    const marks = /^>*/.exec(line)?.[0].length ?? 0;
    const depth = Math.min(marks, QUOTE_DEPTH_MAX);
    const text = line.slice(line.charAt(marks) === " " ? marks + 1 : marks);
    // RFC 3676 §4.5: a paragraph ends where the depth changes.
    if (depth !== quote) close();
    quote = depth;
    if (text === "-- ") {
      close();
      joined.push({ quote, text, isSignatureMark: true });
    } else if (text.endsWith(" ")) {
      pieces.push(deletesSpace ? text.slice(0, -1) : text);
    } else {
      pieces.push(text);
      close();
    }
  }
  close();
  return joined;
}
