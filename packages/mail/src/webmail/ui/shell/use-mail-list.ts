// Everything a list and what is open beside it share: the rows, which are chosen, which is active and which is open, and
// the steps from one to another.
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Act, ReaderSettings, Row } from "../../api/schema/index.ts";
import { actedSet, changedRow } from "../acts/change.ts";
import { actedOn, type Target, targetOf } from "../acts/target.ts";
import { type Acts, useActs } from "../acts/use-acts.ts";
import { type ListQuestion, questionOf } from "../data/list-question.ts";
import type { RowHandlers } from "../list/message-row.tsx";
import { isOpenIn, type KeyedRow, openedBy } from "../list/rows.ts";
import { extended, pruned, toggled } from "../list/selection.ts";
import { type Chosen, useChosen } from "../list/use-chosen.ts";
import { type ListAnswer, useRows } from "../list/use-rows.ts";
import type { MailPlace, Opened } from "../place/place.ts";
import { go, goBack } from "../place/use-place.ts";
import { useKeptOpen } from "./use-kept-open.ts";
import { useLatest } from "./use-latest.ts";

export interface MailList extends Chosen {
  readonly question: ListQuestion;
  /** Differs between any two lists. */
  readonly listKey: string;
  readonly answer: ListAnswer;
  /** The keys of the rows. */
  readonly order: readonly string[];
  readonly activeRow: () => KeyedRow | undefined;
  readonly openRow: KeyedRow | undefined;
  readonly isUnreadOnly: boolean;
  readonly setUnreadOnly: (isOn: boolean) => void;
  readonly handlers: RowHandlers;
  /** Opens the row at a place; nothing where there is none. */
  readonly open: (at: number) => void;
  readonly close: () => void;
  /** Makes the row at a place, or the nearest there is, active and gives it the focus. */
  readonly focus: (at: number) => void;
  /** The same, and all from the row that was active to it are chosen, beside what is chosen already. */
  readonly extend: (at: number) => void;
  /** One row on or back: of what is open, else of the active row. */
  readonly step: (by: 1 | -1) => void;
  readonly onActed: (act: Act, target: Target) => void;
}

interface MailListOptions {
  readonly place: MailPlace;
  readonly settings: ReaderSettings;
  readonly isStacked: boolean;
}

