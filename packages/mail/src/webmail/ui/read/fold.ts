// Which quoted lines are folded away. Short quotes with an answer below are part of a conversation and stay; long ones,
// and the one a message ends with, are what everybody has read before.
import type { TextBlock } from "../../api/schema/index.ts";

const SHORT_LINES = 4;

export interface Run {
  readonly blocks: readonly TextBlock[];
  readonly isQuoted: boolean;
  readonly isFolded: boolean;
  readonly lines: number;
}

/** The blocks in runs of quoted and own text. A message that is nothing but a quote is shown whole. */
export function runsOf(blocks: readonly TextBlock[]): readonly Run[] {
  const runs = grouped(blocks);
  const isAllQuoted = runs.every(({ isQuoted }) => isQuoted);
  const last = runs.findLastIndex((run) =>
    run.blocks.some(({ isSignature, text }) => !isSignature && text.trim() !== ""),
  );
  return runs.map((run, at) => ({
    ...run,
    isFolded: run.isQuoted && !isAllQuoted && (run.lines > SHORT_LINES || at === last),
  }));
}

function grouped(blocks: readonly TextBlock[]): readonly Omit<Run, "isFolded">[] {
  const groups: TextBlock[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    if (group !== undefined && group[0]?.quote !== undefined && group[0].quote > 0 === block.quote > 0)
      group.push(block);
    else groups.push([block]);
  }
  return groups.map((group) => ({
    blocks: group,
    isQuoted: (group[0]?.quote ?? 0) > 0,
    lines: group.reduce((sum, { text }) => sum + text.split("\n").length, 0),
  }));
}

export interface Piece {
  readonly text: string;
  /** Where it leads; undefined for plain text. */
  readonly href: string | undefined;
}

/** Schemes a link of a message may have; others stay text. */
const SAFE = /^(?:https?|mailto|tel):/i;

/**
 * The text of a block cut where links begin and end. One to the reader itself, at `host`, stays text: followed from here it
 * would be the reader's own, and open what nobody asked for.
 */
export function piecesOf({ text, links }: TextBlock, host: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to, href } of links) {
    if (from < at || to <= from || to > text.length || !SAFE.test(href) || isAt(href, host)) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), href: undefined });
    pieces.push({ text: text.slice(from, to), href });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: undefined });
  return pieces;
}

function isAt(href: string, host: string): boolean {
  return URL.canParse(href) && new URL(href).host === host;
}
