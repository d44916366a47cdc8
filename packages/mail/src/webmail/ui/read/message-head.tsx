import { ChevronDown, ShieldAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Message } from "../../api/schema/index.ts";
import { useAccountNames } from "../data/queries.ts";
import { originName } from "../list/rows.ts";
import { fullDate, size } from "../words/dates.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import { Person } from "./person.tsx";
import "./message-head.css";

const WARNINGS: Readonly<Record<Message["warnings"][number], WordId>> = {
  "several-from": "warning.several-from",
  "name-holds-address": "warning.name-holds-address",
  "mixed-scripts": "warning.mixed-scripts",
  "hidden-characters": "warning.hidden-characters",
  "reply-elsewhere": "warning.reply-elsewhere",
};

/** How many recipients stand at the head before "and 7 others". */
const SHOWN_MAX = 3;

interface MessageHeadProps {
  readonly message: Message;
  readonly ownAddresses: ReadonlySet<string>;
  /** Buttons at the end of the first line. */
  readonly children: ReactNode;
}

/** Who wrote it, to whom and when; everything else of the header on demand. */
export function MessageHead({ message, ownAddresses, children }: MessageHeadProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const names = useAccountNames();
  const [isOpen, setOpen] = useState(false);
  const at = message.sentAt ?? message.receivedAt;
  const people = [...message.to, ...message.cc];
  const recipients = people
    .slice(0, SHOWN_MAX)
    .map((one) => (ownAddresses.has(one.address.toLowerCase()) ? say("person.me") : one.shown));
  const others = people.length - recipients.length;
  const via = say(message.origin.kind === "source" ? "head.via-source" : "head.via-delivery", {
    name: originName(message, names),
  });
  return (
    <div className="head">
      <div className="head-line">
        <h3 className="head-from">
          {message.from.length === 0
            ? say("person.nobody")
            : message.from.map((one) => <Person key={`${one.name}${one.address}`} {...one} />)}
        </h3>
        <time className="head-date" dateTime={new Date(at).toISOString()}>
          {fullDate(words, at)}
        </time>
        <div className="head-acts">{children}</div>
      </div>
      <p className="head-to">
        <bdi>
          {recipients.length === 0 ? say("head.to-nobody") : say("head.to", { people: words.list(recipients), others })}
        </bdi>
        <span>{via}</span>
        <button type="button" className="head-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {say("head.details")}
          <ChevronDown size={14} aria-hidden />
        </button>
      </p>
      {message.warnings.length === 0 ? null : (
        <ul className="head-warnings">
          {message.warnings.map((warning) => (
            <li key={warning}>
              <ShieldAlert size={14} aria-hidden />
              {say(WARNINGS[warning])}
            </li>
          ))}
        </ul>
      )}
      {isOpen ? <Details message={message} /> : null}
    </div>
  );
}

function Details({ message }: { readonly message: Message }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  return (
    <dl className="head-details">
      <People word="head.from" people={message.from} />
      <People word="head.sender" people={message.sender} />
      <People word="head.reply-to" people={message.replyTo} />
      <People word="head.to-field" people={message.to} />
      <People word="head.cc" people={message.cc} />
      <People word="head.bcc" people={message.bcc} />
      <Field word="head.sent">{message.sentAt === null ? say("head.no-date") : fullDate(words, message.sentAt)}</Field>
      <Field word="head.received">{fullDate(words, message.receivedAt)}</Field>
      <Field word="head.size">{size(words, message.octets)}</Field>
      {message.listId === null ? null : <Field word="head.list">{message.listId}</Field>}
      {message.signed === null ? null : <Field word="head.signed">{say(`signed.${message.signed}`)}</Field>}
      <People word="head.receipt" people={message.receiptTo} />
    </dl>
  );
}

function People({
  word,
  people,
}: {
  readonly word: WordId;
  readonly people: Message["from"];
}): React.JSX.Element | null {
  if (people.length === 0) return null;
  return (
    <Field word={word}>
      {people.map((one, at) => (
        // Two may be written alike.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={at} className="head-person">
          <Person {...one} />
        </span>
      ))}
    </Field>
  );
}

function Field({ word, children }: { readonly word: WordId; readonly children: ReactNode }): React.JSX.Element {
  const { say } = useWords();
  return (
    <div>
      <dt>{say(word)}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}
