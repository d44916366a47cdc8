import { X } from "lucide-react";
import { useRef } from "react";
import type { Understood } from "../data/lists.ts";
import type { ListOf, MailPlace } from "../place/place.ts";
import { INBOX } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { goToList } from "../shell/panes.ts";
import { useWords } from "../words/use-words.ts";
import { problemText, queryWithout, termText } from "./terms.ts";
import "./term-chips.css";

/** The same in every chip. */
const CROSS = <X size={14} aria-hidden />;

interface TermChipsProps {
  readonly place: MailPlace;
  readonly list: Extract<ListOf, { kind: "search" }>;
  readonly understood: Partial<Understood>;
}

/** How the query was understood, term by term; each can be taken away. And what was not: what comes into a line that is there is read out. */
export function TermChips({ place, list, understood }: TermChipsProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const chips = useRef<HTMLUListElement>(null);
  const { terms = [], problems = [] } = understood;
  const takeAway = (at: number): void => {
    // The next term moves up to where one goes; the last chip would take the focus with it.
    if (terms.length === 1) goToList();
    else if (at === terms.length - 1) chips.current?.querySelectorAll("button")[at - 1]?.focus();
    const q = queryWithout(terms, at);
    go(q === "" ? { ...INBOX, scope: place.scope } : { ...place, list: { ...list, q }, open: null });
  };
  return (
    <>
      {terms.length === 0 ? null : (
        <div className="terms">
          <ul ref={chips} aria-label={say("search.terms")}>
            {terms.map((term, at) => (
              // A term that is typed on stays the same chip.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={at}>
                <button
                  type="button"
                  className="term"
                  onClick={() => takeAway(at)}
                  aria-label={say("search.remove", { term: termText(term) })}
                >
                  <bdi>{termText(term)}</bdi>
                  {CROSS}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div role="status">
        {problems.map((problem) => (
          <p key={JSON.stringify(problem)} className="term-problem">
            {problemText(words, problem)}
          </p>
        ))}
      </div>
    </>
  );
}
