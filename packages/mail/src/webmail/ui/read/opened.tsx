// What is open: a conversation with one message expanded, or one message alone.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { useEffect, useState } from "react";
import type { Conversation, ReaderSettings, Role, Row } from "../../api/schema/index.ts";
import { actKeys } from "../acts/act-keys.ts";
import { useRunner } from "../acts/runner.tsx";
import { type Target, targetOf, targetOfMessage } from "../acts/target.ts";
import { conversationQuery, messageQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { subjectOf } from "../list/row-name.ts";
import { isRowFocused } from "../list/rows.ts";
import { Button } from "../parts/button.tsx";
import { Note } from "../parts/note.tsx";
import type { Opened as OpenedPlace } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { ConversationCards } from "./conversation-cards.tsx";
import { MessageComing } from "./message-coming.tsx";
import { MessageView } from "./message-view.tsx";
import { ReadingHeader } from "./reading-header.tsx";
import { useConversationTarget } from "./use-conversation-target.ts";
import { useKeptUnread } from "./use-kept-unread.ts";
import { useMarkRead } from "./use-mark-read.ts";
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
  /** Rows beside it are chosen. */
  readonly areRowsChosen: boolean;
  readonly onBack: () => void;
}

export function Opened(props: OpenedProps): React.JSX.Element {
  return props.opened.kind === "conversation" ? <OpenedConversation {...props} /> : <OpenedMessage {...props} />;
}

function OpenedMessage(props: OpenedProps): React.JSX.Element {
  const { opened, row, settings, isStacked, onBack } = props;
  const words = useWords();
  const { data, isStale } = useQuery(messageQuery(opened.account, opened.id));
  const subject = data?.subject ?? row?.subject;
  const isKeptUnread = useKeptUnread(opened);
  // Its row may have heard of it first.
  const isOutdated = isStale || (row?.isUnread === true && data?.isUnread === false);
  useMarkRead(data === undefined ? [] : [data], { settings, isOutdated, isKeptUnread });
  const target = data === undefined ? (row === null ? null : targetOf([row])) : targetOfMessage(data);
  useKeysWithoutRow(props, target);
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
  const { data, error, refetch } = useConversation(props);
  useLikely(props);
  const isKeptUnread = useKeptUnread(opened);
  const target = useConversationTarget(props, data);
  useKeysWithoutRow(props, target);
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
      {data === undefined ? (
        <MessageComing />
      ) : (
        <ConversationCards {...props} conversation={data} isKeptUnread={isKeptUnread} />
      )}
    </div>
  );
}

/** Longer nobody is kept from what is known already. */
const AWAITED_MS = 1_000;

/** A conversation is laid out once, by what is known of it when it is opened: what its row tells of, and that lacks, is waited for. */
function useConversation({ opened, row }: OpenedProps) {
  const client = useQueryClient();
  const asked = conversationQuery(opened);
  const [isAwaited, setAwaited] = useState(() => {
    const known = client.getQueryData(asked.queryKey);
    return known !== undefined && row !== null && lacks(known, row);
  });
  const query = useQuery(asked);
  // Looked at only while it is awaited: whatever was looked at draws the conversation anew when it changes.
  if (isAwaited && (query.isFetchedAfterMount || query.failureCount > 0)) setAwaited(false);
  useEffect(() => {
    const timer = setTimeout(() => setAwaited(false), AWAITED_MS);
    return () => clearTimeout(timer);
  }, []);
  return { data: isAwaited ? undefined : query.data, error: query.error, refetch: query.refetch };
}

/** Of a conversation that is not shown whole, a row may tell of what is not shown. */
function lacks({ cards, older }: Conversation, { messageId, isUnread }: Row): boolean {
  const hasNewest = cards.some((card) => card.messageId === messageId);
  const hasUnread = cards.some((card) => card.isUnread);
  return older === 0 && (!hasNewest || (isUnread && !hasUnread));
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

/** The keys of a list act on its rows, or on those that are chosen: on what is open without one, these. */
function useKeysWithoutRow({ row, areRowsChosen }: OpenedProps, target: Target | null): void {
  const runner = useRunner();
  const onIt = (does: (target: Target) => void) => (): void | "pass" => {
    if (row !== null || areRowsChosen || target === null || isRowFocused()) return "pass";
    does(target);
  };
  useCommands(actKeys(runner, onIt));
}
