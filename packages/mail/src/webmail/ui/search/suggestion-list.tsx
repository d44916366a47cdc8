import { memo, useEffect, useRef } from "react";
import { useWords } from "../words/use-words.ts";
import type { Offer } from "./suggest.ts";
import type { Suggestions } from "./use-suggestions.ts";
import "./suggestion-list.css";

/** There is one search field. */
export const SUGGESTIONS_ID = "suggestions";

export function suggestionId(at: number): string | undefined {
  return at < 0 ? undefined : `${SUGGESTIONS_ID}-${at}`;
}

interface SuggestionListProps extends Pick<Suggestions, "offers" | "active"> {
  readonly onTake: (offer: Offer) => void;
}

/** Below the field, which keeps the focus; over what is there, so that nothing moves. */
export const SuggestionList = memo(function SuggestionList(props: SuggestionListProps): React.JSX.Element {
  const { offers, active, onTake } = props;
  const { say } = useWords();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={list}
      id={SUGGESTIONS_ID}
      role="listbox"
      tabIndex={-1}
      aria-label={say("search.suggestions")}
      className="suggestions"
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
    >
      {offers.map((offer, at) => (
        // Keys are the field's.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={offer.term}
          id={suggestionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className="suggestion"
          onClick={() => onTake(offer)}
        >
          <bdi className="suggestion-term">{offer.term}</bdi>
          {offer.means === null ? null : (
            <bdi className="suggestion-means">{"word" in offer.means ? say(offer.means.word) : offer.means.name}</bdi>
          )}
        </div>
      ))}
    </div>
  );
});
