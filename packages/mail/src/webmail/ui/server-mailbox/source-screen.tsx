// One source: what is on its server, and what collecting does with it.
import { useQuery } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { Activity } from "../activity/activity.tsx";
import { sourcesQuery } from "../data/queries.ts";
import { Note } from "../parts/note.tsx";
import { Page } from "../parts/page.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { formatPlace, type Place } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { Questions } from "./questions.tsx";
import { ServerMailboxView } from "./server-mailbox.tsx";
import "../sources/sources.css";
import "./server-mailbox.css";

type SourcePlace = Extract<Place, { screen: "source" }>;

const TABS: readonly SourcePlace["tab"][] = ["server", "activity"];

export function SourceScreen({ place }: { readonly place: SourcePlace }): React.JSX.Element {
  const { say } = useWords();
  const { data } = useQuery(sourcesQuery);
  if (data === undefined) return <></>;
  const source = data.sources.find((one) => one.source === place.source);
  if (source === undefined) return <Note icon={Unplug} title={say("activity.unknown")} />;
  return (
    <Page
      key={source.source}
      size="wide"
      title={source.source}
      beside={
        <Tabs
          label={source.source}
          tabs={TABS.map((tab) => ({
            href: formatPlace({ ...place, tab }),
            label: say(`${tab}.tab`),
            isOpen: tab === place.tab,
          }))}
        />
      }
    >
      <Questions source={source.source} questions={source.questions} />
      {place.tab === "server" ? <ServerMailboxView source={source} /> : <Activity source={source} />}
    </Page>
  );
}
