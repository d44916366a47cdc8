// A plain body as runs of lines of one quote depth, links found, the signature apart.
import type { TextBlock } from "../contract.ts";
import { BLOCKS_MAX, BODY_CHARACTERS_MAX } from "../limits.ts";
import { cleanText } from "./clean-text.ts";
import { quotedLines } from "./flowed.ts";
import type { FlowedOptions } from "./flowed.ts";
import { LinkFinder } from "./links.ts";

interface Run {
  readonly quote: number;
  readonly isSignature: boolean;
  readonly lines: string[];
}

export interface TextBlocks {
  readonly blocks: readonly TextBlock[];
  /** The body is longer than is shown. */
  readonly isCut: boolean;
}

export function textBlocks(text: string, options: FlowedOptions): TextBlocks {
  const isLong = text.length > BODY_CHARACTERS_MAX;
  const runs = runsOf(cleanText(isLong ? text.slice(0, BODY_CHARACTERS_MAX) : text), options);
  const finder = new LinkFinder();
  const blocks = runs.slice(0, BLOCKS_MAX).map(({ quote, isSignature, lines }) => {
    const shown = lines.join("\n");
    return { quote, text: shown, links: finder.find(shown), isSignature };
  });
  return { blocks, isCut: isLong || runs.length > BLOCKS_MAX };
}

function runsOf(text: string, options: FlowedOptions): readonly Run[] {
  const runs: Run[] = [];
  let isSignature = false;
  for (const line of quotedLines(text.trimEnd(), options)) {
    // A signature lasts until something is quoted: people do answer below one.
    if (line.isSignatureMark && line.quote === 0) isSignature = true;
    else if (line.quote > 0) isSignature = false;
    const last = runs.at(-1);
    if (last !== undefined && last.quote === line.quote && last.isSignature === isSignature) last.lines.push(line.text);
    else runs.push({ quote: line.quote, isSignature, lines: [line.text] });
  }
  return runs.filter((run) => run.lines.some((line) => line !== ""));
}
