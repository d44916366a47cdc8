// What is chosen in a list and which row is active, forgotten when another list is gone to.
import { useEffect, useMemo, useRef, useState } from "react";
import { ActiveRow } from "./active-row.ts";
import { NOTHING_SELECTED, pruned, type Selection } from "./selection.ts";

export interface Chosen {
  readonly selection: Selection;
  readonly select: (next: Selection) => void;
  readonly active: ActiveRow;
  /** -1 while no row is. */
  readonly activeAt: () => number;
  readonly setActiveAt: (at: number) => void;
}

export function useChosen(listKey: string, order: readonly string[]): Chosen {
  const [chosen, setChosen] = useState({ of: listKey, selection: NOTHING_SELECTED });
  if (chosen.of !== listKey && chosen.selection !== NOTHING_SELECTED)
    setChosen({ of: listKey, selection: NOTHING_SELECTED });
  const [active] = useState(() => new ActiveRow());
  const selection = useMemo(
    () => (chosen.of === listKey ? pruned(chosen.selection, order) : NOTHING_SELECTED),
    [chosen, listKey, order],
  );
  const setActiveAt = (at: number): void => {
    const key = order[at];
    if (key !== undefined) active.set({ of: listKey, key, at });
  };
  // A list that was gone to with a key takes the focus the one before took with it, or left at its title. A row that is in
  // both may have kept it.
  const listBefore = useRef(listKey);
  useEffect(() => {
    if (listBefore.current === listKey) return;
    listBefore.current = listKey;
    const { activeElement } = document;
    const row = activeElement?.closest<HTMLElement>("[role=row]");
    if (row !== null && row !== undefined) setActiveAt(Number(row.dataset["index"]));
    else if (activeElement === document.body || activeElement?.matches(".list-title") === true) active.askFocus();
    // What is said of the list is said of the one that was drawn.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [listKey]);
  return {
    selection,
    select: (next) => setChosen({ of: listKey, selection: next }),
    active,
    activeAt: () => active.placeIn(listKey, order),
    setActiveAt,
  };
}
