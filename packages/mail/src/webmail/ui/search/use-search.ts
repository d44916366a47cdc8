// Searches as one types. What is sought is asked for at once, while the letter is still being drawn, and takes the place of
// the list when it is there: one drawing a letter, and no list that is empty in between.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { questionOf } from "../data/list-question.ts";
import { listQuery, SEARCHES } from "../data/lists.ts";
import { useSettings } from "../data/queries.ts";
import { INBOX, type MailPlace, type Place, type Scope } from "../place/place.ts";
import { go, goAhead } from "../place/use-place.ts";

/** While an answer is on its way, the next letters are gathered for this long: nobody reads what a fast hand goes past. */
const GATHER_MS = 100;
/** An answer that takes longer is waited for where it will be shown. */
const PATIENCE_MS = 300;

export interface Search {
  /** Goes to what is found for `q` as soon as it is there, unless something else is typed or gone to before. */
  readonly type: (q: string) => void;
  /** The same, at once. */
  readonly submit: (q: string) => void;
  /** Back to the list that was left. */
  readonly leave: () => void;
}

/** The first letter leaves the list, so "back" returns to it; the others replace one another. */
export function useSearch(place: Place, scope: Scope): Search {
  const client = useQueryClient();
  const settings = useSettings();
  const left = useRef<Place>(INBOX);
  const wanted = useRef<AbortController>(undefined);
  const searched = place.screen === "mail" && place.list.kind === "search" ? place.list : undefined;
  useEffect(() => () => wanted.current?.abort(), [place]);

  /** Whatever was wanted before is wanted no longer. */
  const want = (): AbortSignal => {
    wanted.current?.abort();
    wanted.current = new AbortController();
    return wanted.current.signal;
  };
  const leave = (): void => {
    want();
    if (searched !== undefined) go(left.current);
  };
  const placeOf = (q: string): MailPlace => {
    const list = { kind: "search", q: q.trim(), order: searched?.order ?? "newest" } as const;
    return { screen: "mail", scope, list, open: null };
  };
  const goTo = (to: MailPlace, by: typeof goAhead): void => {
    if (searched === undefined) left.current = place;
    by(to, searched === undefined ? "push" : "replace");
  };
  const type = async (q: string): Promise<void> => {
    const signal = want();
    const to = placeOf(q);
    await answered(client, listQuery(questionOf(to, settings)), signal);
    if (!signal.aborted) goTo(to, goAhead);
  };
  return {
    type(q) {
      if (q.trim() === "") leave();
      // It begins nearly every message, and is a word of its own in few: the list stays until there is more of the word.
      else if (searched === undefined && LONE_LETTER.test(q.trim())) want();
      else void type(q);
    },
    submit(q) {
      want();
      if (q.trim() === "") leave();
      else goTo(placeOf(q), go);
    },
    leave,
  };
}

/** Of a script that puts spaces between its words; of one that does not, a letter may be a word. */
const LONE_LETTER =
  /^(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}]\p{M}*$/u;

/** Until there is something to show for a search, or it has been waited for long enough. */
async function answered(client: QueryClient, query: ReturnType<typeof listQuery>, signal: AbortSignal): Promise<void> {
  if (client.getQueryData(query.queryKey) !== undefined) return;
  // What is only asked for anew, because mail came, keeps nobody.
  const isFirst = (one: { readonly state: { readonly data: unknown } }): boolean => one.state.data === undefined;
  if (client.isFetching({ queryKey: SEARCHES, predicate: isFirst }) > 0) await after(GATHER_MS);
  if (signal.aborted) return;
  // What nobody will look at is not waited for.
  void client.cancelQueries({ queryKey: SEARCHES, type: "inactive" });
  await Promise.race([client.prefetchInfiniteQuery(query), after(PATIENCE_MS)]);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
