import { useQuery } from "@tanstack/react-query";
import { Code, Download, Ellipsis, FileWarning, MailX, Printer, Star } from "lucide-react";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import type { Message, ReaderSettings } from "../../api/schema/index.ts";
import { useRunner } from "../acts/runner.tsx";
import { targetOfMessage } from "../acts/target.ts";
import { useComposer } from "../compose/composer.tsx";
import { messageQuery, sessionQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button, IconButton, IconToggle } from "../parts/button.tsx";
import { MenuButton } from "../parts/menu.tsx";
import { Note } from "../parts/note.tsx";
import { useWords } from "../words/use-words.ts";
import { Attachments } from "./attachments.tsx";
import { Bodies } from "./bodies.tsx";
import { LinkButton } from "./link-button.tsx";
import { AnswerBar } from "./answer-bar.tsx";
import { SenderAsks } from "./sender-asks.tsx";
import { LabelChips, useLabels } from "../organise/label-chips.tsx";
import { DownloadWhole } from "./download-whole.tsx";
import { MessageComing } from "./message-coming.tsx";
import { MessageHead } from "./message-head.tsx";
import { ServerLine } from "./server-line.tsx";
import "./message-view.css";

interface MessageViewProps {
  readonly account: string;
  readonly messageId: number;
  readonly settings: ReaderSettings;
}

/** One message, expanded. */
export function MessageView({ account, messageId, settings }: MessageViewProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data, error, refetch } = useQuery(messageQuery(account, messageId));
  // What is shown once is shown of this message, and of none that takes its place.
  if (data !== undefined) return <Whole key={`${account}/${messageId}`} message={data} settings={settings} />;
  if (error !== null) {
    return (
      <article className="message">
        <Note icon={MailX} title={say("message.failed")} more={refusalText(words, error)} role="alert">
          <Button onPress={() => void refetch()}>{say("app.again")}</Button>
        </Note>
      </article>
    );
  }
  return <MessageComing />;
}

interface WholeProps {
  readonly message: Message;
  readonly settings: ReaderSettings;
}

function Whole({ message, settings }: WholeProps): React.JSX.Element {
  const { say } = useWords();
  const runner = useRunner();
  const { data: session } = useQuery(sessionQuery);
  const own = useMemo(
    () => new Set((session?.accounts ?? []).flatMap(({ addresses }) => addresses.map((one) => one.toLowerCase()))),
    [session],
  );
  const [isShownOnce, setShownOnce] = useState(false);
  const [areInlineListed, setInlineListed] = useState(false);
  const target = targetOfMessage(message);
  const labels = useLabels(message.account, message.labels);
  return (
    <article className="message">
      <MessageHead message={message} ownAddresses={own}>
        <IconToggle
          icon={Star}
          className="star"
          label={say("act.star")}
          isOn={message.isStarred}
          onPress={() => runner.run("star", target)}
        />
        <More message={message} areImagesShown={isShownOnce || message.imagesTrusted.length > 0} />
      </MessageHead>
      <LabelChips labels={labels} />
      <SenderAsks message={message} />
      {message.isUnreadable ? <Unreadable message={message} /> : null}
      <DownloadWhole message={message} />
      {message.problems.map((problem) => (
        <p key={problem} className="problem">
          <FileWarning size={16} aria-hidden />
          <span>{say(`problem.${problem}`)}</span>
        </p>
      ))}
      {message.isUnreadable && message.bodies.length === 0 ? null : (
        <Bodies
          message={message}
          settings={settings}
          isShownOnce={isShownOnce}
          onShowOnce={setShownOnce}
          onShownAsText={() => setInlineListed(true)}
        />
      )}
      <Attachments message={message} areInlineListed={areInlineListed} />
      <ServerLine message={message} />
      <AnswerBar message={message} />
    </article>
  );
}

interface MoreProps {
  readonly message: Message;
  readonly areImagesShown: boolean;
}

/** What is printed has the images that are seen, and the time as it is here. */
function printUrl({ urls }: Message, areImagesShown: boolean): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams({ ...(areImagesShown ? { images: "1" } : {}), zone });
  return `${urls.print}?${query.toString()}`;
}

/** Everything that can be done with one message beside its conversation. */
function More({ message, areImagesShown }: MoreProps): ReactNode {
  const { say } = useWords();
  const runner = useRunner();
  const composer = useComposer();
  const target = targetOfMessage(message);
  const { urls, isUnread, role } = message;
  return (
    <MenuButton
      label={say("message.more")}
      groups={[
        {
          rows: [
            {
              id: "unread",
              label: say(isUnread ? "act.read" : "act.unread"),
              onAction: () => runner.run(isUnread ? "read" : "unread", target),
            },
            {
              id: "forward-attached",
              label: say("act.forward-attached"),
              onAction: () => composer.answer("forward-attached", message),
            },
            { id: "label", label: say("act.label"), onAction: () => runner.label(target) },
            { id: "move", label: say("act.move-message"), onAction: () => runner.move(target) },
            role === "trash"
              ? {
                  id: "delete",
                  label: say("act.delete-message"),
                  isDanger: true,
                  onAction: () => runner.run("delete", target),
                }
              : { id: "trash", label: say("act.trash-message"), onAction: () => runner.run("trash", target) },
          ],
        },
        {
          rows: [
            { id: "print", label: say("message.print"), icon: Printer, href: printUrl(message, areImagesShown) },
            { id: "source", label: say("message.source"), icon: Code, href: urls.source },
            { id: "eml", label: say("message.eml"), icon: Download, href: urls.eml, download: "" },
          ],
        },
      ]}
    >
      {(trigger) => <IconButton icon={Ellipsis} label={say("message.more")} {...trigger} />}
    </MenuButton>
  );
}

/** A message the parser gave up on is never hidden: it can be looked at as it came, and saved. */
function Unreadable({ message }: { readonly message: Message }): React.JSX.Element {
  const { say } = useWords();
  return (
    <section className="card" aria-label={say("unreadable.title")}>
      <FileWarning size={20} aria-hidden />
      <div>
        <h4>{say("unreadable.title")}</h4>
        <p>{say("unreadable.more")}</p>
      </div>
      <a className="button" href={message.urls.source} target="_blank" rel="noopener">
        {say("message.source")}
      </a>
      <LinkButton icon={Download} href={message.urls.eml} download="">
        {say("message.eml")}
      </LinkButton>
    </section>
  );
}
