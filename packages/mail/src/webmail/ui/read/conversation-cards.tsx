// The messages of a conversation, one of them expanded.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Card, Conversation, ReaderSettings, Ref } from "../../api/schema/index.ts";
import { messageQuery } from "../data/queries.ts";
import { useCommands } from "../keys/commands.tsx";
import type { Opened } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { expandedOf, hiddenOf, inOrder } from "./cards.ts";
import { CollapsedCard } from "./collapsed-card.tsx";
import { MessageView } from "./message-view.tsx";
import type { KeptUnread } from "./use-kept-unread.ts";
import { useMarkRead } from "./use-mark-read.ts";

interface ConversationCardsProps {
  readonly opened: Opened;
  readonly conversation: Conversation;
  readonly settings: ReaderSettings;
  readonly now: number;
  readonly isKeptUnread: KeptUnread;
}

export function ConversationCards(props: ConversationCardsProps): React.JSX.Element {
  const { opened, conversation, settings, isKeptUnread } = props;
  const { say } = useWords();
  const [beyond] = useState(() => beyondOf(opened, conversation));
  return (
    <>
      {conversation.older === 0 ? null : <p className="beyond">{say("card.beyond", { count: conversation.older })}</p>}
      {beyond === null ? null : (
        <Beyond account={opened.account} messageId={beyond} settings={settings} isKeptUnread={isKeptUnread} />
      )}
      <Cards {...props} cards={conversation.cards} isAnotherOpen={beyond !== null} />
    </>
  );
}

/** What was sought may be older than all that is shown of a very long conversation: it is shown all the same. */
function beyondOf({ at }: Opened, { older, cards }: Conversation): number | null {
  return older > 0 && cards.every(({ messageId }) => messageId !== at) ? at : null;
}

interface BeyondProps extends Ref {
  readonly settings: ReaderSettings;
  readonly isKeptUnread: KeptUnread;
}

/** A message that is older than all the cards. */
function Beyond({ account, messageId, settings, isKeptUnread }: BeyondProps): React.JSX.Element {
  const { data, isStale } = useQuery(messageQuery(account, messageId));
  useMarkRead(data === undefined ? [] : [data], { settings, isOutdated: isStale, isKeptUnread });
  return (
    <div className="cards">
      <div className="expanded">
        <MessageView account={account} messageId={messageId} settings={settings} />
      </div>
    </div>
  );
}

interface CardsProps extends ConversationCardsProps {
  readonly cards: readonly Card[];
  /** A message that is none of them is expanded above them. */
  readonly isAnotherOpen: boolean;
}

function Cards({ opened, cards, settings, now, isKeptUnread, isAnotherOpen }: CardsProps): React.JSX.Element {
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
  const showAll = (): void => setHidden(new Set());
  // The line that was pressed becomes the message: so does the focus.
  const [isAsked, setAsked] = useState(false);
  const at = ordered.findIndex(({ messageId }) => messageId === expanded);
  const shown = at < 0 && !isAnotherOpen ? ordered.length - 1 : at;
  const waiting = new Set(ordered.filter(({ messageId }, index) => hidden.has(messageId) && index !== shown));
  const [firstWaiting] = waiting;
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
    { settings, isOutdated: false, isKeptUnread },
  );
  const step = (by: 1 | -1): void => {
    const next = ordered[shown + by];
    if (next === undefined) return;
    showAll();
    expand(next.messageId);
  };
  useCommands({
    "next-message": () => step(1),
    "previous-message": () => step(-1),
    "expand-all": showAll,
    "collapse-all": () => setHidden(hiddenOf(ordered, expanded)),
  });
  return (
    <div className="cards">
      {ordered.map((card, index) => {
        if (card === firstWaiting) {
          return (
            <button key="hidden" type="button" className="older" onClick={showAll}>
              {say("card.older", { count: waiting.size })}
            </button>
          );
        }
        if (waiting.has(card)) return null;
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
