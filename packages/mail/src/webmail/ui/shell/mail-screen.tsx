// Mail: a list, and beside it or in its place what is open. Holds what both need: the rows, which of them is active,
// which are chosen; and carries out the keys that concern them.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { BookOpenText } from "lucide-react";
import type { Act, ReaderSettings } from "../../api/schema/index.ts";
import { changedRow, refSet } from "../acts/change.ts";
import { RunnerProvider } from "../acts/runner.tsx";
import { type Target, targetOf } from "../acts/target.ts";
import type { ListQuestion } from "../data/lists.ts";
import { ListHeader } from "../list/list-header.tsx";
import { ListSkeleton } from "../list/list-skeleton.tsx";
import { EmptyList, ListFailed } from "../list/list-states.tsx";
import { MessageList } from "../list/message-list.tsx";
import { isOpenIn, openedBy } from "../list/rows.ts";
import { everything, extended, NOTHING_SELECTED, pruned, type Selection, toggled } from "../list/selection.ts";
import { SourceStrips } from "../list/source-strips.tsx";
import { useRows } from "../list/use-rows.ts";
import type { RowHandlers } from "../list/message-row.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import { Note } from "../parts/note.tsx";
import type { MailPlace } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { Opened } from "../read/opened.tsx";
import { TermChips } from "../search/term-chips.tsx";
import { useWords } from "../words/use-words.ts";
import { listTitle } from "./list-title.ts";
import { ListKeys } from "./list-keys.tsx";
import { useActs } from "../acts/use-acts.ts";
import { Splitter } from "./splitter.tsx";

interface MailScreenProps {
  readonly place: MailPlace;
  readonly settings: ReaderSettings;
  readonly now: number;
  /** What is open takes the place of the list instead of standing beside it. */
  readonly isStacked: boolean;
}

