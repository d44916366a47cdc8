import type { AnswerWords } from "../../api/schema/index.ts";
import type { Words } from "../words/words.ts";

/** What the server puts above a message that is quoted: in the language and with the clock of whoever writes. */
export function answerWords({ say, locale }: Words): AnswerWords {
  return {
    wrote: say("answer.wrote", { date: "{date}", who: "{who}" }),
    forwarded: say("answer.forwarded"),
    from: say("answer.from"),
    to: say("answer.to"),
    cc: say("answer.cc"),
    date: say("answer.date"),
    subject: say("answer.subject"),
    locale,
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