export function useMailList({ place, settings, isStacked }: MailListOptions): MailList {
  const { list, scope } = place;
  const [isUnreadOnly, setUnreadOnly] = useState(false);
  const question = questionOf(place, settings, { isUnreadOnly });
  const listKey = JSON.stringify([scope, list, question.view, question.isUnreadOnly]);
  const asked = useRows(question);
  const { terms } = asked.understood;
  const rows = useKeptOpen(asked.rows, { ...question, terms: terms ?? [], listKey, open: place.open });
  const kept = rows.length - asked.rows.length;
  const answer = { ...asked, rows, total: asked.total === null ? null : asked.total + kept };
  const order = useMemo(() => rows.map(({ key }) => key), [rows]);
  const chosen = useChosen(listKey, order);
  const openAt = rows.findIndex(({ row }) => isOpenIn(place.open, row));
  const { active, activeAt, setActiveAt } = chosen;
  const openKey = rows[openAt]?.key;
  const lastOpenRow = useLastOpenRow(place.open, rows[openAt]?.row);
  // What is open is active, whatever opened it; from there the keys of the list go on.
  useLayoutEffect(() => {
    if (openKey !== undefined) setActiveAt(openAt);
    // Not when rows come in above it, and not when the keys have gone on.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [openKey, listKey]);

  const open = (at: number): void => {
    const next = rows[at];
    if (next === undefined) return;
    setActiveAt(at);
    const opened = openedBy(next.row, question, settings.conversations);
    go({ ...place, open: opened }, place.open === null ? "push" : "replace");
  };
  const close = (): void => {
    if (place.open === null) return;
    if (openAt >= 0) setActiveAt(openAt);
    goBack({ ...place, open: null });
    active.askFocus();
  };
  const nearest = (at: number): number => Math.min(rows.length - 1, Math.max(0, at));
  const focus = (at: number): void => {
    setActiveAt(nearest(at));
    active.askFocus();
  };
  const onActed = useLatest((act: Act, target: Target): void => {
    const on = actedSet(actedOn(act, target));
    const isLeaving = (row: Row | undefined): boolean => row !== undefined && changedRow(row, act, on, list) === null;
    const leaves = (at: number): boolean => isLeaving(rows[at]?.row);
    const isChosenLeaving = (key: string, at: number): boolean => chosen.selection.keys.has(key) && leaves(at);
    // For good: one that is put back is not chosen again.
    if (order.some(isChosenLeaving)) {
      const staying = order.filter((key, at) => !isChosenLeaving(key, at));
      chosen.select(pruned(chosen.selection, staying));
    }
    const isOpenLeaving = isLeaving(lastOpenRow());
    const left = openAt < 0 ? activeAt() : openAt;
    if (!isOpenLeaving && !leaves(left)) return;
    // Where the row of what is open has left the list before, the next one stands in its place.
    const after = rows.findIndex((_row, at) => at >= left && !leaves(at));
    const next = after >= 0 ? after : rows.findLastIndex((_row, at) => at < left && !leaves(at));
    if (isOpenLeaving && !isStacked && next >= 0) open(next);
    else if (isOpenLeaving) close();
    if (next >= 0) setActiveAt(next);
  });
  return {
    ...chosen,
    question,
    listKey,
    answer,
    order,
    activeRow: () => rows[activeAt()],
    openRow: rows[openAt],
    isUnreadOnly,
    setUnreadOnly,
    handlers: useHandlers({ ...chosen, rows, order, open, acts: useActs() }),
    open,
    close,
    focus,
    extend(at) {
      const key = order[nearest(at)];
      const from = order[activeAt()] ?? null;
      if (key !== undefined) chosen.select(extended({ ...chosen.selection, anchor: from }, key, order));
      focus(at);
    },
    step(by) {
      if (place.open === null) focus(activeAt() + by);
      else if (openAt >= 0) open(openAt + by);
      // The row of what is open has left the list: the next one stands in its place.
      else open(by > 0 ? Math.max(0, activeAt()) : activeAt() - 1);
    },
    onActed,
  };
}

/** The row of what is open, as it was last in the list: it may have left since, as one that became read. */
function useLastOpenRow(open: Opened | null, row: Row | undefined): () => Row | undefined {
  const last = useRef(row);
  useLayoutEffect(() => {
    if (row !== undefined) last.current = row;
  }, [row]);
  return () => (last.current !== undefined && isOpenIn(open, last.current) ? last.current : undefined);
}

interface HandlerOptions extends Pick<Chosen, "selection" | "select" | "setActiveAt"> {
  readonly rows: readonly KeyedRow[];
  readonly order: readonly string[];
  readonly open: (at: number) => void;
  readonly acts: Acts;
}

/** What rows call. It stays the same, so that a row is drawn again only when the row itself changed. */
function useHandlers(options: HandlerOptions): RowHandlers {
  const latest = useRef(options);
  // Before any effect of the rows: one that gets the focus says so at once.
  useLayoutEffect(() => {
    latest.current = options;
  });
  return useMemo<RowHandlers>(
    () => ({
      open(key, { extend, toggle }) {
        const { selection, select, order, open } = latest.current;
        if (extend) select(extended(selection, key, order));
        else if (toggle) select(toggled(selection, key));
        else open(order.indexOf(key));
      },
      toggle(key, extend) {
        const { selection, select, order, setActiveAt } = latest.current;
        setActiveAt(order.indexOf(key));
        select(extend ? extended(selection, key, order) : toggled(selection, key));
      },
      star(key) {
        const { rows, acts } = latest.current;
        const target = targetOf(rows.filter((one) => one.key === key).map(({ row }) => row));
        if (target === null) return;
        acts.do({ kind: target.isStarred ? "unstar" : "star" }, target, { count: target.count });
      },
    }),
    [],
  );
}
