// What a reply or a forward begins with: recipients, subject, references. Everything comes from a message somebody else
// wrote, so everything is cleaned here and again when headers are built.
import { withoutMarks, type MailAddress, type ReadMessage } from "../message/index.ts";
import { headerText, isMessageId, messageIds } from "./header-text.ts";

export type AnswerKind = "reply" | "reply-all" | "forward";

export interface AnswerStart {
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  /** More than this many recipients deserve a question. */
  readonly asksBeforeSending: boolean;
}

const MANY_RECIPIENTS = 25;
/** `own`: the addresses of whoever answers, in lower case; left out of the recipients. */
export function startAnswer(message: ReadMessage, kind: AnswerKind, own: ReadonlySet<string>): AnswerStart {
  const { summary } = message;
  const isOwn = ({ address }: MailAddress): boolean => own.has(address.toLowerCase());
  // Cut again: the mark makes it longer.
  const subject = headerText(`${kind === "forward" ? "Fwd" : "Re"}: ${withoutMarks(headerText(summary.subject))}`);
  const id = summary.id !== undefined && isMessageId(summary.id) ? summary.id : undefined;
  if (kind === "forward")
    return {
      to: [],
      cc: [],
      subject,
      inReplyTo: undefined,
      references: id === undefined ? [] : [id],
      asksBeforeSending: false,
    };
  // One's own message is answered to whom it went.
  const isMine = summary.from.some(isOwn);
  const asked = summary.replyTo.length > 0 ? summary.replyTo : summary.from;
  const to = unique(isMine ? summary.to : asked, isMine ? () => false : isOwn);
  const first = to.length > 0 ? to : unique(asked, () => false);
  const others = kind === "reply-all" ? unique([...(isMine ? [] : summary.to), ...summary.cc], isOwn) : [];
  const cc = others.filter(({ address }) => !first.some((one) => one.address.toLowerCase() === address.toLowerCase()));
  return {
    to: first,
    cc,
    subject,
    inReplyTo: id,
    references: messageIds([...summary.references, ...(id === undefined ? [] : [id])]),
    asksBeforeSending: first.length + cc.length > MANY_RECIPIENTS,
  };
}

export interface OwnAddresses {
  /** In order of preference. */
  readonly addresses: readonly string[];
  /** Whether its owner entered it to write as; an address mail is merely delivered by is no such. */
  readonly isEntered: (address: string) => boolean;
  /** The one the message came to, when that is known. */
  readonly deliveredTo: string | undefined;
}

/**
 * Which of one's addresses answers: the one the message was delivered to, unless that is nothing but the way it came and
 * the message names another; then the first it names; then the first of all.
 */
export function answeringAddress(message: ReadMessage, o: OwnAddresses): string | undefined {
  const { to, cc, from } = message.summary;
  const lower = [...to, ...cc, ...message.bcc, ...from].map(({ address }) => address.toLowerCase());
  const named = o.addresses.filter((address) => lower.includes(address.toLowerCase()));
  const received = o.addresses.find((address) => address.toLowerCase() === o.deliveredTo?.toLowerCase());
  if (received !== undefined && (named.length === 0 || named.includes(received) || o.isEntered(received)))
    return received;
  return named[0] ?? o.addresses[0];
}

function unique(
  addresses: readonly MailAddress[],
  isLeftOut: (address: MailAddress) => boolean,
): readonly MailAddress[] {
  const seen = new Set<string>();
  return addresses.filter((one) => {
    const key = one.address.toLowerCase();
    if (key === "" || seen.has(key) || isLeftOut(one)) return false;
    seen.add(key);
    return true;
  });
}
