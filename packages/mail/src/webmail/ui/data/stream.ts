// One connection for events.
import type { ReaderEvent } from "../../api/schema/index.ts";

const EVENTS_URL = "/api/events";
const REOPEN_AFTER_MS = 5_000;

/** Events are named after their kind; a name that is missing here would go by unheard. */
const KINDS: Readonly<Record<ReaderEvent["kind"], true>> = {
  messages: true,
  counts: true,
  "index-changed": true,
  "source-progress": true,
  "source-started": true,
  "source-ended": true,
  "sources-changed": true,
  "settings-changed": true,
  "drafts-changed": true,
  "outbox-changed": true,
  resync: true,
};

/** What happened, and the id it has on the stream. */
export interface Told {
  readonly id: string;
  readonly event: ReaderEvent;
}

export interface StreamListener {
  /** Id of the last event that is known of. */
  readonly after: string;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onTold: (told: Told) => void;
}

/** A stream that is cut off the browser opens again by itself; one the server refused is opened again here. */
export function openStream({ after, onOpenChange, onTold }: StreamListener): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stream: EventSource;
  let last = after;
  const open = (): void => {
    stream = new EventSource(`${EVENTS_URL}?${new URLSearchParams({ after: last }).toString()}`);
    stream.addEventListener("open", () => onOpenChange(true));
    for (const kind of Object.keys(KINDS))
      stream.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
        last = lastEventId;
        onTold({ id: lastEventId, event: JSON.parse(data) as ReaderEvent });
      });
    stream.addEventListener("error", () => {
      onOpenChange(false);
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
