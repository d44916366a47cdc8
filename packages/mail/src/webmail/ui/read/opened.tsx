// What is open: a conversation with one message expanded, or one message alone.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Card, Conversation, ReaderSettings, Ref, Role, Row } from "../../api/schema/index.ts";
import { actKeys } from "../acts/act-keys.ts";
import { useRunner } from "../acts/runner.tsx";
import { type ActedOn, messagesAlone, type Target, targetOf, targetOfMessage } from "../acts/target.ts";
import { useActs } from "../acts/use-acts.ts";
import { conversationQuery, messageQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { subjectOf } from "../list/row-name.ts";
import { isRowFocused } from "../list/rows.ts";
import { Button } from "../parts/button.tsx";
import { Note } from "../parts/note.tsx";
import type { Opened as OpenedPlace } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { expandedOf, hiddenOf, inOrder } from "./cards.ts";
import { CollapsedCard } from "./collapsed-card.tsx";
import { MessageComing } from "./message-coming.tsx";
import { MessageView } from "./message-view.tsx";
import { ReadingHeader } from "./reading-header.tsx";
import "./opened.css";

interface OpenedProps {
  readonly opened: OpenedPlace;
  /** Its row in the list, as long as there is one. */
  readonly row: Row | null;
  /** Role of the mailbox the list is of; null for other lists. */
  readonly place: Role | null;
  readonly settings: ReaderSettings;
  readonly now: number;
  readonly isStacked: boolean;
  readonly onBack: () => void;
}

export function Opened(props: OpenedProps): React.JSX.Element {
  return props.opened.kind === "conversation" ? <OpenedConversation {...props} /> : <OpenedMessage {...props} />;
}

function OpenedMessage({ opened, row, settings, isStacked, onBack }: OpenedProps): React.JSX.Element {
  const words = useWords();
  const { data } = useQuery(messageQuery(opened.account, opened.id));
  const subject = data?.subject ?? row?.subject;
  useMarkRead(data === undefined ? [] : [data], settings);
  const target = data === undefined ? (row === null ? null : targetOf([row])) : targetOfMessage(data);
  useKeysWithoutRow(row, target);
  return (
    <div className="opened">
      <ReadingHeader
        subject={subject === undefined ? "" : subjectOf(words, { subject })}
        target={target}
        isStacked={isStacked}
        onBack={onBack}
      />
      <MessageView account={opened.account} messageId={opened.id} settings={settings} />
    </div>
  );
}

function OpenedConversation(props: OpenedProps): React.JSX.Element {
  const { opened, row, isStacked, onBack } = props;
  const words = useWords();
  const { data, error, refetch } = useQuery(conversationQuery(opened));
  useLikely(props);
  const cards = data?.cards ?? [];
  const target = useConversationTarget(props, data);
  useKeysWithoutRow(row, target);
  // What was sought may be older than all that is shown of a very long conversation: it is shown all the same.
  const isBeyond = data !== undefined && data.older > 0 && cards.every(({ messageId }) => messageId !== opened.at);
  const beyond = isBeyond ? opened.at : null;
  const subject = data?.subject ?? row?.subject;
  const header = (
    <ReadingHeader
      subject={subject === undefined ? "" : subjectOf(words, { subject })}
      target={target}
      isStacked={isStacked}
      onBack={onBack}
    />
  );
  if (error !== null && data === undefined) {
    return (
      <div className="opened">
        {header}
        <Note icon={MailX} title={words.say("message.failed")} more={refusalText(words, error)} role="alert">
          <Button onPress={() => void refetch()}>{words.say("app.again")}</Button>
        </Note>
      </div>
    );
  }
  return (
    <div className="opened">
      {header}
      {data === undefined || data.older === 0 ? null : (
        <p className="beyond">{words.say("card.beyond", { count: data.older })}</p>
      )}
      {beyond === null ? null : (
        <div className="cards">
          <div className="expanded">
            <MessageView account={opened.account} messageId={beyond} settings={props.settings} />
          </div>
        </div>
      )}
      {data === undefined ? <MessageComing /> : null}
      {cards.length === 0 ? null : <Cards key={beyond} {...props} cards={cards} isAnotherOpen={beyond !== null} />}
    </div>
  );
}

/** Asks for the message that will be expanded together with its conversation, not behind it. */
function useLikely({ opened: { account, at }, row, settings }: OpenedProps): void {
  const client = useQueryClient();
  const newest = row !== null && (settings.newestFirst || row.count === 1) ? row.messageIds[0] : undefined;
  const likely = at ?? newest;
  useEffect(() => {
    if (likely !== undefined) void client.prefetchQuery(messageQuery(account, likely));
  }, [client, account, likely]);
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}

function refOf({ account, messageId }: Ref): Ref {
  return { account, messageId };
}

/** The messages its row stands for, also when that has left the list; where there was none, those of the place. */
function useConversationTarget(
  { row, place }: Pick<OpenedProps, "row" | "place">,
  conversation: Conversation | undefined,
): Target | null {
  const [last, setLast] = useState(row);
  if (row !== null && row !== last) setLast(row);
  if (row !== null) return targetOf([row]);
  // More messages than a row names are asked for by the list, which has the conversation no more.
  if (last?.whole === null) return asItIsNow(targetOf([last]), conversation);
  return conversation === undefined ? null : conversationTarget(conversation, place);
}

/** A row that has left the list says no more what became of its messages; their conversation does. */
function asItIsNow(target: Target | null, conversation: Conversation | undefined): Target | null {
  if (target === null) return null;
  const ids = new Set(target.refs.map(({ messageId }) => messageId));
  const cards = conversation?.cards.filter(({ messageId }) => ids.has(messageId)) ?? [];
  const [first] = cards;
  if (first === undefined) return target;
  return {
    ...target,
    role: cards.every(({ role }) => role === first.role) ? first.role : null,
    mailbox: cards.every(({ mailbox }) => mailbox === first.mailbox) ? first.mailbox : null,
    isUnread: cards.some(({ isUnread }) => isUnread),
    isStarred: cards.some(({ isStarred }) => isStarred),
    labels: first.labels.filter((label) => cards.every(({ labels }) => labels.includes(label))),
  };
}

/** The keys of a list act on its rows: on what is open without one, these. */
function useKeysWithoutRow(row: Row | null, target: Target | null): void {
  const runner = useRunner();
  const onIt = (does: (target: Target) => void) => (): void | "pass" => {
    if (row !== null || target === null || isRowFocused()) return "pass";
    does(target);
  };
  useCommands(actKeys(runner, onIt));
}

function conversationTarget({ cards, whole }: Conversation, place: Role | null): Target | null {
  const kept = cards.filter(({ role }) => role !== "trash");
  const meant = CHOICES(place)
    .map((isMeant) => kept.filter(isMeant))
    .find(({ length }) => length > 0);
  const chosen = meant ?? cards;
  const [first] = chosen;
  if (first === undefined) return null;
  const isMore = whole !== null && kept.length > 0;
  const on: ActedOn = {
    refs: chosen.map(refOf),
    wholes: isMore ? [whole] : [],
    alone: (isMore ? chosen.filter(({ role }) => role === "junk") : chosen).map(refOf),
  };
  const same = <T,>(of: (card: Card) => T): T | null =>
    chosen.every((card) => of(card) === of(first)) ? of(first) : null;
  return {
    ...targetOfMessage(first),
    role: same(({ role }) => role),
    mailbox: same(({ mailbox }) => mailbox),
    from: same(({ from }) => (from.length === 1 ? (from[0]?.address.toLowerCase() ?? null) : null)),
    ...on,
    moved: on,
    isUnread: chosen.some(({ isUnread }) => isUnread),
    isStarred: chosen.every(({ isStarred }) => isStarred),
    labels: first.labels.filter((label) => chosen.every(({ labels }) => labels.includes(label))),
  };
}

const NOT_RECEIVED: ReadonlySet<Role | null> = new Set<Role | null>(["sent", "drafts", "junk"]);

/** What is in the place the conversation was opened from; else what came; else whatever is not thrown away. */
const CHOICES = (place: Role | null): readonly ((card: Card) => boolean)[] => [
  ({ role }) => place !== null && role === place,
  ({ role }) => !NOT_RECEIVED.has(role),
  () => true,
];

interface CardsProps extends OpenedProps {
  readonly cards: readonly Card[];
  /** A message that is none of them is expanded above them. */
  readonly isAnotherOpen: boolean;
}

function Cards({ opened, cards, settings, now, isAnotherOpen }: CardsProps): React.JSX.Element {
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

/** Marks what is open as read, once, after the time the person chose, and while somebody can see it. One marked unread while
 * it is open stays so. */
function useMarkRead(
  messages: readonly Pick<Card, "account" | "messageId" | "isUnread">[],
  { markReadAfterMs }: ReaderSettings,
): void {
  const acts = useActs();
  const done = useRef(new Set<number>());
  useEffect(() => {
    for (const { isUnread, messageId } of messages) if (!isUnread) done.current.add(messageId);
  });
  const unread = messages.filter(({ isUnread, messageId }) => isUnread && !done.current.has(messageId));
  const ids = unread.map(({ messageId }) => messageId).join(" ");
  useEffect(() => {
    if (ids === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState !== "visible") return;
      timer = setTimeout(() => {
        for (const { messageId } of unread) done.current.add(messageId);
        acts.do({ kind: "read" }, messagesAlone(unread.map(refOf)), { isSilent: true });
      }, markReadAfterMs);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
    // `ids` says which messages they are; the list itself is new with every drawing.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [ids, acts, markReadAfterMs]);
}
