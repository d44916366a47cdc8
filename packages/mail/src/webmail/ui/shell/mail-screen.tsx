// Mail: a list, and beside it or in its place what is open.
import { BookOpenText } from "lucide-react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { RunnerProvider } from "../acts/runner.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import { Note } from "../parts/note.tsx";
import type { MailPlace } from "../place/place.ts";
import { Opened } from "../read/opened.tsx";
import { useWords } from "../words/use-words.ts";
import { ListKeys } from "./list-keys.tsx";
import { ListPane } from "./list-pane.tsx";
import { Splitter } from "./splitter.tsx";
import { useMailList } from "./use-mail-list.ts";

interface MailScreenProps {
  readonly place: MailPlace;
  readonly settings: ReaderSettings;
  readonly now: number;
  /** What is open takes the place of the list instead of standing beside it. */
  readonly isStacked: boolean;
  /** Another screen was here before. */
  readonly isReturn: boolean;
}

export function MailScreen({ place, settings, now, isStacked, isReturn }: MailScreenProps): React.JSX.Element {
  const { say } = useWords();
  const { open } = place;
  const mail = useMailList({ place, settings, isStacked });
  return (
    <RunnerProvider onActed={mail.onActed}>
      <ListKeys mail={mail} isOpen={open !== null} isStacked={isStacked} />
      <div className="mail-screen" data-stacked={isStacked || undefined}>
        <ListPane
          place={place}
          mail={mail}
          density={settings.density}
          now={now}
          isCovered={isStacked && open !== null}
          takesFocus={isReturn && open === null}
        />
        {isStacked ? null : <Splitter name="list" label={say("pane.resize-list")} />}
        {isStacked && open === null ? null : (
          <section className="pane reading-pane" aria-label={say("pane.reading")} data-pane>
            {open === null ? (
              <Note icon={BookOpenText} title={say("read.nothing")} />
            ) : (
              // Two hits of a search in one conversation are two things to open.
              <ErrorBoundary key={`${open.account}.${open.kind}.${open.id}.${open.at ?? ""}`}>
                <Opened
                  opened={open}
                  row={mail.openRow?.row ?? null}
                  place={place.list.kind === "role" ? place.list.role : null}
                  settings={settings}
                  now={now}
                  isStacked={isStacked}
                  areRowsChosen={!isStacked && mail.selection.keys.size > 0}
                  onBack={mail.close}
                />
              </ErrorBoundary>
            )}
          </section>
        )}
      </div>
    </RunnerProvider>
  );
}
