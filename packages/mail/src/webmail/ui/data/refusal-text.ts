import { TROUBLE_WORDS } from "../words/collect-words.ts";
import { troubleText } from "../words/collect-text.ts";
import { CATALOGUE, type WordId } from "../words/catalogue.ts";
import type { Words } from "../words/words.ts";
import { Refusal } from "./refusal.ts";

const BY_CODE: Readonly<Record<string, WordId>> = {
  "reader/unreachable": "refusal.no-answer",
  "reader/slow": "refusal.no-answer-in-time",
  "reader/unreadable": "refusal.no-sense",
};

/** What a person reads of something that went wrong. A sentence of the API's own is shown only where it quotes others. */
export function refusalText(words: Words, error: unknown): string {
  const { say } = words;
  if (!(error instanceof Refusal)) return say("refusal.no-sense");
  const { code, reason, values, message, trouble } = error;
  if (trouble !== undefined && Object.hasOwn(TROUBLE_WORDS, trouble.code)) return sentence(troubleText(words, trouble));
  const id = reason === undefined ? BY_CODE[code] : wordOf(reason);
  return id === undefined ? sentence(message) : say(id, values);
}

/** Undefined for a reason of a server that is newer than this page. */
function wordOf(reason: string): WordId | undefined {
  const id = `refusal.${reason}`;
  return Object.hasOwn(CATALOGUE, id) ? (id as WordId) : undefined;
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
