import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleHelp, CloudOff, Menu, RefreshCw, Settings } from "lucide-react";
import { memo } from "react";
import { call } from "../data/call.ts";
import { sourcesQuery } from "../data/queries.ts";
import { useCommands, useHint } from "../keys/commands.tsx";
import { IconButton } from "../parts/button.tsx";
import type { Place, Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { SearchField } from "../search/search-field.tsx";
import { ago } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import { SCREENS } from "./screens.tsx";
import "./top-bar.css";

interface TopBarProps {
  readonly place: Place;
  readonly scope: Scope;
  readonly now: number;
  readonly isLive: boolean;
  readonly isDrawerOpen: boolean;
  readonly onDrawer: () => void;
  readonly onHelp: () => void;
}

export function TopBar({ place, scope, now, isLive, isDrawerOpen, onDrawer, onHelp }: TopBarProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <header className="top-bar">
      <button
        type="button"
        className="icon-button drawer-button"
        aria-label={say("top.menu")}
        aria-expanded={isDrawerOpen}
        onClick={onDrawer}
      >
        <Menu size={18} aria-hidden />
      </button>
      <span className="brand" aria-hidden>
        {say("app.name")}
      </span>
      <SearchField place={place} scope={scope} />
      <TopEnd now={now} isLive={isLive} onHelp={onHelp} />
    </header>
  );
}

/** The same wherever one is. */
const TopEnd = memo(function TopEnd(props: Pick<TopBarProps, "now" | "isLive" | "onHelp">): React.JSX.Element {
  const { now, isLive, onHelp } = props;
  const { say } = useWords();
  const hint = useHint();
  return (
    <div className="top-end">
      {isLive ? <Checked now={now} /> : <Offline />}
      <IconButton icon={CircleHelp} label={say("top.help")} hint={hint("help")} onPress={onHelp} />
      {SCREENS.settings === undefined ? null : (
        <IconButton
          icon={Settings}
          label={say("top.settings")}
          onPress={() => go({ screen: "settings", page: "sources" })}
        />
      )}
    </div>
  );
});

/** When mail was last collected, and the button that does it now. Nothing where there is nothing to collect from. */
function Checked({ now }: { readonly now: number }): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const hint = useHint();
  const { data } = useQuery(sourcesQuery);
  const check = useMutation({
    mutationFn: () => call("checkSources", {}),
  });
  const sources = data?.sources ?? [];
  useCommands(sources.length === 0 ? {} : { check: () => check.mutate() });
  if (sources.length === 0) return null;
  const last = Math.max(...sources.map(({ lastRunAt }) => lastRunAt ?? 0));
  const isRunning = sources.some(({ state }) => state === "running");
  const text = isRunning
    ? say("top.checking")
    : last === 0
      ? say("top.never-checked")
      : say("top.checked", { ago: ago(words, last, now) });
  return (
    <>
      <span className="checked">{text}</span>
      <IconButton
        icon={RefreshCw}
        label={say("top.check")}
        hint={hint("check")}
        className={isRunning ? "is-turning" : ""}
        onPress={() => check.mutate()}
      />
    </>
  );
}

function Offline(): React.JSX.Element {
  const { say } = useWords();
  return (
    <span className="offline" role="status">
      <CloudOff size={16} aria-hidden />
      {say("top.offline")}
    </span>
  );
}
