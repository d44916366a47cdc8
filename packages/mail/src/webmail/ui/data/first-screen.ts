// What the first screen asks for, whoever asks: the page before its program is there, or the program before it draws.
import type { ReaderSettings, RouteOutput } from "../../api/schema/index.ts";
import { INBOX, parsePlace, type Scope } from "../place/place.ts";
import { type ListQuestion, questionOf } from "./list-question.ts";

export interface FirstScreen {
  readonly scope: Scope;
  readonly question: ListQuestion;
}

/** `fragment` is the page's; an empty one is the inbox of what opens. Undefined for a screen without a list. */
export function firstScreenOf(
  fragment: string,
  { opens, conversations }: Pick<RouteOutput<"session">, "opens"> & Pick<ReaderSettings, "conversations">,
): FirstScreen | undefined {
  const place = fragment.length < 2 ? { ...INBOX, scope: opens } : parsePlace(fragment);
  if (place.screen !== "mail") return undefined;
  return { scope: place.scope, question: questionOf(place, { conversations }) };
}
