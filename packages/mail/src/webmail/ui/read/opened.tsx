// What is open: a conversation with one message expanded, or one message alone.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReaderSettings, Role, Row } from "../../api/schema/index.ts";
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
  useMarkRead(data === undefined ? [] : [data], { settings, isOutdated: isStale, isKeptUnread });
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
  const { data, error, refetch } = useConversation(opened);
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

/** A conversation is laid out by the first answer it is drawn from: by an outdated one only where no other comes. */
function useConversation(opened: OpenedPlace) {
  const client = useQueryClient();
  const asked = conversationQuery(opened);
  const [wasOutdated] = useState(() => client.getQueryState(asked.queryKey)?.isInvalidated === true);
  const { data, isFetchedAfterMount, failureCount, error, refetch } = useQuery(asked);
  const isAwaited = wasOutdated && !isFetchedAfterMount && failureCount === 0;
  return { data: isAwaited ? undefined : data, error, refetch };
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
