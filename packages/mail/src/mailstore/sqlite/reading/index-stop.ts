// Why nothing is indexed, told apart and put into words.
import type { IndexStop } from "../../reading-index.ts";

/** The same for what is no news: how much is free of a short disk changes at each look. */
export function nameOfStop(stop: IndexStop | undefined): string | undefined {
  return stop?.kind === "failure" ? stop.words : stop?.kind;
}

export function wordsOfStop(stop: IndexStop): string {
  if (stop.kind === "failure") return stop.words;
  return `the disk has ${stop.free} octets free; the last ${stop.floor} are left to mail`;
}
