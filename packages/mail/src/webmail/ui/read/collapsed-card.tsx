import { Paperclip, Star } from "lucide-react";
import type { Card } from "../../api/schema/index.ts";
import { senderName } from "../list/row-name.ts";
import { shortDate } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";

interface CollapsedCardProps {
  readonly card: Card;
  readonly now: number;
  /** It was unread when the conversation was opened and has not been looked at, though opening it may have marked it read. */
  readonly isNew: boolean;
  readonly onExpand: () => void;
}

/** One message of a conversation in one line; pressing it expands it. */
export function CollapsedCard({ card, now, isNew, onExpand }: CollapsedCardProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const isMarked = card.isUnread || isNew;
  const people =
    card.from.length === 0 ? say("person.nobody") : words.list(card.from.map((one) => senderName(words, one)));
  return (
    <h3 className="collapsed">
      <button type="button" aria-expanded={false} data-unread={isMarked || undefined} onClick={onExpand}>
        {isMarked ? (
          <>
            <span className="dot" />
            <span className="unseen">{say(card.isUnread ? "row.unread" : "card.new")}</span>
          </>
        ) : null}
        <bdi className="collapsed-from">{people}</bdi>
        {card.isNewOutsider ? <span className="chip outsider">{say("card.outsider")}</span> : null}
        <bdi className="collapsed-preview">{card.preview}</bdi>
        {card.isStarred ? <Star size={14} className="collapsed-star" aria-label={say("row.starred")} /> : null}
        {card.attachments > 0 ? (
          <Paperclip size={14} aria-label={say("row.attachments", { count: card.attachments })} />
        ) : null}
        {card.role === "trash" || card.role === "junk" ? (
          <span className="chip">{say(`role.${card.role}`)}</span>
        ) : null}
        <time>{shortDate(words, card.date, now)}</time>
      </button>
    </h3>
  );
}
