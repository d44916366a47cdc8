import { CloudDownload, FileWarning, Hourglass, Paperclip, Star } from "lucide-react";
import { memo, type MouseEvent, useMemo } from "react";
import type { LabelRow, Row } from "../../api/schema/index.ts";
import { shortDate } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import { LabelChips, labelsNamed } from "../organise/label-chips.tsx";
import { goesSoon, peopleOf, rowName, subjectOf } from "./row-name.ts";
import { hueOf, isSameRow } from "./rows.ts";

/** The same in every row. */
const STAR = <Star size={16} aria-hidden />;

export interface RowHandlers {
  open(key: string, how: { readonly extend: boolean; readonly toggle: boolean }): void;
  toggle(key: string, extend: boolean): void;
  star(key: string): void;
}

interface MessageRowProps {
  readonly id: string;
  readonly row: Row;
  /** From 0, in the list. */
  readonly index: number;
  /** Of the list's first pixel, in pixels. */
  readonly start: number;
  readonly isOpen: boolean;
  readonly isSelected: boolean;
  /** Where it came from, as people call it. */
  readonly origin: string;
  readonly now: number;
  readonly handlers: RowHandlers;
  /** The labels of its account, once they are known; a row without labels needs none. */
  readonly knownLabels: readonly LabelRow[] | undefined;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps): React.JSX.Element {
  const { id, row, index, start, isOpen, isSelected, origin, now, handlers, knownLabels } = props;
  const words = useWords();
  const { say } = words;
  const labels = useMemo(() => labelsNamed(row.labels, knownLabels), [row, knownLabels]);
  const name = useMemo(
    () => rowName(words, row, { now, origin, labels: labels.map((label) => label.name) }),
    [words, row, now, origin, labels],
  );
  const subject = subjectOf(words, row);
  const pressed = (event: MouseEvent): void =>
    handlers.open(id, { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
  return (
    // Keys are the grid's, which moves the focus from row to row.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      className="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-current={isOpen ? "true" : undefined}
      aria-label={name}
      tabIndex={index === 0 ? 0 : -1}
      data-index={index}
      data-unread={row.isUnread || undefined}
      style={{ transform: `translateY(${start}px)` }}
      onClick={pressed}
    >
      <RowChoice id={id} subject={subject} isSelected={isSelected} origin={origin} handlers={handlers} />
      <RowText row={row} now={now} labels={labels} />
      <div role="gridcell" className="row-star">
        <button
          type="button"
          tabIndex={-1}
          className="star"
          aria-pressed={row.isStarred}
          aria-label={say("row.star", { subject })}
          onClick={(event) => {
            event.stopPropagation();
            handlers.star(id);
          }}
        >
          {STAR}
        </button>
      </div>
    </div>
  );
}, isDrawn);

interface RowChoiceProps extends Pick<MessageRowProps, "id" | "isSelected" | "origin" | "handlers"> {
  readonly subject: string;
}

/** A row that only moves up or down has it drawn already: whatever is said of a checkbox anew React writes into it anew. */
const RowChoice = memo(function RowChoice(props: RowChoiceProps): React.JSX.Element {
  const { id, subject, isSelected, origin, handlers } = props;
  const { say } = useWords();
  return (
    <div role="gridcell" className="row-choose">
      <input
        type="checkbox"
        tabIndex={-1}
        checked={isSelected}
        aria-label={say("row.choose", { subject })}
        onClick={(event) => {
          event.stopPropagation();
          handlers.toggle(id, event.shiftKey);
        }}
        onChange={() => undefined}
      />
      <span className="badge" data-hue={hueOf(origin)} aria-hidden title={origin}>
        {[...origin][0]?.toLocaleUpperCase() ?? "•"}
      </span>
    </div>
  );
});

/** The next letter of a search finds much of what was found before, and that is drawn already. */
function isDrawn(before: MessageRowProps, after: MessageRowProps): boolean {
  const { row, ...others } = after;
  const isSame = (name: keyof typeof others): boolean => Object.is(before[name], after[name]);
  return (Object.keys(others) as (keyof typeof others)[]).every(isSame) && isSameRow(before.row, row);
}

interface RowTextProps extends Pick<MessageRowProps, "row" | "now"> {
  readonly labels: readonly LabelRow[];
}

/** What is written in a row. A row that only gets the focus, or a tick, has it drawn already. */
const RowText = memo(function RowText({ row, now, labels }: RowTextProps): React.JSX.Element {
  const words = useWords();
  return (
    <div role="gridcell" className="row-text">
      <div className="row-people">
        {row.isUnread ? <span className="dot" /> : null}
        <bdi className="row-names">{peopleOf(words, row)}</bdi>
        {row.count > 1 ? <span className="row-count">{row.count}</span> : null}
        <Marks row={row} now={now} />
        <time className="row-date">{shortDate(words, row.date, now)}</time>
      </div>
      <div className="row-subject">
        <LabelChips labels={labels} />
        <span className="row-words">
          <bdi className="row-title">{subjectOf(words, row)}</bdi>
          <bdi className="row-preview">{row.preview}</bdi>
        </span>
      </div>
    </div>
  );
});

/** Small pictures that are there only when they say something; the row's name says the same. */
function Marks({ row, now }: { readonly row: Row; readonly now: number }): React.JSX.Element | null {
  const { say } = useWords();
  const isPartial = row.server?.state === "headers-only";
  const isGoing = goesSoon(row, now);
  const isJunk = row.role === "junk";
  if (!row.isUnreadable && !isPartial && !isGoing && !isJunk && row.attachments === 0) return null;
  return (
    <span className="row-marks" aria-hidden>
      {row.isUnreadable ? <FileWarning size={14} /> : null}
      {isPartial ? <CloudDownload size={14} /> : null}
      {isGoing ? <Hourglass size={14} /> : null}
      {row.attachments > 0 ? <Paperclip size={14} /> : null}
      {isJunk ? <span className="chip">{say("role.junk")}</span> : null}
    </span>
  );
}
