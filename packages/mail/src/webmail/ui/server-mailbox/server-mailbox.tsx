// What is on the server now: how much of it is here, what the rule will remove, and acts on what is chosen.
import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Inbox, RefreshCw, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import type { SourceStatus } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { Late } from "../parts/late.tsx";
import { Note } from "../parts/note.tsx";
import { keepText } from "../sources/keep-question.tsx";
import { size, timeOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import { KEYS } from "../data/queries.ts";
import { DeletionLog } from "./deletion-log.tsx";
import { Questions } from "./questions.tsx";
import { RemovalDialog } from "./removal-dialog.tsx";
import { ServerTable } from "./server-table.tsx";

/** One act takes at most this many. */
const CHOSEN_MAX = 10_000;

function firstPageOf<T, P>({ pages, pageParams }: InfiniteData<T, P>): InfiniteData<T, P> {
  return { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) };
}

export function ServerMailboxView({ source }: { readonly source: SourceStatus }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const name = source.source;
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isRemoving, setRemoving] = useState(false);
  const queryKey = [...KEYS.serverMailboxes, name];
  const listing = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      call("serverMailbox", { source: name, ...(pageParam === null ? {} : { after: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    retry: false,
  });
  const rows = useMemo(() => (listing.data?.pages ?? []).flatMap((page) => page.rows), [listing.data]);
  const download = useMutation({
    mutationFn: (uniqueIds: string[]) => call("downloadFromServer", { source: name, uniqueIds }),
    onSuccess({ queued }) {
      setChosen(new Set());
      showToast({ text: say("server.downloading", { count: queued }), tone: "plain" });
    },
  });
  const lookAgain = (): void => {
    setChosen(new Set());
    // What was seen stays in sight until there is an answer; only the first page is asked for again.
    client.setQueryData(queryKey, (before: typeof listing.data) => before && firstPageOf(before));
    void client.invalidateQueries({ queryKey });
    void client.invalidateQueries({ queryKey: ["audit", name] });
  };
  const [first] = listing.data?.pages ?? [];
  if (first === undefined) {
    if (listing.error === null)
      return source.state === "running" ? (
        <WaitsForRun source={source} />
      ) : (
        <Late>
          <p className="soft" role="status">
            {say("server.loading")}
          </p>
        </Late>
      );
    return <LookFailed error={listing.error} onAgain={lookAgain} />;
  }
  const ids = [...chosen].slice(0, CHOSEN_MAX);
  // Its last run may not have seen yet what this look sees.
  const questions = first.questions.filter(({ kind }) => !source.questions.some((asked) => asked.kind === kind));
  return (
    <>
      <Questions source={name} questions={questions} />
      {listing.isRefetchError ? <LookFailed error={listing.error} onAgain={lookAgain} /> : null}
      <section aria-label={say("server.title")}>
        <p className="totals">
          <strong>{say("server.totals", { messages: first.messages, size: size(words, first.octets) })}</strong>
          <span className="soft">{say("server.as-of", { time: timeOf(words, first.at) })}</span>
          <Button kind="quiet" icon={RefreshCw} onPress={lookAgain} isPending={listing.isFetching}>
            {say("server.refresh")}
          </Button>
        </p>
        <meter
          className="share"
          min={0}
          max={Math.max(1, first.messages)}
          value={first.stored}
          aria-label={say("server.stored-share", { stored: first.stored, messages: first.messages })}
        />
        <p className="soft">{say("server.stored-share", { stored: first.stored, messages: first.messages })}</p>
        <p>
          {say("server.rule", { rule: keepText(words, source.keep) })}{" "}
          {say("server.rule-preview", { count: first.toBeRemoved })}
        </p>
      </section>
      {rows.length === 0 ? (
        <Note icon={Inbox} title={say("server.empty")} />
      ) : (
        <section aria-label={say("server.title")}>
          <div className="acts">
            <Button
              icon={Download}
              isDisabled={chosen.size === 0 || download.isPending}
              onPress={() => download.mutate(ids)}
            >
              {say("server.download")}
            </Button>
            <Button icon={Trash2} isDisabled={chosen.size === 0} onPress={() => setRemoving(true)}>
              {say("server.remove")}
            </Button>
            <span role="status" className="soft">
              {chosen.size === 0 ? null : say("server.chosen", { count: chosen.size })}
            </span>
          </div>
          <ServerTable
            rows={rows}
            total={first.messages}
            chosen={chosen}
            onChoose={setChosen}
            onEnd={() => {
              // Each look is a login: one that failed is tried again by whoever asks for it.
              if (listing.hasNextPage && !listing.isFetchingNextPage && !listing.isFetchNextPageError)
                void listing.fetchNextPage();
            }}
          />
          {listing.isFetchNextPageError ? (
            <LookFailed error={listing.error} onAgain={() => void listing.fetchNextPage()} />
          ) : null}
        </section>
      )}
      <DeletionLog source={name} />
      {isRemoving ? (
        <RemovalDialog source={name} uniqueIds={ids} onClose={() => setRemoving(false)} onRemoved={lookAgain} />
      ) : null}
    </>
  );
}

/** What was seen before stays beside it. */
function LookFailed({ error, onAgain }: { readonly error: Error; readonly onAgain: () => void }): React.JSX.Element {
  const words = useWords();
  return (
    <section className="alarm" role="alert">
      <h2>{words.say("server.failed")}</h2>
      <p dir="auto">{refusalText(words, error)}</p>
      <div className="acts">
        <Button onPress={onAgain}>{words.say("app.again")}</Button>
      </div>
    </section>
  );
}

/** A server has one session at a time: what it is asked waits for the run. */
function WaitsForRun({ source: { source, progress } }: { readonly source: SourceStatus }): React.JSX.Element {
  const { say } = useWords();
  const isCounted = progress !== null && progress.of > 0;
  return (
    <div className="run">
      <p className="soft" role="status">
        {say("server.waits")}
      </p>
      {isCounted ? <p className="soft">{say("activity.progress", { n: progress.n, of: progress.of })}</p> : null}
      <progress
        aria-label={say("strip.label", { source })}
        {...(isCounted ? { max: progress.of, value: progress.n } : {})}
      />
    </div>
  );
}
