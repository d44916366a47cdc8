import { Dialog } from "../parts/dialog.tsx";
import { useNow } from "../shell/use-now.ts";
import { useWords } from "../words/use-words.ts";
import { newsText, type SourceNews } from "./source-news.ts";
import { DownloadBar, NewsAct } from "./source-strips.tsx";

interface SourcesDialogProps {
  readonly news: readonly SourceNews[];
  readonly onClose: () => void;
}

/** Each source of which there is something to say, with what can be done about it. */
export function SourcesDialog({ news, onClose }: SourcesDialogProps): React.JSX.Element {
  const words = useWords();
  const now = useNow();
  return (
    <Dialog title={words.say("strip.list-title")} onClose={onClose}>
      <ul className="news-list">
        {news.map((one) => (
          <li key={one.source.source} aria-label={one.source.source}>
            <div className="strip-said">
              <p>
                <bdi>{newsText(words, one, now)}</bdi>
              </p>
              {one.kind === "download" ? <DownloadBar news={[one]} /> : null}
            </div>
            <NewsAct news={one} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
