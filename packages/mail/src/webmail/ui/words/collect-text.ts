// What collecting says, in the words of the reader.
import type { SourceQuestion, SourceStatus, SourceWarning, Trouble } from "../../api/schema/index.ts";
import { TROUBLE_WORDS } from "./collect-words.ts";
import { isToday, shortDate, size, until } from "./dates.ts";
import type { Words } from "./words.ts";

/** What went wrong, in a sentence without its full stop, and without what the server said. */
function plainTrouble(words: Words, { code, values }: Trouble): string {
  const least = Number(values["least"] ?? 0);
  return words.say(TROUBLE_WORDS[code], code === "low-space" ? { least: size(words, least) } : {});
}

/** With the server's own words in quotes. */
export function troubleText(words: Words, trouble: Trouble): string {
  const text = plainTrouble(words, trouble);
  return trouble.reply === "" ? text : words.say("collect.said", { text, reply: trouble.reply });
}

/** What mends itself is said with the moment of the next try. */
const MENDS_ITSELF: ReadonlySet<Trouble["code"]> = new Set(["MAILBOX_BUSY", "LOGIN_DELAY", "too-soon", "busy"]);

/** Of a source: with how far it came, and when it is tried again. */
export function sourceTroubleText(
  words: Words,
  trouble: Trouble,
  { got, nextRunAt }: Pick<SourceStatus, "got" | "nextRunAt">,
  now: number,
): string {
  const text = troubleText(words, trouble);
  if (got !== null && trouble.code !== "low-space")
    return words.say("collect.got-why", { got: words.say("collect.got", got), text });
  if (nextRunAt === null || nextRunAt <= now || !MENDS_ITSELF.has(trouble.code)) return text;
  return words.say("collect.again", { text, when: until(words, nextRunAt, now) });
}

export function questionText({ say }: Words, question: SourceQuestion): string {
  const { messages } = question;
  switch (question.kind) {
    case "many":
      return say("question.many", { going: question.going, listed: question.listed });
    case "clock":
      return say("question.clock", { doubt: say(`clock.${question.clock}`, { days: question.days }), messages });
    case "restored":
      return say("question.restored", { doubt: say(`restored.${question.what}`), messages });
    case "migration": {
      const { gone, came, adopted } = question;
      return say("question.migration-counts", { gone, came, adopted });
    }
  }
}

/** On which day a message goes from its server. */
export function removalText(words: Words, at: number, now: number): string {
  if (isToday(at, now)) return words.say("server.remove-today");
  return words.say("server.remove-at", { day: shortDate(words, at, now) });
}

export function warningText({ say }: Words, { code, values }: SourceWarning): string {
  return say(`warning-of.${code}`, values);
}
