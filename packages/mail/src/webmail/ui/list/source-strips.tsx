// What collecting is doing, said above the list it fills: how far downloads are, and what stopped sources. However many
// they are, it is one strip of one height: the rows keep their place.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CirclePause, Pause, Play } from "lucide-react";
import { memo, useState } from "react";
import type { Trouble } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS, sourcesQuery, useAccountNames } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { inFront } from "../parts/in-front.tsx";
import { INBOX, type ListOf, type Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { SCREENS } from "../shell/screens.tsx";
import { useNow } from "../shell/use-now.ts";
import { troubleText } from "../words/collect-text.ts";
import { useWords } from "../words/use-words.ts";
import { isOutOfRoom, newsOf, progressOf, type SourceNews, sourcesInto, summaryOf } from "./source-news.ts";
import "./source-strips.css";

const SourcesDialog = inFront(async () => (await import("./sources-dialog.tsx")).SourcesDialog);

interface SourceStripsProps {
  readonly list: ListOf;
  readonly scope: Scope;
}

export const SourceStrips = memo(function SourceStrips({ list, scope }: SourceStripsProps): React.JSX.Element | null {
  const { data } = useQuery(sourcesQuery);
  const names = useAccountNames();
  const [isOpen, setOpen] = useState(false);
  const sources = sourcesInto(data?.sources ?? [], { list, scope, names });
  // The disk is the same for all of them: nothing comes from any.
  const stopped = sources.find(isOutOfRoom)?.trouble ?? null;
  const news = sources.map(newsOf).filter((one) => one !== null);
  // What there was to see is over, and so is the wish to see it.
  if (isOpen && news.length === 0) setOpen(false);
  return (
    <>
      {stopped !== null ? (
        <DiskStrip trouble={stopped} />
      ) : news.length === 0 ? null : (
        <NewsStrip news={news} onOpen={() => setOpen(true)} />
      )}
      {isOpen ? <SourcesDialog news={news} onClose={() => setOpen(false)} /> : null}
    </>
  );
});

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

interface NewsStripProps {
  readonly news: readonly SourceNews[];
  readonly onOpen: () => void;
}

function NewsStrip({ news, onOpen }: NewsStripProps): React.JSX.Element {
  const words = useWords();
  const now = useNow();
  const [first] = news;
  const kinds = new Set(news.map(({ kind }) => kind));
  return (
    <div className={`strip news ${kinds.has("trouble") ? "trouble" : ""}`}>
      {kinds.has("trouble") ? <CircleAlert size={16} aria-hidden /> : null}
      {kinds.size === 1 && kinds.has("paused") ? <CirclePause size={16} aria-hidden /> : null}
      <div className="strip-said">
        <p>
          <bdi>{summaryOf(words, news, now)}</bdi>
        </p>
        {kinds.has("download") ? <DownloadBar news={news} /> : null}
      </div>
      {news.length === 1 && first !== undefined ? (
        <NewsAct news={first} />
      ) : (
        <Button kind="quiet" onPress={onOpen}>
          {words.say("strip.show")}
        </Button>
      )}
    </div>
  );
}

/** Of one download, or of several together. */
export function DownloadBar({ news }: Pick<NewsStripProps, "news">): React.JSX.Element {
  const { say } = useWords();
  const [one, ...others] = news.filter(({ kind }) => kind === "download");
  const { n, of } = progressOf(news);
  const label =
    others.length === 0
      ? say("strip.label", { source: one?.source.source ?? "" })
      : say("strip.label-count", { count: others.length + 1 });
  return <progress max={of} value={n} aria-label={label} />;
}

/** The one thing to do about it. */
export function NewsAct({ news: { kind, source } }: { readonly news: SourceNews }): React.JSX.Element | null {
  const { say } = useWords();
  const client = useQueryClient();
  const name = source.source;
  const onSettled = (): unknown => client.invalidateQueries({ queryKey: KEYS.sources });
  const pause = useMutation({ mutationFn: () => call("pauseSource", { source: name }), onSettled });
  const resume = useMutation({ mutationFn: () => call("resumeSource", { source: name }), onSettled });
  switch (kind) {
    case "download":
      return (
        <Button kind="quiet" icon={Pause} onPress={() => pause.mutate()}>
          {say("strip.pause")}
        </Button>
      );
    case "paused":
      // Whoever paused a download is to see how it goes on.
      return (
        <Button kind="quiet" icon={Play} isDisabled={resume.isPending} onPress={() => resume.mutate()}>
          {say("strip.resume")}
        </Button>
      );
    case "trouble":
      return SCREENS.source === undefined ? null : (
        <Button kind="quiet" onPress={() => go({ screen: "source", source: name, tab: "activity" })}>
          {say("strip.look")}
        </Button>
      );
  }
}
