// Draws the first screen out of what was answered early, before React is there, with the very components React will draw it
// with (once.ts). Where anything is missing nothing is drawn, and React begins with an empty page.
import { CloudAlert } from "lucide-react";
import type { RouteInput, RouteName, RouteOutput } from "../../api/schema/index.ts";
import { peekEarly } from "../data/early.ts";
import { firstScreenOf } from "../data/first-screen.ts";
import { inputOf } from "../data/list-question.ts";
import { listQuery } from "../data/lists.ts";
import { mailboxesQuery, sessionQuery, settingsQuery } from "../data/queries.ts";
import { Keyboard } from "../keys/commands.tsx";
import { Note } from "../parts/note.tsx";
import { formatPlace, INBOX, type MailPlace, parsePlace } from "../place/place.ts";
import { showPaneWidths } from "../shell/pane-width.ts";
import { Shell } from "../shell/shell.tsx";
import { shortDate } from "../words/dates.ts";
import { dressPage } from "../words/dress-page.ts";
import { WordsContext } from "../words/use-words.ts";
import { wordsIn } from "../words/words.ts";
import { know } from "./answers.ts";
import { draw } from "./draw.ts";

/** `whole` is what React draws of the same answers, to the element; `part` lacks what is read beside the list. */
export type Painted = "whole" | "part" | "nothing";

/** `isWanted` says whether it is still this one's to draw when the answers are there. */
export async function paintFirst(place: HTMLElement, isWanted: () => boolean): Promise<Painted> {
  makeReady();
  const [session, settings] = await Promise.all([answerTo("session", {}), answerTo("settings", {})]);
  if (session === undefined || settings === undefined) return "nothing";
  const { hash } = window.location;
  const { conversations, keyboard, language, theme } = settings;
  const first = firstScreenOf(hash, { opens: session.opens, conversations });
  if (first === undefined) return "nothing";
  const { name, input } = inputOf(first.question, null);
  const [page, mailboxes] = await Promise.all([answerTo(name, input), answerTo("mailboxes", { account: first.scope })]);
  if (page === undefined || mailboxes === undefined || window.location.hash !== hash || !isWanted()) return "nothing";
  know(sessionQuery, session);
  know(settingsQuery, settings);
  know(mailboxesQuery(first.scope), mailboxes);
  know(listQuery(first.question), { pages: [page], pageParams: [null] });

  const at = hash.length < 2 ? opened({ ...INBOX, scope: session.opens }) : (parsePlace(hash) as MailPlace);
  const words = wordsIn(language, navigator.languages);
  dressPage(words, theme);
  showPaneWidths();
  draw(
    <WordsContext value={words}>
      <Keyboard areLettersOn={keyboard === "on"}>
        <Shell place={at} settings={settings} onSettings={() => undefined} />
      </Keyboard>
    </WordsContext>,
    place,
  );
  return at.open === null ? "whole" : "part";
}

const DAY_MS = 86_400_000;

/** While the answers are on their way: to write the first date takes longer than to draw all rows of a screen. */
function makeReady(): void {
  const words = wordsIn("en", navigator.languages);
  shortDate(words, 10 * DAY_MS, 12 * DAY_MS);
  words.say("list.total", { count: 2 });
}

/** Says that the program did not come, on a bad line or after an update of the server. */
export function paintFailure(place: HTMLElement): void {
  const { say } = wordsIn("en", navigator.languages);
  place.replaceChildren();
  draw(<Note icon={CloudAlert} title={say("app.part-failed")} role="alert" />, place);
}

/** An address without a place gets the one that is shown. */
function opened(place: MailPlace): MailPlace {
  window.history.replaceState(null, "", formatPlace(place));
  return place;
}

async function answerTo<N extends RouteName>(name: N, input: RouteInput<N>): Promise<RouteOutput<N> | undefined> {
  return (await peekEarly(name, input)) as RouteOutput<N> | undefined;
}
