// The stream of events keeps the cache true. It begins where the document was made, before anything was asked, and goes on
// behind the last id that was seen; when the server cannot tell what was missed it says `resync`. All tabs share one
// stream (`one-stream.ts`).
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { ReaderEvent, RouteOutput, SourceStatus } from "../../api/schema/index.ts";
import { listen } from "./one-stream.ts";
import { KEYS, sourcesQuery } from "./queries.ts";

/** Lists are asked for again at most this often, a first download brings events four times a second; ... */
const REFRESH_EVERY_MS = 1_000;
/** ... and a list that was scrolled far down, which is asked for page by page, less often. */
const REFRESH_EVERY_MS_A_PAGE = 200;

type SourceEnded = Extract<ReaderEvent, { kind: "source-ended" }>;

interface Heard {
  readonly onSourceEnded: (event: SourceEnded) => void;
  /** Unread mail came into an inbox. `isHolder`: of this browser's tabs, this one is to say so outside of it. */
  readonly onArrived: (messages: number, isHolder: boolean) => void;
}

/** Listens for as long as it is drawn. Gives back whether the stream is open. */
export function useEvents(heard: Heard): boolean {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(true);
  const latest = useRef(heard);
  useEffect(() => {
    latest.current = heard;
  });
  useEffect(() => {
    const refresher = listRefresher(client);
    const close = listen({
      after: document.documentElement.dataset["lastEvent"] ?? "",
      onOpenChange: setOpen,
      onEvent(event, isHolder) {
        update(client, event, refresher.ask);
        if (event.kind === "source-ended") latest.current.onSourceEnded(event);
        if (event.kind === "messages" && event.arrived > 0) latest.current.onArrived(event.arrived, isHolder);
      },
    });
    return () => {
      refresher.stop();
      close();
    };
  }, [client]);
  return isOpen;
}

function update(client: QueryClient, event: ReaderEvent, refreshLists: () => void): void {
  const stale = (queryKey: readonly unknown[]): void => void client.invalidateQueries({ queryKey });
  switch (event.kind) {
    case "messages":
      refreshLists();
      if (event.isMany) stale([...KEYS.messages, event.account]);
      for (const id of [...event.changed, ...event.gone]) stale([...KEYS.messages, event.account, id]);
      stale([...KEYS.conversations, event.account]);
      return;
    case "counts":
    case "index-changed":
      stale(KEYS.mailboxes);
      return;
    case "source-progress":
      setSource(client, event.source, { state: "running", progress: event.progress });
      return;
    case "source-started":
      setSource(client, event.source, { state: "running" });
      return;
    case "source-ended":
      // What is left on the server is told of each message and in each row.
      refreshLists();
      for (const key of [KEYS.sources, KEYS.messages, [...KEYS.serverMailboxes, event.source]]) stale(key);
      return;
    case "sources-changed":
      stale(KEYS.sources);
      return;
    case "settings-changed":
      // Of a message it is told whether its sender is trusted, and whether its source is collected.
      for (const key of [KEYS.settings, KEYS.identities, KEYS.labels, KEYS.rules, KEYS.trusted, KEYS.messages])
        stale(key);
      return;
    case "drafts-changed":
      stale(KEYS.drafts);
      return;
    case "outbox-changed":
      stale(KEYS.outbox);
      return;
    case "resync":
      void client.invalidateQueries();
      return;
  }
}

function setSource(client: QueryClient, source: string, change: Partial<SourceStatus>): void {
  client.setQueryData(
    sourcesQuery.queryKey,
    (before: RouteOutput<"sources"> | undefined) =>
      before && { sources: before.sources.map((one) => (one.source === source ? { ...one, ...change } : one)) },
  );
}

/** Lists and their counts: the first request at once, those that follow gathered into one a second. */
function listRefresher(client: QueryClient): { readonly ask: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const refresh = (): void => {
    isAsked = false;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (isAsked) refresh();
      },
      Math.max(REFRESH_EVERY_MS, REFRESH_EVERY_MS_A_PAGE * pagesShown(client)),
    );
    for (const queryKey of [KEYS.lists, KEYS.mailboxes]) void client.invalidateQueries({ queryKey });
  };
  return {
    ask() {
      isAsked = true;
      if (timer === undefined) refresh();
    },
    stop: () => clearTimeout(timer),
  };
}

function pagesShown(client: QueryClient): number {
  const shown = client.getQueryCache().findAll({ queryKey: KEYS.lists, type: "active" });
  return Math.max(0, ...shown.map(({ state }) => (state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0));
}
