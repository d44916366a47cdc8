import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { type Target, targetOf } from "../acts/target.ts";
import { mailboxesQuery, sessionQuery } from "../data/queries.ts";
import type { Behind } from "../list/behind.ts";
import { BehindStrip } from "../list/behind-strip.tsx";
import { ChooseRest } from "../list/choose-rest.tsx";
import { ListHeader } from "../list/list-header.tsx";
import { ListSkeleton } from "../list/list-skeleton.tsx";
import { EmptyList, EmptyTold, RestFailed } from "../list/list-states.tsx";
import { MessageList } from "../list/message-list.tsx";
import { everything, NOTHING_SELECTED } from "../list/selection.ts";
import { SourceStrips } from "../list/source-strips.tsx";
import { useBehind } from "../list/use-behind.ts";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import { ListFailed } from "../parts/list-failed.tsx";
import type { MailPlace } from "../place/place.ts";
import { TermChips } from "../search/term-chips.tsx";
import { useToldProblems } from "../search/use-told-problems.ts";
import { useWords } from "../words/use-words.ts";
import { listTitle } from "./list-title.ts";
import { useLatest } from "./use-latest.ts";
import type { MailList } from "./use-mail-list.ts";

interface ListPaneProps {
  readonly place: MailPlace;
  readonly mail: MailList;
  readonly density: ReaderSettings["density"];
  readonly now: number;
  /** Behind what is open. */
  readonly isCovered: boolean;
  /** Its title takes the focus when it is drawn first and nothing else has it. */
  readonly takesFocus: boolean;
}

/** The head of a list, what is to be said above it, and its rows or the state it is in. */
export function ListPane({ place, mail, density, now, isCovered, takesFocus }: ListPaneProps): React.JSX.Element {
  const words = useWords();
  const { list, scope } = place;
  const { answer, order, selection, select, isUnreadOnly, setUnreadOnly, listKey } = mail;
  const { rows } = answer;
  const problems = useToldProblems(answer.isOutdated ? [] : answer.understood.problems);
  const understood = { ...answer.understood, problems };
  const isAnswered = answer.error === null && !answer.isPending && !answer.isOutdated;
  const isEmpty = isAnswered && rows.length === 0 && !answer.hasMore;
  const { data: counts } = useQuery(mailboxesQuery(scope));
  const behind = useBehind(counts?.index, isEmpty);
  const target = useMemo(() => selectedOf({ answer: { rows }, selection }), [rows, selection]);
  const selectAll = useLatest((isOn: boolean) => select(isOn ? everything(order) : NOTHING_SELECTED));
  const switchUnread = useLatest(() => setUnreadOnly(!isUnreadOnly));
  return (
    <section className="pane list-pane" id="list-pane" aria-label={words.say("pane.list")} inert={isCovered} data-pane>
      <ListHeader
        place={place}
        title={listTitle(words, list, scope)}
        total={answer.isPending || answer.isOutdated ? null : answer.total}
        target={target}
        takesFocus={takesFocus}
        isEverythingSelected={rows.length > 0 && selection.keys.size === rows.length}
        isUnreadOnly={isUnreadOnly}
        onSelectAll={selectAll}
        onUnreadOnly={switchUnread}
      />
      {target === null ? null : <ChooseRest key={listKey} answer={answer} selection={selection} onSelect={select} />}
      {scope === "all" ? <NotAll /> : null}
      {list.kind === "search" ? (
        <TermChips place={place} list={list} understood={understood} />
      ) : (
        <SourceStrips list={list} scope={scope} />
      )}
      <BehindStrip behind={behind} index={counts?.index} />
      <p className="unseen" role="status">
        {list.kind === "search" ? <Found key={listKey} answer={answer} behind={behind} /> : null}
        {list.kind !== "search" && isEmpty ? (
          <EmptyTold list={list} isUnreadOnly={mail.question.isUnreadOnly} behind={behind} />
        ) : null}
      </p>
      {/* Between two letters of a search most rows stay what they are. */}
      <ErrorBoundary of={listKey}>
        {answer.error !== null ? (
          <ListFailed error={answer.error} onRetry={answer.retry} />
        ) : isEmpty ? (
          <EmptyList
            place={place}
            understood={understood}
            behind={behind}
            isUnreadOnly={mail.question.isUnreadOnly}
            onUnreadOnly={() => setUnreadOnly(false)}
          />
        ) : rows.length === 0 ? (
          <ListSkeleton />
        ) : (
          <MessageList
            label={listTitle(words, list, scope)}
            listKey={listKey}
            rows={rows}
            total={answer.total}
            density={density}
            active={mail.active}
            activeAt={mail.activeAt}
            openKey={mail.openRow?.key ?? null}
            opened={JSON.stringify(place.open)}
            selected={selection.keys}
            now={now}
            handlers={mail.handlers}
            onFocused={mail.setActiveAt}
            onStep={mail.focus}
            onExtend={mail.extend}
            onEnd={answer.loadMore}
            end={
              answer.restError === null ? null : (
                <RestFailed error={answer.restError} isPending={answer.isRestPending} onRetry={answer.retryRest} />
              )
            }
          />
        )}
      </ErrorBoundary>
    </section>
  );
}

interface FoundProps extends Pick<MailList, "answer"> {
  readonly behind: Behind | null;
}

/** How much a search found, for whoever does not see the rows change. */
function Found({ answer, behind }: FoundProps): React.ReactNode {
  const { say } = useWords();
  const { rows, total } = answer;
  const isThere = !answer.isPending && !answer.isOutdated && answer.error === null;
  // Rows that come with scrolling are no news: what was said first stays.
  const [first, setFirst] = useState<number | null>(null);
  if (isThere && first === null) setFirst(rows.length);
  if (!isThere) return null;
  if (total === 0 && behind !== null) return say("empty.search-behind");
  return total === null ? say("list.found-more", { count: first ?? rows.length }) : say("list.found", { count: total });
}

interface Chosen extends Pick<MailList, "selection"> {
  readonly answer: Pick<MailList["answer"], "rows">;
}

/** What is chosen, as something to act on; null when nothing is. */
export function selectedOf({ answer, selection }: Chosen): Target | null {
  return targetOf(answer.rows.filter(({ key }) => selection.keys.has(key)).map(({ row }) => row));
}

/** Of very many accounts only so many are listed together. */
function NotAll(): React.JSX.Element | null {
  const { say } = useWords();
  const { data } = useQuery(sessionQuery);
  if (data === undefined || data.together >= data.accounts.length) return null;
  return (
    <div className="strip">
      <p>{say("list.not-all", { count: data.together, of: data.accounts.length })}</p>
    </div>
  );
}
