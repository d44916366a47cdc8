// The messages of a conversation, one of them expanded.
import { useState } from "react";
import type { Card, ReaderSettings } from "../../api/schema/index.ts";
import { useCommands } from "../keys/commands.tsx";
import type { Opened } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { expandedOf, hiddenOf, inOrder } from "./cards.ts";
import { CollapsedCard } from "./collapsed-card.tsx";
import { MessageView } from "./message-view.tsx";
import { useMarkRead } from "./use-mark-read.ts";

interface ConversationCardsProps {
  readonly opened: Opened;
  readonly cards: readonly Card[];
  readonly settings: ReaderSettings;
  readonly now: number;
  /** A message that is none of them is expanded above them. */
  readonly isAnotherOpen: boolean;
}

export function ConversationCards({
  opened,
  cards,
  settings,
  now,
  isAnotherOpen,
}: ConversationCardsProps): React.JSX.Element {
  const { say } = useWords();
  const ordered = inOrder(cards);
  const [expanded, setExpanded] = useState(
    () =>
      (isAnotherOpen ? undefined : expandedOf(cards, { at: opened.at, newestFirst: settings.newestFirst }))
        ?.messageId ?? 0,
  );
  const [unreadAtFirst] = useState(
    () => new Set(cards.filter(({ isUnread }) => isUnread).map(({ messageId }) => messageId)),
  );
  const [hidden, setHidden] = useState(() => hiddenOf(ordered, expanded));
  // The line that was pressed becomes the message: so does the focus.
  const [isAsked, setAsked] = useState(false);
  const at = ordered.findIndex(({ messageId }) => messageId === expanded);
  const shown = at < 0 && !isAnotherOpen ? ordered.length - 1 : at;
  const [looked, setLooked] = useState<ReadonlySet<number>>(new Set());
  const expand = (messageId: number): void => {
    const left = ordered[shown];
    if (left !== undefined) setLooked(new Set([...looked, left.messageId]));
    setAsked(true);
    setExpanded(messageId);
  };
  // Whoever reads a message knows what led to it; but not of one that was found, and not what came in among it since.
  const [atFirst] = useState(() => new Set(cards.map(({ messageId }) => messageId)));
  useMarkRead(
    ordered.filter(
      ({ messageId }, index) => index === shown || (index < shown && opened.at === null && atFirst.has(messageId)),
    ),
    settings,
  );
  const step = (by: 1 | -1): void => {
    const next = ordered[shown + by];
    if (next === undefined) return;
    setHidden({ from: 0, to: 0 });
    expand(next.messageId);
  };
  useCommands({
    "next-message": () => step(1),
    "previous-message": () => step(-1),
    "expand-all": () => setHidden({ from: 0, to: 0 }),
    "collapse-all": () => setHidden(hiddenOf(ordered, expanded)),
  });
  return (
    <div className="cards">
      {ordered.map((card, index) => {
        if (index === hidden.from && hidden.to > hidden.from) {
          return (
            <button key="hidden" type="button" className="older" onClick={() => setHidden({ from: 0, to: 0 })}>
              {say("card.older", { count: hidden.to - hidden.from })}
            </button>
          );
        }
        if (index > hidden.from && index < hidden.to) return null;
        if (index !== shown) {
          return (
            <CollapsedCard
              key={card.messageId}
              card={card}
              now={now}
              isNew={unreadAtFirst.has(card.messageId) && !looked.has(card.messageId)}
              onExpand={() => expand(card.messageId)}
            />
          );
        }
        return (
          <div key={card.messageId} className="expanded" tabIndex={-1} ref={isAsked ? focusOnce : undefined}>
            {card.isNewOutsider ? <p className="chip outsider">{say("card.outsider")}</p> : null}
            <MessageView account={card.account} messageId={card.messageId} settings={settings} />
          </div>
        );
      })}
    </div>
  );
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