export function MailScreen({ place, settings, now, isStacked }: MailScreenProps): React.JSX.Element {
  const words = useWords();
  const { list, scope, open } = place;
  const [isUnreadOnly, setUnreadOnly] = useState(false);
  const question: ListQuestion = {
    scope,
    list,
    view: settings.conversations && list.kind !== "search" ? "conversations" : "messages",
    isUnreadOnly: isUnreadOnly && list.kind !== "search",
  };
  const listKey = JSON.stringify([scope, list, question.view, question.isUnreadOnly]);
  const answer = useRows(question);
  const { rows, total, understood } = answer;
  const order = useMemo(() => rows.map(({ key }) => key), [rows]);

  const [active, setActive] = useState<Active | null>(null);
  const focusRef = useRef(false);
  const [chosen, setChosen] = useState<{ readonly of: string; readonly selection: Selection }>({
    of: listKey,
    selection: NOTHING_SELECTED,
  });
  const selection = useMemo(
    () => (chosen.of === listKey ? pruned(chosen.selection, order) : NOTHING_SELECTED),
    [chosen, listKey, order],
  );
  const select = (next: Selection): void => setChosen({ of: listKey, selection: next });
  const openAt = rows.findIndex(({ row }) => isOpenIn(open, row));
  const openRow = rows[openAt];
  const setActiveAt = (at: number): void => {
    const key = order[at];
    if (key !== undefined) setActive({ of: listKey, key, at });
  };
  const activeAt =
    openRow !== undefined && !isStacked ? openAt : placeOf(active?.of === listKey ? active : null, order);

  // A list that was gone to with a key takes the focus the one before took with it.
  const listBefore = useRef(listKey);
  useEffect(() => {
    if (listBefore.current !== listKey && document.activeElement === document.body) focusRef.current = true;
    listBefore.current = listKey;
  }, [listKey]);

  const acts = useActs();
  const openIndex = (at: number): void => {
    const next = rows[at];
    if (next === undefined) return;
    setActiveAt(at);
    go({ ...place, open: openedBy(next.row, question, settings.conversations) }, open === null ? "push" : "replace");
  };
  const close = (): void => {
    if (open === null) return;
    if (openRow !== undefined) setActiveAt(openAt);
    go({ ...place, open: null }, "replace");
    focusRef.current = true;
  };
  const focusIndex = (at: number): void => {
    setActiveAt(Math.min(rows.length - 1, Math.max(0, at)));
    focusRef.current = true;
  };

  const onActed = useLatest((act: Act, target: Target): void => {
    const on = refSet(target.refs);
    const leaves = (at: number): boolean => {
      const one = rows[at];
      return one !== undefined && changedRow(one.row, act, on, list) === null;
    };
    if (selection.keys.size > 0 && order.some((key, at) => selection.keys.has(key) && leaves(at)))
      select(NOTHING_SELECTED);
    const left = openAt < 0 ? activeAt : openAt;
    if (left < 0 || !leaves(left)) return;
    const after = rows.findIndex((_row, at) => at > left && !leaves(at));
    const before = rows.findLastIndex((_row, at) => at < left && !leaves(at));
    const next = after < 0 ? before : after;
    if (openAt >= 0 && !isStacked && next >= 0) openIndex(next);
    else if (openAt >= 0) close();
    if (next >= 0) setActiveAt(next);
  });

  const latest = useRef({ rows, selection, order, openIndex, setActiveAt, select, acts });
  useEffect(() => {
    latest.current = { rows, selection, order, openIndex, setActiveAt, select, acts };
  });
  const handlers = useMemo<RowHandlers>(
    () => ({
      open(key, { extend, toggle }) {
        const now = latest.current;
        if (extend) now.select(extended(now.selection, key, now.order));
        else if (toggle) now.select(toggled(now.selection, key));
        else now.openIndex(now.order.indexOf(key));
      },
      toggle(key, extend) {
        const now = latest.current;
        now.setActiveAt(now.order.indexOf(key));
        now.select(extend ? extended(now.selection, key, now.order) : toggled(now.selection, key));
      },
      star(key) {
        const now = latest.current;
        const target = targetOf(now.rows.filter((one) => one.key === key).map(({ row }) => row));
        if (target !== null)
          now.acts.do({ kind: target.isStarred ? "unstar" : "star" }, target.refs, { isSilent: true });
      },
    }),
    [],
  );

  const rowsChosen = rows.filter(({ key }) => selection.keys.has(key)).map(({ row }) => row);
  const target = targetOf(rowsChosen);
  const activeRow = rows[activeAt];
  return (
    <RunnerProvider onActed={onActed}>
      <ListKeys
        target={
          target ?? targetOf(openRow === undefined ? (activeRow === undefined ? [] : [activeRow.row]) : [openRow.row])
        }
        needsFocus={target === null && openRow === undefined}
        onStep={(by) => (open === null || isStacked ? focusIndex(activeAt + by) : openIndex(openAt + by))}
        onOpen={() => openIndex(activeAt)}
        onBack={close}
        isOpen={open !== null}
        onSelect={() => activeRow !== undefined && select(toggled(selection, activeRow.key))}
        onExtend={(by) => {
          const next = rows[activeAt + by];
          if (activeRow === undefined || next === undefined) return;
          const from = selection.keys.has(activeRow.key) ? selection : toggled(selection, activeRow.key);
          select(extended(from, next.key, order));
          focusIndex(activeAt + by);
        }}
        onSelectAll={() => select(everything(order))}
        onSelectNone={() => select(NOTHING_SELECTED)}
        hasSelection={selection.keys.size > 0}
      />
      <div className="mail-screen" data-stacked={isStacked || undefined} data-open={open !== null || undefined}>
        <section
          className="pane list-pane"
          id="list-pane"
          aria-label={words.say("pane.list")}
          inert={isStacked && open !== null}
          data-pane
        >
          <ListHeader
            place={place}
            title={listTitle(words, list, scope)}
            total={answer.isPending ? null : total}
            target={target}
            isEverythingSelected={rows.length > 0 && selection.keys.size === rows.length}
            isUnreadOnly={isUnreadOnly}
            onSelectAll={(isOn) => select(isOn ? everything(order) : NOTHING_SELECTED)}
            onUnreadOnly={() => setUnreadOnly(!isUnreadOnly)}
          />
          {list.kind === "search" ? <TermChips place={place} list={list} understood={understood} /> : <SourceStrips />}
          <ErrorBoundary key={listKey}>
            {answer.error !== null ? (
              <ListFailed error={answer.error} onRetry={answer.retry} />
            ) : answer.isPending || (rows.length === 0 && answer.hasMore) ? (
              <ListSkeleton />
            ) : rows.length === 0 ? (
              <EmptyList
                place={place}
                understood={understood}
                isUnreadOnly={question.isUnreadOnly}
                onUnreadOnly={() => setUnreadOnly(false)}
              />
            ) : (
              <MessageList
                label={listTitle(words, list, scope)}
                listKey={listKey}
                rows={rows}
                total={total}
                density={settings.density}
                activeKey={activeRow?.key ?? null}
                openKey={openRow?.key ?? null}
                selected={selection.keys}
                focusRef={focusRef}
                now={now}
                handlers={handlers}
                onActive={(key) => focusIndex(order.indexOf(key))}
                onEnd={answer.loadMore}
              />
            )}
          </ErrorBoundary>
        </section>
        {isStacked ? null : <Splitter name="list" label={words.say("pane.resize-list")} />}
        {isStacked && open === null ? null : (
          <section className="pane reading-pane" aria-label={words.say("pane.reading")} data-pane>
            {open === null ? (
              <Note icon={BookOpenText} title={words.say("read.nothing")} />
            ) : (
              <ErrorBoundary key={`${open.account}.${open.kind}.${open.id}`}>
                <Opened
                  opened={open}
                  row={openRow?.row ?? null}
                  settings={settings}
                  now={now}
                  isStacked={isStacked}
                  onBack={close}
                />
              </ErrorBoundary>
            )}
          </section>
        )}
      </div>
    </RunnerProvider>
  );
}

interface Active {
  /** The list it is active in. */
  readonly of: string;
  readonly key: string;
  /** Its place when it became active. */
  readonly at: number;
}

/** Where the active row is; where it was, when it has left the list. */
function placeOf(active: Active | null, order: readonly string[]): number {
  if (active === null) return -1;
  const at = order.indexOf(active.key);
  return at >= 0 ? at : Math.min(active.at, order.length - 1);
}

/** A function that stays the same and does what the newest drawing says. */
function useLatest<A extends readonly unknown[]>(does: (...args: A) => void): (...args: A) => void {
  const latest = useRef(does);
  useEffect(() => {
    latest.current = does;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
