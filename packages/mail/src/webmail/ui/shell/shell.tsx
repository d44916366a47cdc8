import { useQuery } from "@tanstack/react-query";
import { type ComponentType, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ToastRegion } from "../acts/toast-region.tsx";
import type { ReaderSettings, RouteOutput } from "../../api/schema/index.ts";
import { ComposerProvider } from "../compose/composer.tsx";
import { useEvents } from "../data/events.ts";
import { mailboxesQuery } from "../data/queries.ts";
import { useCommands } from "../keys/commands.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import { inFront } from "../parts/in-front.tsx";
import { Tooltip } from "../parts/tooltip.tsx";
import { SETTLED_MS, whenQuiet } from "../parts/when-quiet.ts";
import { formatPlace, INBOX, type ListOf, type Place, type Scope } from "../place/place.ts";
import { catchUp, go } from "../place/use-place.ts";
import { useWords } from "../words/use-words.ts";
import { MadeReady } from "./made-ready.tsx";
import { ComposeButton } from "./compose-button.tsx";
import { listTitle } from "./list-title.ts";
import { MailScreen } from "./mail-screen.tsx";
import { useKeptFocus } from "./kept-focus.ts";
import { goToList, goToPane } from "./panes.ts";
import { type OtherPlace, SCREENS } from "./screens.tsx";
import { Sidebar } from "./sidebar.tsx";
import { Splitter } from "./splitter.tsx";
import { TopBar } from "./top-bar.tsx";
import { useLatest } from "./use-latest.ts";
import { NARROW, useMedia } from "./use-media.ts";
import { TroubleTold } from "./trouble-told.tsx";
import { useNotices } from "./use-notices.ts";
import { useNow } from "./use-now.ts";
import "./shell.css";

const Drawer = inFront(async () => (await import("./drawer.tsx")).Drawer);
const Help = inFront(async () => (await import("../keys/help.tsx")).Help);

const DRAWER = "(max-width: 67.5rem)";

/** The same wherever one is: not drawn again for another place. */
const BESIDES = (
  <>
    <ToastRegion />
    <Tooltip />
    <MadeReady />
  </>
);
const TROUBLE = <TroubleTold />;

interface ShellProps {
  readonly place: Place;
  readonly settings: ReaderSettings;
  readonly onSettings: (change: Partial<ReaderSettings>) => void;
}

export function Shell({ place, settings, onSettings }: ShellProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const now = useNow();
  const isNarrow = useMedia(NARROW);
  const isDrawer = useMedia(DRAWER) || settings.layout === "list";
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [told, setTold] = useState({ text: "", number: 0 });
  const scope = useScope(place);
  const isReturn = useReturn(place);
  const isLive = useEvents({
    onArrived: useNotices(settings.notify),
    onSourceEnded({ source, arrived }) {
      // Numbered: the same words again are said again.
      if (arrived > 0)
        setTold(({ number }) => ({ text: say("told.arrived", { source, count: arrived }), number: number + 1 }));
    },
  });
  useUnread(place, scope);
  useKeptFocus();
  const to = (list: ListOf) => (): void => go({ screen: "mail", scope, list, open: null });
  const openHelp = useCallback(() => setHelpOpen(true), []);
  useCommands({
    help: openHelp,
    "next-pane": () => goToPane(1),
    "previous-pane": () => goToPane(-1),
    "go-inbox": to(INBOX.list),
    "go-starred": to({ kind: "starred" }),
    "go-all": to({ kind: "all" }),
    "go-sent": to({ kind: "role", role: "sent" }),
    "go-drafts": () => go({ screen: "drafts" }),
    "go-outbox": () => go({ screen: "outbox" }),
  });
  const closeDrawer = useCallback(() => setDrawerOpen(false), []);
  const beside = usePlaceBeside(place);
  return (
    <ComposerProvider scope={scope}>
      <div className="shell" data-drawer={isDrawer || undefined}>
        <a className="skip" href="#list-pane" onClick={skipToList}>
          {say("app.skip")}
        </a>
        <TopBar
          place={place}
          scope={scope}
          now={now}
          isLive={isLive}
          isDrawerOpen={isDrawerOpen}
          onDrawer={() => setDrawerOpen(!isDrawerOpen)}
          onHelp={openHelp}
        />
        <div className="shell-body">
          {isDrawer ? (
            isDrawerOpen ? (
              <Drawer onClose={closeDrawer}>
                <Sidebar place={beside} scope={scope} onGo={closeDrawer} />
              </Drawer>
            ) : null
          ) : (
            <aside className="side" aria-label={say("side.mailboxes")}>
              <div className="side-pane" data-pane>
                <Sidebar place={beside} scope={scope} onGo={closeDrawer} />
              </div>
              <Splitter name="side" label={say("pane.resize-side")} />
            </aside>
          )}
          <main className="main-pane">
            {place.screen === "mail" ? (
              <>
                <MailScreen
                  place={place}
                  settings={settings}
                  now={now}
                  isStacked={isNarrow || settings.layout !== "three-panes"}
                  isReturn={isReturn}
                />
                {isDrawer && !isDrawerOpen && place.open === null ? <ComposeButton /> : null}
              </>
            ) : (
              <ErrorBoundary key={place.screen}>
                <Suspense>
                  <OtherScreen place={place} />
                </Suspense>
              </ErrorBoundary>
            )}
          </main>
        </div>
        {BESIDES}
        <p className="unseen" role="status">
          <span key={told.number}>{told.text}</span>
        </p>
        {TROUBLE}
        {isHelpOpen ? (
          <Help
            areLettersOn={settings.keyboard === "on"}
            onSwitch={(areOn) => onSettings({ keyboard: areOn ? "on" : "off" })}
            onClose={() => setHelpOpen(false)}
          />
        ) : null}
      </div>
    </ComposerProvider>
  );
}

