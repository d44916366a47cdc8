// What collecting is doing, said above the list it fills: how far a download is, and what stopped a source.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CirclePause, Pause, Play } from "lucide-react";
import { memo } from "react";
import type { SourceProgress, SourceStatus, Trouble } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS, sourcesQuery } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { SCREENS } from "../shell/screens.tsx";
import { INBOX } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { useNow } from "../shell/use-now.ts";
import { questionText, sourceTroubleText, troubleText } from "../words/collect-text.ts";
import { size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import "./source-strips.css";

/** A run that fetches less than this is over before it could be read about. */
const MANY_MESSAGES = 20;

export const SourceStrips = memo(function SourceStrips(): React.JSX.Element {
  const { data } = useQuery(sourcesQuery);
  const sources = data?.sources ?? [];
  // The disk is the same for all of them: it is said once.
  const stopped = sources.find(isOutOfRoom)?.trouble ?? null;
  return (
    <>
      {stopped === null ? null : <DiskStrip trouble={stopped} />}
      {sources.map((source) => (isOutOfRoom(source) ? null : <SourceStrip key={source.source} source={source} />))}
    </>
  );
});

/** It is neither being looked at nor left alone. */
const WAITS: ReadonlySet<SourceStatus["state"]> = new Set(["idle", "needs-you"]);

function isOutOfRoom({ trouble, state }: SourceStatus): boolean {
  return trouble?.code === "low-space" && WAITS.has(state);
}

/** Over once a source is left alone: nobody asks the disk again, and it was the pause that ended the run. */
const OVER: ReadonlySet<Trouble["code"]> = new Set(["low-space", "ABORTED", "stopped"]);

/** Nothing is collected: what it means, and the two ways on. */
function DiskStrip({ trouble }: { readonly trouble: Trouble }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const check = useMutation({ mutationFn: () => call("checkSources", {}) });
  return (
    <div className="strip trouble disk" role="alert">
      <CircleAlert size={16} aria-hidden />
      <p>{troubleText(words, trouble)}</p>
      <Button kind="quiet" onPress={() => go({ ...INBOX, list: { kind: "role", role: "trash" } })}>
        {say("collect.trash")}
      </Button>
      <Button kind="quiet" onPress={() => check.mutate()}>
        {say("activity.check")}
      </Button>
    </div>
  );
}

function SourceStrip({ source }: { readonly source: SourceStatus }): React.JSX.Element | null {
  const { progress, questions, state } = source;
  const isOver = !WAITS.has(state) && source.trouble !== null && OVER.has(source.trouble.code);
  const trouble = isOver ? null : source.trouble;
  if (state === "running" && progress !== null && progress.of >= MANY_MESSAGES)
    return <Downloading source={source} progress={progress} />;
  const hasTrouble = state !== "running" && (trouble !== null || questions.length > 0);
  return (
    <>
      {state === "paused" ? <Paused source={source.source} /> : null}
      {hasTrouble ? <Troubled source={{ ...source, trouble }} /> : null}
    </>
  );
}

interface DownloadingProps {
  readonly source: SourceStatus;
  readonly progress: SourceProgress;
}

function Downloading({ source, progress }: DownloadingProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => call("pauseSource", { source: source.source }),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.sources }),
  });
  const { n, of, octets, octetsTotal, octetsPerSecond } = progress;
  const seconds = octetsPerSecond > 0 ? (octetsTotal - octets) / octetsPerSecond : Infinity;
  const parts = [
    say("strip.progress", { source: source.source, n, of }),
    ...(octetsPerSecond > 0 ? [say("strip.rate", { size: size(words, octetsPerSecond) })] : []),
    ...(Number.isFinite(seconds) && seconds > 60 ? [say("strip.left", { minutes: Math.ceil(seconds / 60) })] : []),
  ];
  return (
    <div className="strip">
      <p>
        <bdi>{parts.join(" · ")}</bdi>
        <progress max={of} value={n} aria-label={say("strip.label", { source: source.source })} />
      </p>
      <Button kind="quiet" icon={Pause} onPress={() => pause.mutate()}>
        {say("strip.pause")}
      </Button>
    </div>
  );
}

/** Whoever paused a download is to see how it goes on. */
function Paused({ source }: { readonly source: string }): React.JSX.Element {
  const { say } = useWords();
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () => call("resumeSource", { source }),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.sources }),
  });
  return (
    <div className="strip">
      <CirclePause size={16} aria-hidden />
      <p>
        <bdi>{say("strip.paused", { source })}</bdi>
      </p>
      <Button kind="quiet" icon={Play} isDisabled={resume.isPending} onPress={() => resume.mutate()}>
        {say("strip.resume")}
      </Button>
    </div>
  );
}

function Troubled({ source }: { readonly source: SourceStatus }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const now = useNow();
  const { trouble, questions } = source;
  const [question] = questions;
  const text =
    trouble !== null
      ? sourceTroubleText(words, trouble, source, now)
      : question === undefined
        ? ""
        : questionText(words, question);
  return (
    <div className="strip trouble">
      <CircleAlert size={16} aria-hidden />
      <p>
        <bdi>{say("strip.trouble", { source: source.source, text })}</bdi>
      </p>
      {SCREENS.source === undefined ? null : (
        <Button kind="quiet" onPress={() => go({ screen: "source", source: source.source, tab: "activity" })}>
          {say("strip.look")}
        </Button>
      )}
    </div>
  );
}
