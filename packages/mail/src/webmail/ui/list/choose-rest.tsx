import { useLayoutEffect, useRef, useState } from "react";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { rowsBehind } from "./rows.ts";
import { type Selection, withRest } from "./selection.ts";
import { type ListAnswer, ROWS_CHOSEN_MAX } from "./use-rows.ts";

interface ChooseRestProps {
  readonly answer: ListAnswer;
  readonly selection: Selection;
  readonly onSelect: (next: Selection) => void;
}

/** All rows that are loaded are chosen and there are more: says so, and chooses the rest. */
export function ChooseRest({ answer, selection, onSelect }: ChooseRestProps): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const [isLoading, setLoading] = useState(false);
  const [failure, setFailure] = useState<Error | null>(null);
  // Nothing is chosen any more, or another list is there: at once, before its next page would be asked for.
  const loading = useRef<AbortController>(undefined);
  useLayoutEffect(() => () => loading.current?.abort(), []);
  // What is chosen now, and whatever was since the press: a person goes on choosing while the rest is loading.
  const latest = useRef(selection);
  const everChosen = useRef(new Set<string>());
  useLayoutEffect(() => {
    latest.current = selection;
    for (const key of selection.keys) everChosen.current.add(key);
  }, [selection]);
  const { rows, total, hasMore } = answer;
  const isOffered = hasMore && rows.length > 0 && (failure !== null || selection.keys.size === rows.length);
  if (!isLoading && !isOffered) return null;
  const choose = async (): Promise<void> => {
    setLoading(true);
    setFailure(null);
    everChosen.current = new Set(selection.keys);
    const { signal } = (loading.current = new AbortController());
    const { rows: all, error } = await answer.loadAll(signal);
    if (signal.aborted) return;
    setLoading(false);
    setFailure(error);
    const rest = rowsBehind(rows, all).filter(({ key }) => !everChosen.current.has(key));
    onSelect(withRest(latest.current, rest));
  };
  const isAll = total !== null && total <= ROWS_CHOSEN_MAX;
  return (
    <div className="strip">
      <div className="strip-said">
        <p role="status">
          {total === null
            ? say("list.chosen-of-more", { count: selection.keys.size })
            : say("list.chosen-of", { count: selection.keys.size, of: total })}
        </p>
        {failure === null ? null : <p role="alert">{say("list.rest-failed", { why: refusalText(words, failure) })}</p>}
      </div>
      <Button kind="quiet" isDisabled={isLoading} onPress={() => void choose()}>
        {failure !== null
          ? say("app.again")
          : isAll
            ? say("list.choose-rest", { count: total })
            : say("list.choose-most", { count: ROWS_CHOSEN_MAX })}
      </Button>
    </div>
  );
}
