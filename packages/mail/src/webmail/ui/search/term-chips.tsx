import { X } from "lucide-react";
import type { Understood } from "../data/lists.ts";
import type { ListOf, MailPlace } from "../place/place.ts";
import { INBOX } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { useWords } from "../words/use-words.ts";
import { problemText, queryWithout, termText } from "./terms.ts";
import "./term-chips.css";

interface TermChipsProps {
  readonly place: MailPlace;
  readonly list: Extract<ListOf, { kind: "search" }>;
  readonly understood: Partial<Understood>;
}

/** How the query was understood, term by term; each can be taken away. */
export function TermChips({ place, list, understood }: TermChipsProps): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const { terms = [], problems = [] } = understood;
  if (terms.length === 0 && problems.length === 0) return null;
  const takeAway = (at: number): void => {
    const q = queryWithout(terms, at);
    go(q === "" ? { ...INBOX, scope: place.scope } : { ...place, list: { ...list, q }, open: null });
  };
  return (
    <div className="terms">
      <ul aria-label={say("search.terms")}>
        {terms.map((term, at) => (
          // Terms have nothing but their place to tell two equal ones apart.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${at} ${termText(term)}`}>
            <button
              type="button"
              className="term"
              onClick={() => takeAway(at)}
              aria-label={say("search.remove", { term: termText(term) })}
            >
              <bdi>{termText(term)}</bdi>
              <X size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {problems.map((problem) => (
        <p key={JSON.stringify(problem)} className="term-problem" role="status">
          {problemText(words, problem)}
        </p>
      ))}
    </div>
  );
}
