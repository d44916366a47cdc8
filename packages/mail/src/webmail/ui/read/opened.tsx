// What is open: a conversation with one message expanded, or one message alone.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { useEffect } from "react";
import type { ReaderSettings, Ref, Role, Row } from "../../api/schema/index.ts";
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
      {beyond === null ? null : <Beyond account={opened.account} messageId={beyond} settings={props.settings} />}
      {data === undefined ? <MessageComing /> : null}
      {cards.length === 0 ? null : (
        <ConversationCards key={beyond} {...props} cards={cards} isAnotherOpen={beyond !== null} />
      )}
    </div>
  );
}

interface BeyondProps extends Ref {
  readonly settings: ReaderSettings;
}

/** A message that is older than all the cards. */
function Beyond({ account, messageId, settings }: BeyondProps): React.JSX.Element {
  const { data } = useQuery(messageQuery(account, messageId));
  useMarkRead(data === undefined ? [] : [data], settings);
  return (
    <div className="cards">
      <div className="expanded">
        <MessageView account={account} messageId={messageId} settings={settings} />
      </div>
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

/** The keys of a list act on its rows: on what is open without one, these. */
function useKeysWithoutRow(row: Row | null, target: Target | null): void {
  const runner = useRunner();
  const onIt = (does: (target: Target) => void) => (): void | "pass" => {
    if (row !== null || target === null || isRowFocused()) return "pass";
    does(target);
  };
  useCommands(actKeys(runner, onIt));
}
