import { useEffect, useRef } from "react";
import type { Trouble } from "../../api/schema/index.ts";
import { useWords } from "../words/use-words.ts";

/** What went wrong, in a sentence with the server's own words, and what a person can do. */
export function TroubleCard({ trouble }: { readonly trouble: Trouble }): React.JSX.Element {
  const { say } = useWords();
  const card = useRef<HTMLDivElement>(null);
  // Newer browsers give a promise, which an effect must not.
  useEffect(() => void card.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <div ref={card} className="alarm" role="alert">
      <p dir="auto">{trouble.message}</p>
      {trouble.advice.length === 0 ? null : (
        <ul aria-label={say("add.advice")}>
          {trouble.advice.map((advice) => (
            <li key={advice} dir="auto">
              {advice}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
