// What a list says when it has no rows to show, or no more of them.
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheckBig, Mailbox, MailOpen, SearchX } from "lucide-react";
import type { RouteOutput } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { sessionQuery, sourcesQuery, useAccountNames } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { Understood } from "../data/lists.ts";
import { Button } from "../parts/button.tsx";
import { Note } from "../parts/note.tsx";
import type { ListOf, MailPlace } from "../place/place.ts";
import { INBOX } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { isNotThere, queryWithout, type Term, termText } from "../search/terms.ts";
import type { WordId } from "../words/catalogue.ts";
import { timeOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import type { Behind } from "./behind.ts";
import { sourcesInto } from "./source-news.ts";

interface RestFailedProps {
  readonly error: Error;
  readonly isPending: boolean;
  readonly onRetry: () => void;
}

/** Behind the last row of a list that has more. Its words change while it is tried again: the same ones are not read out twice. */
export function RestFailed({ error, isPending, onRetry }: RestFailedProps): React.JSX.Element {
  const words = useWords();
  return (
    <div className="strip" role="alert">
      <p>
        {isPending ? words.say("list.more-asked") : words.say("list.more-failed", { why: refusalText(words, error) })}
      </p>
      <Button kind="quiet" isPending={isPending} onPress={onRetry}>
        {words.say("app.again")}
      </Button>
    </div>
  );
}

interface EmptyListProps extends Omit<EmptyOf, "list"> {
  readonly place: MailPlace;
  readonly understood: Partial<Understood>;
  readonly onUnreadOnly: () => void;
}

/** The same for whoever does not see it: what is drawn anew is not read out, what changes in a line that is there is. */
export function EmptyTold(empty: EmptyOf): string {
  return useWords().say(useEmpty(empty).title);
}

interface EmptyOf {
  readonly list: ListOf;
  readonly isUnreadOnly: boolean;
  readonly behind: Behind | null;
}

/** What is empty, and what is said of it: of a list that may lack mail not that there is none. */
function useEmpty({ list, isUnreadOnly, behind }: EmptyOf): { readonly what: Empty; readonly title: WordId } {
  const { data } = useQuery(sessionQuery);
  const what = data?.accounts.length === 0 ? "empty.no-account" : emptyOf(list, isUnreadOnly);
  if (behind === null || what === "empty.no-account") return { what, title: what };
  return { what, title: what === "empty.search" ? "empty.search-behind" : "empty.behind" };
}

type Empty = ReturnType<typeof emptyOf> | "empty.no-account";

function emptyOf(list: ListOf, isUnreadOnly: boolean) {
  if (list.kind === "search") return "empty.search";
  if (isUnreadOnly) return "empty.unread";
  if (list.kind === "role" && list.role === "inbox") return "empty.inbox";
  return list.kind === "starred" ? "empty.starred" : "empty.list";
}

export function EmptyList({ place, understood, onUnreadOnly, ...empty }: EmptyListProps): React.JSX.Element {
  const { say } = useWords();
  const { what, title } = useEmpty({ list: place.list, ...empty });
  switch (what) {
    case "empty.no-account":
      return <NoAccount />;
    case "empty.search":
      return <NothingFound title={title} place={place} understood={understood} />;
    case "empty.inbox":
      return <NothingNew title={title} place={place} />;
    case "empty.unread":
      return (
        <Note icon={MailOpen} title={say(title)}>
          <Button onPress={onUnreadOnly}>{say("empty.unread-all")}</Button>
        </Note>
      );
    default:
      return <Note icon={MailOpen} title={say(title)} />;
  }
}

/** Of a house in which there is nobody yet. */
function NoAccount(): React.JSX.Element {
  const { say } = useWords();
  return (
    <Note icon={Mailbox} title={say("empty.no-account")} more={say("empty.no-source")}>
      <Button kind="primary" onPress={() => go({ screen: "add-source" })}>
        {say("empty.add")}
      </Button>
    </Note>
  );
}

interface Titled {
  readonly title: WordId;
}

/** "Nothing new", and when the next look is. */
function NothingNew({ title, place }: Titled & Pick<EmptyListProps, "place">): React.JSX.Element {
  const words = useWords();
  const names = useAccountNames();
  const { say } = words;
  const { data } = useQuery(sourcesQuery);
  const check = useMutation({ mutationFn: () => call("checkSources", {}) });
  const sources = sourcesInto(data?.sources ?? [], { ...place, names });
  if (data !== undefined && sources.length === 0) {
    return (
      <Note icon={CircleCheckBig} title={say(title)} more={say("empty.no-source")}>
        <Button onPress={() => go({ screen: "add-source" })}>{say("side.add-source")}</Button>
      </Note>
    );
  }
  const more = checksText(words, sources);
  return (
    <Note icon={CircleCheckBig} title={say(title)} {...(more === "" ? {} : { more })}>
      {sources.length === 0 ? null : <Button onPress={() => check.mutate()}>{say("activity.check")}</Button>}
    </Note>
  );
}

/** When the sources were looked at and will be; empty when nothing is known of either. */
function checksText(words: Words, sources: readonly RouteOutput<"sources">["sources"][number][]): string {
  const last = Math.max(0, ...sources.map(({ lastRunAt }) => lastRunAt ?? 0));
  const next = Math.min(...sources.map(({ nextRunAt }) => nextRunAt ?? Infinity));
  const hasNext = Number.isFinite(next);
  if (last > 0 && hasNext) return words.say("empty.checks", { last: timeOf(words, last), next: timeOf(words, next) });
  if (last > 0) return words.say("empty.last-check", { time: timeOf(words, last) });
  if (hasNext) return words.say("empty.next-check", { time: timeOf(words, next) });
  return "";
}

interface NothingFoundProps extends Titled, Pick<EmptyListProps, "place" | "understood"> {}

/** A search without a hit offers to do without each of its terms, and to look in all mailboxes and all accounts. */
function NothingFound({ title, place, understood }: NothingFoundProps): React.JSX.Element {
  const { say } = useWords();
  const { list } = place;
  const { terms = [], problems = [] } = understood;
  const asked = (operator: Term["operator"]): readonly Term[] =>
    terms.filter((term) => term.operator === operator && !term.isNegated);
  const isMissing = (term: Term): boolean => isNotThere(term, problems);
  const isNowhere = asked("in").some(isMissing);
  const owners = asked("account");
  const isNobodys = owners.length > 0 && owners.every(isMissing);
  const elsewhere = terms.filter(({ operator, isNegated }) => operator !== "in" || isNegated);
  const q = list.kind === "search" ? list.q : "";
  const search = (changed: string, scope = place.scope): void => {
    if (list.kind !== "search") return;
    go(changed === "" ? { ...INBOX, scope } : { ...place, scope, list: { ...list, q: changed }, open: null });
  };
  return (
    <Note icon={SearchX} title={say(title)} more={say("empty.search-more")}>
      {terms.length < 2 ? (
        <Button onPress={() => search("")}>{say("search.clear")}</Button>
      ) : (
        terms.map((term, at) => (
          <Button key={termText(term)} onPress={() => search(queryWithout(terms, at))}>
            {say("empty.without", { term: termText(term) })}
          </Button>
        ))
      )}
      {isNowhere && elsewhere.some(({ operator }) => operator !== "in") ? (
        <Button onPress={() => search(`in:anywhere ${elsewhere.map(termText).join(" ")}`)}>
          {say("empty.search-mailboxes")}
        </Button>
      ) : null}
      {isNobodys || terms.some(({ operator }) => operator === "in") ? null : (
        // In front: the last word is still the beginning of one.
        <Button onPress={() => search(`in:anywhere ${q}`)}>{say("empty.search-anywhere")}</Button>
      )}
      {place.scope === "all" ? null : <Button onPress={() => search(q, "all")}>{say("empty.search-all")}</Button>}
    </Note>
  );
}
