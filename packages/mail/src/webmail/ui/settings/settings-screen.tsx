// What a person chose, page by page. A change is kept at once: there is nothing to save.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { sessionQuery, settingsQuery, useSettings } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Choices, Switch } from "../parts/entries.tsx";
import { Page } from "../parts/page.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { formatPlace, type Place, type SettingsPage } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { NotificationSettings } from "./notification-settings.tsx";
import { SourceSettings } from "./source-settings.tsx";
import { TrustedSenders } from "./trusted-senders.tsx";
import "./settings.css";

const PAGES: readonly SettingsPage[] = ["sources", "reading", "look", "notifications", "keyboard", "language"];

/** Who one writes as is kept where rules and labels are, by account. */
const ADDRESSES = formatPlace({ screen: "organise", page: "addresses", begin: null });

interface PageProps {
  readonly settings: ReaderSettings;
  readonly onChange: (change: Partial<ReaderSettings>) => void;
  /** The source that is meant, of the page of sources. */
  readonly source: string | undefined;
}

const CONTENTS: Readonly<Record<SettingsPage, (props: PageProps) => ReactNode>> = {
  sources: ({ source }) => <SourceSettings key={source} meant={source} />,
  reading: ReadingSettings,
  look: LookSettings,
  notifications: NotificationSettings,
  keyboard: KeyboardSettings,
  language: LanguageSettings,
};

export function SettingsScreen({ place }: { readonly place: Extract<Place, { screen: "settings" }> }) {
  const { say } = useWords();
  const settings = useSettings();
  const change = useChange();
  const { data: session } = useQuery(sessionQuery);
  const Contents = CONTENTS[place.page];
  return (
    <Page
      key={place.page}
      title={say("settings.pages")}
      beside={
        <Tabs
          label={say("settings.pages")}
          tabs={[
            ...PAGES.map((page) => ({
              href: formatPlace({ screen: "settings", page }),
              label: say(`settings.${page}`),
              isOpen: page === place.page,
            })),
            { href: ADDRESSES, label: say("organise.addresses"), isOpen: false },
          ]}
        />
      }
    >
      <div className="entry-form">
        <Contents settings={settings} onChange={change} source={place.source} />
      </div>
      <footer className="about soft">
        {session === undefined ? null : <p>{say("settings.version", { version: session.version })}</p>}
        <p>{say("settings.door")}</p>
      </footer>
    </Page>
  );
}

/** Shown at once; what the server refuses goes back to what it was. */
function useChange(): (change: Partial<ReaderSettings>) => void {
  const client = useQueryClient();
  const words = useWords();
  const { queryKey } = settingsQuery;
  const change = useMutation({
    mutationFn: (wanted: Partial<ReaderSettings>) => call("changeSettings", wanted),
    onMutate(wanted) {
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (settings) => settings && { ...settings, ...wanted });
      return { before };
    },
    onError(error, _wanted, context) {
      client.setQueryData(queryKey, context?.before);
      showToast({ text: refusalText(words, error), tone: "trouble" });
    },
  });
  return change.mutate;
}

/** After so long what is open has been read. */
const MARK_READ_MS = [0, 3_000, 10_000] as const;

function ReadingSettings({ settings, onChange }: PageProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <>
      <Choices
        label={say("settings.body-theme")}
        value={settings.bodyTheme}
        choices={[
          { value: "as-sent", label: say("settings.body-as-sent") },
          { value: "adapt", label: say("settings.body-adapt") },
        ]}
        onChange={(bodyTheme) => onChange({ bodyTheme })}
      />
      <fieldset className="choices">
        <legend>{say("settings.lists")}</legend>
        <Switch
          label={say("settings.conversations")}
          isOn={settings.conversations}
          onChange={(conversations) => onChange({ conversations })}
        />
        <Switch
          label={say("settings.newest-first")}
          isOn={settings.newestFirst}
          onChange={(newestFirst) => onChange({ newestFirst })}
        />
      </fieldset>
      <Choices
        label={say("settings.mark-read")}
        value={`${settings.markReadAfterMs}`}
        choices={MARK_READ_MS.map((ms) => ({
          value: `${ms}`,
          label: say("settings.mark-read-after", { seconds: ms / 1_000 }),
        }))}
        onChange={(ms) => onChange({ markReadAfterMs: Number(ms) })}
      />
      <TrustedSenders />
    </>
  );
}

function LookSettings({ settings, onChange }: PageProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <>
      <Choices
        label={say("settings.theme")}
        value={settings.theme}
        choices={(["system", "light", "dark"] as const).map((value) => ({
          value,
          label: say(`settings.theme-${value}`),
        }))}
        onChange={(theme) => onChange({ theme })}
      />
      <Choices
        label={say("settings.layout")}
        value={settings.layout}
        choices={(["three-panes", "two-panes", "list"] as const).map((value) => ({
          value,
          label: say(`settings.layout-${value}`),
        }))}
        onChange={(layout) => onChange({ layout })}
      />
      <Choices
        label={say("settings.density")}
        value={settings.density}
        choices={(["compact", "normal", "relaxed"] as const).map((value) => ({
          value,
          label: say(`settings.density-${value}`),
        }))}
        onChange={(density) => onChange({ density })}
      />
    </>
  );
}

function KeyboardSettings({ settings, onChange }: PageProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <Switch
      label={say("settings.keyboard-on")}
      more={say("settings.keyboard-more")}
      isOn={settings.keyboard === "on"}
      onChange={(isOn) => onChange({ keyboard: isOn ? "on" : "off" })}
    />
  );
}

function LanguageSettings({ settings, onChange }: PageProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <Choices
      label={say("settings.language-of")}
      value={settings.language}
      choices={(["en", "pseudo", "pseudo-rtl"] as const).map((value) => ({
        value,
        label: say(`settings.language-${value}`),
      }))}
      onChange={(language) => onChange({ language })}
    />
  );
}
