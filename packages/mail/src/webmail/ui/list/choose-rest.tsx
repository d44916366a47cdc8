import { useEffect, useRef, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { everything, type Selection } from "./selection.ts";
import { type ListAnswer, ROWS_CHOSEN_MAX } from "./use-rows.ts";

interface ChooseRestProps {
  readonly answer: ListAnswer;
  readonly selection: Selection;
  readonly onSelect: (next: Selection) => void;
}

/** All rows that are loaded are chosen and there are more: says so, and chooses the rest. */
export function ChooseRest({ answer, selection, onSelect }: ChooseRestProps): React.JSX.Element | null {
  const { say } = useWords();
  const [isLoading, setLoading] = useState(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const { rows, total, hasMore } = answer;
  if (!isLoading && (!hasMore || rows.length === 0 || selection.keys.size !== rows.length)) return null;
  const choose = async (): Promise<void> => {
    setLoading(true);
    const keys = await answer.loadAll();
    // Nothing is chosen any more.
    if (isGone.current) return;
    setLoading(false);
    onSelect(everything(keys));
  };
  const isAll = total !== null && total <= ROWS_CHOSEN_MAX;
  return (
    <div className="strip">
      <p role="status">
        {total === null
          ? say("list.chosen-of-more", { count: selection.keys.size })
          : say("list.chosen-of", { count: selection.keys.size, of: total })}
      </p>
      <Button kind="quiet" isDisabled={isLoading} onPress={() => void choose()}>
        {isAll ? say("list.choose-rest", { count: total }) : say("list.choose-most", { count: ROWS_CHOSEN_MAX })}
      </Button>
    </div>
  );
}
