// What is chosen in a list and which row is active, forgotten when another list is gone to.
import { useEffect, useMemo, useRef, useState } from "react";
import { NOTHING_SELECTED, pruned, type Selection } from "./selection.ts";

export interface Chosen {
  readonly selection: Selection;
  readonly select: (next: Selection) => void;
  /** -1 while no row is. */
  readonly activeAt: number;
  readonly setActiveAt: (at: number) => void;
  /** Gives the focus to the active row when it is drawn next. */
  readonly focusSoon: () => void;
  /** True while the active row is to get the focus. */
  readonly focusRef: React.RefObject<boolean>;
}

interface Active {
  /** The list it is active in. */
  readonly of: string;
  readonly key: string;
  /** Its place when it became active. */
  readonly at: number;
}

export function useChosen(listKey: string, order: readonly string[]): Chosen {
  const [chosen, setChosen] = useState({ of: listKey, selection: NOTHING_SELECTED });
  const [active, setActive] = useState<Active | null>(null);
  const selection = useMemo(
    () => (chosen.of === listKey ? pruned(chosen.selection, order) : NOTHING_SELECTED),
    [chosen, listKey, order],
  );
  const focusRef = useRef(false);
  // A list that was gone to with a key takes the focus the one before took with it, or left at its title.
  const listBefore = useRef(listKey);
  useEffect(() => {
    const { activeElement } = document;
    const isIdle = activeElement === document.body || activeElement?.matches(".list-title") === true;
    if (listBefore.current !== listKey && isIdle) focusRef.current = true;
    listBefore.current = listKey;
  }, [listKey]);
  return {
    selection,
    select: (next) => setChosen({ of: listKey, selection: next }),
    activeAt: placeOf(active?.of === listKey ? active : null, order),
    setActiveAt(at) {
      const key = order[at];
      if (key === undefined) return;
      // The row that gets the focus says so, too: drawing everything once more would be half of what a key costs.
      const isSo = active?.of === listKey && active.key === key && active.at === at;
      if (!isSo) setActive({ of: listKey, key, at });
    },
    focusSoon() {
      focusRef.current = true;
    },
    focusRef,
  };
}

/** Where the active row is; where it was, when it has left the list. */
function placeOf(active: Active | null, order: readonly string[]): number {
  if (active === null) return -1;
  const at = order.indexOf(active.key);
  return at >= 0 ? at : Math.min(active.at, order.length - 1);
}
