import { useQuery } from "@tanstack/react-query";
import { PencilLine, Trash2 } from "lucide-react";
import { useComposer } from "../compose/composer.tsx";
import { discardDraft, useDiscarded } from "../compose/discard.ts";
import { draftsQuery } from "../data/writing-queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Note } from "../parts/note.tsx";
import { subjectOf } from "../list/row-name.ts";
import { written } from "../compose/addresses.ts";
import { useNow } from "../shell/use-now.ts";
import { shortDate } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import "./papers.css";

/** What was begun and not sent yet. */
export function DraftsScreen(): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const now = useNow();
  const composer = useComposer();
  const discarded = useDiscarded();
  const { data: rows = [], isPending, error } = useQuery(draftsQuery);
  const drafts = rows.filter(({ id }) => !discarded.has(id));
  return (
    <div className="papers" data-pane>
      <h1>{say("role.drafts")}</h1>
      {error !== null ? (
        <Note icon={PencilLine} title={say("list.failed")} more={refusalText(words, error)} role="alert" />
      ) : drafts.length === 0 && !isPending ? (
        <Note icon={PencilLine} title={say("drafts.none")}>
          <Button onPress={composer.begin}>{say("side.compose")}</Button>
        </Note>
      ) : (
        <ul>
          {drafts.map(({ id, account, subject, to, preview, version, updatedAt }) => (
            <li key={id} className="paper">
              {/* Its name is what stands in it. */}
              {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
              <button type="button" className="paper-open" onClick={() => composer.open(account, id)}>
                <span className="paper-line">
                  <bdi className="paper-people">
                    {to.length === 0 ? say("drafts.nobody") : say("row.to", { people: to.map(written).join(", ") })}
                  </bdi>
                  <time className="paper-date">{shortDate(words, updatedAt, now)}</time>
                </span>
                <span className="paper-line">
                  <bdi className="paper-subject">{subjectOf(words, { subject })}</bdi>
                  <bdi className="paper-preview">{preview}</bdi>
                </span>
              </button>
              <IconButton
                icon={Trash2}
                label={say("drafts.discard", { subject: subjectOf(words, { subject }) })}
                onPress={() => discardDraft(words, { account, id, version })}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
