import type { SourceStatus, Trouble } from "../../api/schema/index.ts";
import { Alarm } from "../parts/alarm.tsx";
import { formatPlace, INBOX } from "../place/place.ts";
import { useNow } from "../shell/use-now.ts";
import { sourceTroubleText, troubleText } from "../words/collect-text.ts";
import { ADVICE_WORDS } from "../words/collect-words.ts";
import { useWords } from "../words/use-words.ts";

type Advice = Trouble["advice"][number];

/** What cannot be changed of a source once it is there. */
const FOR_GOOD: ReadonlySet<Advice> = new Set<Advice>([
  "host",
  "host-and-port",
  "firewall",
  "certificate-name",
  "no-tls",
  "tls-and-port",
  "cleartext",
  "not-pop3",
]);
/** What is in the settings of a source. */
const IN_SETTINGS: ReadonlySet<Advice> = new Set<Advice>([...FOR_GOOD, "login", "less-often"]);
/** What emptying the trash may help with. */
const FOR_ROOM: ReadonlySet<Advice> = new Set<Advice>(["room", "account-room"]);

/** Of one that is tried and not added nothing was collected, and no check is to come. */
const OF_RUNS: ReadonlySet<Advice> = new Set<Advice>(["goes-on", "nothing-lost"]);

interface TroubleCardProps {
  readonly trouble: Trouble;
  /** Undefined before it was added. */
  readonly source?: SourceStatus;
}

/** What went wrong, in a sentence with the server's own words, what a person can do, and the way there. */
export function TroubleCard({ trouble, source }: TroubleCardProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const now = useNow();
  const meant = trouble.advice.filter((one) => source !== undefined || !OF_RUNS.has(one));
  const advice = [...new Set(meant.map((one) => ADVICE_WORDS[one]))];
  const isAmong = (some: ReadonlySet<Advice>): boolean => trouble.advice.some((one) => some.has(one));
  return (
    <Alarm>
      <p dir="auto">
        {source === undefined ? troubleText(words, trouble) : sourceTroubleText(words, trouble, source, now)}
      </p>
      {advice.length === 0 ? null : (
        <ul aria-label={say("add.advice")}>
          {advice.map((one) => (
            <li key={one}>{say(one)}</li>
          ))}
          {source !== undefined && isAmong(FOR_GOOD) ? <li>{say("collect.anew")}</li> : null}
        </ul>
      )}
      {source !== undefined && (trouble.certificate !== null || isAmong(IN_SETTINGS)) ? (
        <p>
          <a href={formatPlace({ screen: "settings", page: "sources", source: source.source })}>
            {say(trouble.certificate === null ? "collect.settings" : "collect.certificate")}
          </a>
        </p>
      ) : null}
      {isAmong(FOR_ROOM) ? (
        <p>
          <a href={formatPlace({ ...INBOX, list: { kind: "role", role: "trash" } })}>{say("collect.trash")}</a>
        </p>
      ) : null}
      <details className="exactly">
        <summary>{say("collect.exactly")}</summary>
        <p lang="en" dir="auto">
          {trouble.words}
        </p>
      </details>
    </Alarm>
  );
}