function OtherScreen({ place }: { readonly place: OtherPlace }): React.JSX.Element | null {
  // The table pairs every place with its own screen; of a union of them that cannot be said.
  const Screen = SCREENS[place.screen] as ComponentType<{ readonly place: OtherPlace }> | undefined;
  return Screen === undefined ? null : <Screen place={place} />;
}

/** The place as far as the sidebar says where one is: it is not drawn again for what is open or sought. */
function usePlaceBeside(place: Place): Place {
  const known = place.screen === "mail" && place.list.kind === "search" ? "search" : formatPlace(closed(place));
  const scope = place.screen === "mail" ? place.scope : "";
  // oxlint-disable-next-line react/exhaustive-deps -- what is not in the key is what does not matter
  return useMemo(() => closed(place), [known, scope]);
}

function closed(place: Place): Place {
  return place.screen === "mail" ? { ...place, open: null } : place;
}

/** Other screens keep the scope of the mail one came from. */
function useScope(place: Place): Scope {
  const [last, setLast] = useState<Scope>("all");
  const scope = place.screen === "mail" ? place.scope : last;
  if (scope !== last) setLast(scope);
  return scope;
}

/** Whether any other screen than mail was shown before. */
function useReturn(place: Place): boolean {
  const [wasElsewhere, setElsewhere] = useState(false);
  if (place.screen !== "mail" && !wasElsewhere) setElsewhere(true);
  return wasElsewhere;
}

/**
 * The window's title counts unread mail in the inbox. A browser has much to do for another name of its window: it does none
 * of it while somebody types a search.
 */
function useUnread(place: Place, scope: Scope): void {
  const words = useWords();
  const { data } = useQuery(mailboxesQuery(scope));
  const unread = data === undefined ? 0 : unreadIn(data);
  const name = place.screen === "mail" ? listTitle(words, place.list, scope) : words.say(`screen.${place.screen}`);
  const named = useRef("");
  const entitle = useLatest(() => (document.title = words.say("app.title", { unread, place: name })));
  useEffect(
    () =>
      whenQuiet(SETTLED_MS, () => {
        // The name is that of the address.
        catchUp();
        named.current = name;
        entitle();
      }),
    [name, entitle],
  );
  useEffect(() => {
    if (named.current === name) entitle();
  }, [words, unread, name, entitle]);
}

function unreadIn({ mailboxes }: RouteOutput<"mailboxes">): number {
  return mailboxes.filter(({ role }) => role === "inbox").reduce((sum, one) => sum + one.unread, 0);
}

/** A fragment of the page would lose the place, which is one. */
function skipToList(event: React.MouseEvent): void {
  event.preventDefault();
  goToList();
}
