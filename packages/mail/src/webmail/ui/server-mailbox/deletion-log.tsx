import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { WHY_WORDS } from "../words/collect-words.ts";
import { fullDate, size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";

const PAGE = 50;

/** What was removed from this source's server, when and why; the last removal first. */
export function DeletionLog({ source }: { readonly source: string }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const log = useInfiniteQuery({
    queryKey: ["audit", source],
    queryFn: ({ pageParam, signal }) =>
      call(
        "sourceAudit",
        { source, removed: "1", limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  const rows = (log.data?.pages ?? []).flatMap((page) => page.rows);
  return (
    <details className="log">
      <summary>{say("server.log")}</summary>
      {log.error === null ? null : <p role="alert">{refusalText(words, log.error)}</p>}
      {log.data !== undefined && rows.length === 0 ? <p className="soft">{say("server.log-empty")}</p> : null}
      <ol className="log-rows">
        {rows.map((row) => (
          <li key={row.auditId}>
            {row.subject === null ? null : (
              <span className="log-what">
                <bdi>{row.subject === "" ? say("row.no-subject") : row.subject}</bdi>
                <bdi className="soft">{row.from ?? ""}</bdi>
              </span>
            )}
            <span className="soft">{size(words, row.octets)}</span>
            <span>{say("server.log-removed", { when: fullDate(words, row.removedAt ?? 0) })}</span>
            {row.removedWhy === null ? null : <span>{say(WHY_WORDS[row.removedWhy])}</span>}
            <code className="soft" dir="auto">
              {row.uniqueId}
            </code>
          </li>
        ))}
      </ol>
      {log.hasNextPage ? (
        <Button kind="quiet" onPress={() => void log.fetchNextPage()} isDisabled={log.isFetchingNextPage}>
          {say("server.log-more")}
        </Button>
      ) : null}
    </details>
  );
}
