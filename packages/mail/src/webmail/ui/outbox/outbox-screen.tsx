// What is on its way out, what went, and what the server said to what did not.
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Clock, LoaderCircle, type LucideIcon, Send } from "lucide-react";
import { useEffect, useState } from "react";
import type { OutboxRow } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { useComposer } from "../compose/composer.tsx";
import { takeBack } from "../compose/send.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { outboxQuery } from "../data/writing-queries.ts";
import { subjectOf } from "../list/row-name.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Note } from "../parts/note.tsx";
import { fullDate, timeOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { UnreadableEntry } from "./unreadable-entry.tsx";
import { whoHasIt } from "./who-has-it.ts";
import "./papers.css";

const ICONS: Readonly<Record<OutboxRow["state"] | "partly", LucideIcon>> = {
  held: Clock,
  queued: Clock,
  sending: LoaderCircle,
  sent: CircleCheck,
  partly: CircleAlert,
  failed: CircleAlert,
};

export function OutboxScreen(): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data, isPending, error } = useQuery(outboxQuery);
  const { rows, unreadable } = data ?? { rows: [], unreadable: [] };
  return (
    <div className="papers" data-pane>
      <h1>{say("screen.outbox")}</h1>
      {error !== null ? (
        <Note icon={Send} title={say("list.failed")} more={refusalText(words, error)} role="alert" />
      ) : rows.length + unreadable.length === 0 && !isPending ? (
        <Note icon={Send} title={say("outbox.none")} more={say("outbox.none-more")} />
      ) : (
        <ul>
          {rows.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
          {unreadable.map((entry) => (
            <UnreadableEntry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Entry({ entry }: { readonly entry: OutboxRow }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const composer = useComposer();
  const seconds = useSecondsLeft(entry);
  const retry = useMutation({
    mutationFn: () => call("retrySending", { account: entry.account, entry: entry.id }),
    onError: (error) => showToast({ text: refusalText(words, error), tone: "trouble" }),
  });
  const cancel = useMutation({
    mutationFn: () => call("cancelSending", { account: entry.account, entry: entry.id }),
    onSuccess: () => showToast({ text: say("outbox.cancelled"), tone: "plain" }),
    onError: (error) => showToast({ text: refusalText(words, error), tone: "trouble" }),
  });
  const file = useMutation({
    mutationFn: () => call("fileSending", { account: entry.account, entry: entry.id }),
    onSuccess: () => showToast({ text: say("outbox.filed"), tone: "plain" }),
    onError: (error) => showToast({ text: refusalText(words, error), tone: "trouble" }),
  });
  const [isAsking, setAsking] = useState(false);
  const { state, trouble, refused, canBeTakenBack } = entry;
  const { have, perhaps, lack } = whoHasIt(entry);
  const isPartly = have.length > 0 && perhaps.length + lack.length > 0;
  const edit = say(state === "held" ? "act.undo" : isPartly ? "outbox.edit-rest" : "outbox.edit");
  const shown = state === "sent" && isPartly ? "partly" : state;
  const Icon = ICONS[shown];
  const isFirstTry = state === "queued" && entry.attempts === 0;
  const canBeTriedAgain = state === "held" || state === "failed" || (state === "queued" && !isFirstTry);
  const writeOn = (): void => takeBack(words, entry, composer.show);
  return (
    <li className="paper outgoing" data-state={shown}>
      <Icon size={18} aria-hidden className="paper-icon" />
      <div className="paper-text">
        <span className="paper-line">
          <bdi className="paper-people">{say("row.to", { people: entry.to.join(", ") })}</bdi>
          <span className="paper-date">{stateText(words, entry, seconds)}</span>
        </span>
        <bdi className="paper-subject">{subjectOf(words, entry)}</bdi>
        {isPartly ? (
          <>
            <bdi className="paper-who">{say("outbox.have", { people: have.join(", ") })}</bdi>
            {perhaps.length === 0 ? null : (
              <bdi className="paper-who">{say("outbox.perhaps", { people: perhaps.join(", ") })}</bdi>
            )}
            {lack.length === 0 ? null : (
              <bdi className="paper-who">{say("outbox.lack", { people: lack.join(", ") })}</bdi>
            )}
          </>
        ) : null}
        {trouble === null ? null : (
          <p className="paper-trouble">
            {say(`trouble.${trouble.code}`, trouble.values)}
            {trouble.reply === "" ? null : <ServerSaid reply={trouble.reply} />}
          </p>
        )}
        {refused.map(({ address, reply }) => (
          <p key={address} className="paper-trouble">
            {say("outbox.refused", { address })}
            {reply === "" ? null : <ServerSaid reply={reply} />}
          </p>
        ))}
      </div>
      <div className="paper-acts">
        {canBeTakenBack ? (
          <Button onPress={() => (perhaps.length > 0 ? setAsking(true) : writeOn())}>{edit}</Button>
        ) : null}
        {entry.canBeCancelled ? (
          <Button isDisabled={cancel.isPending} onPress={() => cancel.mutate()}>
            {say("outbox.cancel")}
          </Button>
        ) : null}
        {entry.canBeFiled ? (
          <Button isDisabled={file.isPending} onPress={() => file.mutate()}>
            {say("outbox.file")}
          </Button>
        ) : null}
        {canBeTriedAgain ? (
          <Button
            kind={state === "failed" ? "primary" : "plain"}
            isDisabled={retry.isPending}
            onPress={() => retry.mutate()}
          >
            {say(state === "held" ? "outbox.now" : "outbox.retry")}
          </Button>
        ) : null}
      </div>
      {isAsking ? (
        <Confirm title={say("outbox.perhaps-ask")} does={edit} onConfirm={writeOn} onClose={() => setAsking(false)}>
          {say("outbox.perhaps-more", { people: perhaps.join(", ") })}
        </Confirm>
      ) : null}
    </li>
  );
}

function ServerSaid({ reply }: { readonly reply: string }): React.JSX.Element {
  const { say } = useWords();
  return (
    <span className="paper-reply">
      {say("outbox.said")} <code dir="ltr">{reply}</code>
    </span>
  );
}

function stateText(words: Words, entry: OutboxRow, seconds: number): string {
  const { say } = words;
  switch (entry.state) {
    case "held":
      return say("outbox.held", { seconds });
    case "queued":
      return entry.attempts === 0
        ? say("outbox.queued")
        : say("outbox.again", { time: timeOf(words, entry.nextTryAt), attempts: entry.attempts });
    case "sending":
      return say("outbox.sending");
    case "sent":
      return say(entry.taken.length < entry.to.length ? "outbox.partly" : "outbox.sent", {
        date: fullDate(words, entry.sentAt ?? entry.queuedAt),
      });
    case "failed":
      return say(entry.isMaybeSent ? "outbox.maybe" : "outbox.failed");
  }
}

/** Of the time it is held; the clock is the browser's, so it is a guide and no promise. */
function useSecondsLeft({ state, holdUntil }: OutboxRow): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (state !== "held") return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [state]);
  return Math.max(0, Math.ceil((holdUntil - now) / 1_000));
}
