// The table of what is on the server. A maildrop may hold a hundred thousand messages: only rows in sight are drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  CircleCheck,
  CircleDashed,
  CloudDownload,
  Filter,
  Hourglass,
  type LucideIcon,
  ShieldAlert,
} from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import type { ServerMessage } from "../../api/schema/index.ts";
import { subjectOf } from "../list/row-name.ts";
import { useNow } from "../shell/use-now.ts";
import { useTextScale } from "../shell/use-text-scale.ts";
import { shortDate, size } from "../words/dates.ts";
import type { WordId } from "../words/catalogue.ts";
import { removalText } from "../words/collect-text.ts";
import { WHY_WORDS } from "../words/collect-words.ts";
import { useWords } from "../words/use-words.ts";

const ROW_PX = 56;
const OVERSCAN_ROWS = 8;
const AHEAD_ROWS = 40;

const ICONS: Readonly<Record<ServerMessage["state"], LucideIcon>> = {
  stored: CircleCheck,
  "headers-only": CloudDownload,
  "not-downloaded": CircleDashed,
  "to-be-removed": Hourglass,
  quarantined: ShieldAlert,
  filtered: Filter,
};

interface ServerTableProps {
  readonly rows: readonly ServerMessage[];
  /** Of the whole maildrop. */
  readonly total: number;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onEnd: () => void;
}

export function ServerTable({ rows, total, chosen, onChoose, onEnd }: ServerTableProps): React.JSX.Element {
  const { say } = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = Math.round(ROW_PX * useTextScale());
  // By its message, not by its place: a look that finds new mail moves no focus and no mark to another one.
  const getItemKey = useCallback((index: number) => rows[index]?.name ?? index, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    getItemKey,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD_ROWS) onEnd();
  });
  const areAllChosen = rows.length > 0 && rows.every(({ name }) => chosen.has(name));
  return (
    // What scrolls has to be reached by keys too; its rows hold check boxes, but those need not be in sight.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className="server-scroller" role="region" aria-label={say("server.title")} tabIndex={0}>
      <div role="table" aria-label={say("server.title")} aria-rowcount={total + 1}>
        <div role="row" aria-rowindex={1} className="server-row head">
          <span role="columnheader" className="server-choose">
            <input
              type="checkbox"
              checked={areAllChosen}
              aria-label={say("server.choose-all")}
              onChange={() => onChoose(new Set(areAllChosen ? [] : rows.map(({ name }) => name)))}
            />
          </span>
          <span role="columnheader">{say("server.column-message")}</span>
          <span role="columnheader">{say("server.column-state")}</span>
          <span role="columnheader" className="number">
            {say("server.column-size")}
          </span>
          <span role="columnheader" className="number">
            {say("server.column-date")}
          </span>
        </div>
        <div role="rowgroup" className="server-rows" style={{ blockSize: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <ServerRow
                key={row.name}
                ref={virtual.measureElement}
                row={row}
                index={index}
                start={start}
                isChosen={chosen.has(row.name)}
                onToggle={() => onChoose(toggled(chosen, row.name))}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** What went to a place that is none of the reader's is downloaded and not known. */
function unknownSubject({ state }: ServerMessage): WordId {
  return state === "stored" || state === "to-be-removed" ? "server.subject-elsewhere" : "server.subject-unknown";
}

interface ServerRowProps {
  /** Measures it: on a narrow screen a row is as high as its words. */
  readonly ref: React.Ref<HTMLDivElement>;
  readonly row: ServerMessage;
  readonly index: number;
  readonly start: number;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}

function ServerRow({ ref, row, index, start, isChosen, onToggle }: ServerRowProps): React.JSX.Element {
  const words = useWords();
  const now = useNow();
  const { say } = words;
  const Icon = ICONS[row.state];
  const subject = row.subject === null ? say(unknownSubject(row)) : subjectOf(words, { subject: row.subject });
  return (
    <div
      ref={ref}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      className="server-row"
      style={{ transform: `translateY(${start}px)` }}
      data-chosen={isChosen || undefined}
    >
      <span role="cell" className="server-choose">
        <input type="checkbox" checked={isChosen} aria-label={say("server.choose", { subject })} onChange={onToggle} />
      </span>
      <span role="cell" className="server-message">
        <bdi>{subject}</bdi>
        <span className="server-more soft">
          <bdi>{row.from ?? ""}</bdi>
          <span className="server-narrow">
            <bdi>{size(words, row.octets)}</bdi>
            {row.date === null ? null : (
              <>
                {" · "}
                <bdi>{shortDate(words, row.date, now)}</bdi>
              </>
            )}
          </span>
        </span>
      </span>
      <span role="cell" className={`server-state ${row.state}`} title={say(WHY_WORDS[row.why])}>
        <Icon size={16} aria-hidden />
        <span>
          {say(`server.state-${row.state}`)}
          {row.removeAt === null || row.state === "to-be-removed" ? null : (
            <span className="soft"> · {removalText(words, row.removeAt, now)}</span>
          )}
        </span>
      </span>
      <span role="cell" className="number">
        {size(words, row.octets)}
      </span>
      <span role="cell" className="number">
        {row.date === null ? "" : shortDate(words, row.date, now)}
      </span>
    </div>
  );
}

function toggled(chosen: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(name)) next.add(name);
  return next;
}
