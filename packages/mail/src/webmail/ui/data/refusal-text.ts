import type { Words } from "../words/words.ts";
import { Refusal } from "./refusal.ts";

/** What a person reads of something that went wrong. The API's own sentences are written for people. */
export function refusalText({ say }: Words, error: unknown): string {
  if (!(error instanceof Refusal)) return say("refusal.unreadable");
  if (error.code === "reader/unreachable") return say("refusal.unreachable");
  if (error.code === "reader/slow") return say("refusal.slow");
  if (error.code === "reader/unreadable") return say("refusal.unreadable");
  return sentence(error.message);
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
