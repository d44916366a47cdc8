import { CircleAlert, CircleCheck, CirclePause, LoaderCircle, type LucideIcon, PowerOff } from "lucide-react";
import type { SourceStatus } from "../../api/schema/index.ts";
import { useAccountNames } from "../data/queries.ts";
import { formatPlace, type Place, type Scope } from "../place/place.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";

interface Face {
  readonly icon: LucideIcon;
  readonly word: WordId;
}

const FACES: Readonly<Record<SourceStatus["state"] | "failed", Face>> = {
  idle: { icon: CircleCheck, word: "source.idle" },
  running: { icon: LoaderCircle, word: "source.running" },
  paused: { icon: CirclePause, word: "source.paused" },
  off: { icon: PowerOff, word: "source.off" },
  "needs-you": { icon: CircleAlert, word: "source.needs-you" },
  failed: { icon: CircleAlert, word: "source.failed" },
};

/** How a source is: one whose last check failed is not up to date. */
export function sourceFace({ state, lastOutcome }: SourceStatus): Face & { readonly state: keyof typeof FACES } {
  const shown = state === "idle" && lastOutcome === "failed" ? "failed" : state;
  return { ...FACES[shown], state: shown };
}

interface SourceLinkProps {
  readonly source: SourceStatus;
  readonly place: Place;
  readonly scope: Scope;
  readonly onGo: () => void;
}

/** A source by its name, with a sign of how it is; its mail when pressed. */
export function SourceLink({ source, place, scope, onGo }: SourceLinkProps): React.JSX.Element {
  const { say } = useWords();
  const names = useAccountNames();
  const { icon: Icon, word, state } = sourceFace(source);
  const { progress } = source;
  const isCurrent =
    (place.screen === "mail" && place.list.kind === "source" && place.list.source === source.source) ||
    (place.screen === "source" && place.source === source.source);
  // Its mail comes into one account: among another's there is none of it.
  const isOfScope = scope === "all" || names.get(scope) === source.account;
  const to: Place = {
    screen: "mail",
    scope: isOfScope ? scope : "all",
    list: { kind: "source", source: source.source },
    open: null,
  };
  return (
    <li>
      <a className="side-entry" href={formatPlace(to)} aria-current={isCurrent ? "page" : undefined} onClick={onGo}>
        <Icon size={18} aria-hidden className={`source-state ${state}`} />
        <span className="side-name">
          <bdi>{source.source}</bdi>
        </span>
        <span className="unseen">{say(word)}</span>
        {state === "running" && progress !== null && progress.of > 0 ? (
          <span className="side-count">{say("source.progress", { n: progress.n, of: progress.of })}</span>
        ) : null}
      </a>
    </li>
  );
}
