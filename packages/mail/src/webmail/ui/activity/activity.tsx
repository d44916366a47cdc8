// What collecting does with one source: its state and how far it is, the last check and the next, what was said.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, RefreshCw } from "lucide-react";
import type { SourceStatus } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { formatPlace } from "../place/place.ts";
import { sourceFace } from "../shell/source-link.tsx";
import { useNow } from "../shell/use-now.ts";
import { serverLine } from "../sources/attempts.tsx";
import { keepText } from "../sources/keep-question.tsx";
import { TroubleCard } from "../sources/trouble-card.tsx";
import { warningText } from "../words/collect-text.ts";
import { ago, momentOf, size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";

export function Activity({ source }: { readonly source: SourceStatus }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const now = useNow();
  const { state, trouble, warnings, nextRunAt } = source;
  const settings = formatPlace({ screen: "settings", page: "sources", source: source.source });
  return (
    <>
      <section aria-label={say("activity.title")}>
        {state === "running" ? <Running source={source} /> : <p className="reached">{say(sourceFace(source).word)}</p>}
        {state === "running" || trouble === null ? null : <TroubleCard trouble={trouble} source={source} />}
        {warnings.map((warning) => (
          <p key={warning.words} className="soft" dir="auto">
            {warningText(words, warning)}
          </p>
        ))}
        <Acts source={source} />
        <Facts>
          <Fact name={say("activity.last")}>{lastText(words, source, now)}</Fact>
          <Fact name={say("activity.next")}>
            {nextRunAt === null ? say("activity.next-none") : momentOf(words, nextRunAt, now)}
          </Fact>
          <Fact name={say("activity.server")}>
            <bdi>{serverLine(words, source)}</bdi>
          </Fact>
          <Fact name={say("activity.rule")}>
            <span className="fact-line">
              {keepText(words, source.keep)}
              <a className="target" href={settings}>
                {say("activity.change")}
              </a>
            </span>
          </Fact>
        </Facts>
      </section>
      <ProtocolLog source={source} />
    </>
  );
}

function lastText(words: Words, { lastRunAt, lastOutcome, arrivedLast }: SourceStatus, now: number): string {
  if (lastRunAt === null) return words.say("activity.never");
  const when = ago(words, lastRunAt, now);
  return lastOutcome === null ? when : words.say(`activity.last-${lastOutcome}`, { ago: when, count: arrivedLast });
}

function Running({ source }: { readonly source: SourceStatus }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { progress } = source;
  const isCounted = progress !== null && progress.of > 0;
  const parts =
    progress === null
      ? [say("source.running")]
      : [
          say(`activity.phase-${progress.phase}`),
          ...(isCounted ? [say("activity.progress", { n: progress.n, of: progress.of })] : []),
          ...(progress.octetsPerSecond > 0 ? [say("strip.rate", { size: size(words, progress.octetsPerSecond) })] : []),
        ];
  return (
    <div className="run">
      <p className="reached">{parts.join(" · ")}</p>
      <progress
        aria-label={say("strip.label", { source: source.source })}
        {...(isCounted ? { max: progress.of, value: progress.n } : {})}
      />
    </div>
  );
}

function Acts({ source: { source, state } }: { readonly source: SourceStatus }): React.JSX.Element {
  const { say } = useWords();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async (route: "checkSources" | "pauseSource" | "resumeSource") => {
      await call(route, { source });
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.sources }),
  });
  if (state === "off") return <></>;
  return (
    <div className="acts">
      {state === "running" ? null : (
        <Button kind="primary" icon={RefreshCw} isDisabled={act.isPending} onPress={() => act.mutate("checkSources")}>
          {say("activity.check")}
        </Button>
      )}
      {state === "paused" ? (
        <Button icon={Play} isDisabled={act.isPending} onPress={() => act.mutate("resumeSource")}>
          {say("activity.resume")}
        </Button>
      ) : (
        <Button icon={Pause} isDisabled={act.isPending} onPress={() => act.mutate("pauseSource")}>
          {say("activity.pause")}
        </Button>
      )}
    </div>
  );
}

function ProtocolLog({ source }: { readonly source: SourceStatus }): React.JSX.Element {
  const { say } = useWords();
  // Asked for anew after each check.
  const { data } = useQuery({
    queryKey: ["source-log", source.source, source.lastRunAt, source.state],
    queryFn: ({ signal }) => call("sourceLog", { source: source.source }, signal),
  });
  const lines = data?.lines ?? [];
  return (
    <details className="log">
      <summary>{say("activity.log")}</summary>
      <p className="soft">{say("activity.log-more")}</p>
      {lines.length === 0 ? (
        <p className="soft">{say("activity.log-empty")}</p>
      ) : (
        // It scrolls, so keys have to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre dir="ltr" tabIndex={0} aria-label={say("activity.log")}>
          {lines.join("\n")}
        </pre>
      )}
    </details>
  );
}
