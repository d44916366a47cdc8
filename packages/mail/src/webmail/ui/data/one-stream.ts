// One stream for all tabs of a browser, which opens no more than six connections to a server (ADR 38). A lock chooses the
// tab that holds it; that tab gives on what it hears. Each tab knows how far it has come itself, and has the stream read
// again from there when something is missing.
import type { ReaderEvent } from "../../api/schema/index.ts";
import { orderOf, readAgainFrom } from "./event-order.ts";
import { openStream, type Told } from "./stream.ts";

const NAME = "restante-events";

/** What tabs say to each other. `at`: I know all up to there. `leads`: I hold the stream now; where are you? */
type Word =
  | { readonly kind: "told"; readonly told: Told }
  | { readonly kind: "at"; readonly last: string }
  | { readonly kind: "leads" }
  | { readonly kind: "open"; readonly isOpen: boolean };

interface Listener {
  /** Id of the last event that is known of. */
  readonly after: string;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** `isHolder`: this tab holds the stream, and no other one does what is done once for all of them. */
  readonly onEvent: (event: ReaderEvent, isHolder: boolean) => void;
}

/** Events after one, each once and in order, until it is told to end. */
export function listen({ after, onOpenChange, onEvent }: Listener): () => void {
  const mayShare = "locks" in navigator && "BroadcastChannel" in globalThis;
  if (!mayShare) return openStream({ after, onOpenChange, onTold: ({ event }) => onEvent(event, true) });
  let last = after;
  let leave: (() => void) | undefined;
  const join = (): void => {
    leave ??= takePart({
      last: () => last,
      onOpenChange,
      onNext({ id, event }, isHolder) {
        last = id;
        onEvent(event, isHolder);
      },
    });
  };
  // A page that is frozen or kept for the way back would keep the lock, and tell nobody anything.
  const rest = (): void => {
    leave?.();
    leave = undefined;
  };
  const heard = new AbortController();
  const { signal } = heard;
  document.addEventListener("freeze", rest, { signal });
  document.addEventListener("resume", join, { signal });
  globalThis.addEventListener("pagehide", rest, { signal });
  globalThis.addEventListener("pageshow", join, { signal });
  join();
  return () => {
    heard.abort();
    rest();
  };
}

interface Part {
  readonly last: () => string;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onNext: (told: Told, isHolder: boolean) => void;
}

function takePart({ last, onOpenChange, onNext }: Part): () => void {
  const channel = new BroadcastChannel(NAME);
  const say = (word: Word): void => channel.postMessage(word);
  const left = new AbortController();
  let lead: Lead | undefined;
  const take = (told: Told): void => {
    const order = orderOf(last(), told);
    if (order === "next") onNext(told, lead !== undefined);
    else if (order === "gap") say({ kind: "at", last: last() });
  };
  channel.addEventListener("message", ({ data: word }: MessageEvent<Word>) => {
    if (word.kind === "told") take(word.told);
    else if (word.kind === "open") onOpenChange(word.isOpen);
    else if (word.kind === "leads") say({ kind: "at", last: last() });
    else lead?.serve(word.last);
  });
  say({ kind: "at", last: last() });
  const begin = (): void => {
    if (left.signal.aborted) return;
    lead = leading({ last, say, onOpenChange, take });
    say({ kind: "leads" });
  };
  void navigator.locks
    .request(NAME, { signal: left.signal }, async () => {
      begin();
      await new Promise<void>((resolve) => {
        if (left.signal.aborted) resolve();
        else left.signal.addEventListener("abort", () => resolve());
      });
    })
    // One that left while it waited; where no lock is to be had, each tab holds a stream: what comes twice counts once.
    .catch(begin);
  return () => {
    lead?.end();
    left.abort();
    channel.close();
  };
}

interface Lead {
  /** For a tab that knows all up to `last`. */
  serve(last: string): void;
  end(): void;
}

interface Leading {
  readonly last: () => string;
  readonly say: (word: Word) => void;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly take: (told: Told) => void;
}

function leading({ last, say, onOpenChange, take }: Leading): Lead {
  let cursor = last();
  let isOpen = true;
  const open = (): (() => void) =>
    openStream({
      after: cursor,
      onOpenChange(now) {
        isOpen = now;
        onOpenChange(now);
        say({ kind: "open", isOpen });
      },
      onTold(told) {
        cursor = told.id;
        say({ kind: "told", told });
        take(told);
      },
    });
  let close = open();
  return {
    serve(other) {
      say({ kind: "open", isOpen });
      const from = readAgainFrom(cursor, other);
      if (from === undefined) return;
      close();
      cursor = from;
      close = open();
    },
    end: () => close(),
  };
}
