// What was tried and how far it got: the exact server lines, step by step.
import { Check, LoaderCircle, Minus, TriangleAlert, X, type LucideIcon } from "lucide-react";
import type { Tested } from "../../api/schema/index.ts";
import { troubleText } from "../words/collect-text.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import type { Attempt, ServerAt } from "./find-server.ts";

const ICONS: Readonly<Record<Tested["steps"][number]["state"], LucideIcon>> = {
  ok: Check,
  warned: TriangleAlert,
  failed: X,
  skipped: Minus,
};

export function serverLine(
  { say }: Words,
  { host, port, tls, user }: Pick<ServerAt, "host" | "port" | "tls" | "user">,
): string {
  return say("add.server-line", { host, port: String(port), tls: say(`tls.${tls}`), user });
}

export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  return (
    <ol className="attempts" aria-busy={isBeingTried(attempts.at(-1))}>
      {attempts.map(({ at, from, note, isForeign, tested }, index) => (
        <li key={index}>
          <p className="attempt-line">
            <bdi>{serverLine(words, at)}</bdi>
            {from === "hand" ? null : <span className="chip">{say(`add.from-${from}`)}</span>}
          </p>
          {note === null ? null : <p className="soft">{say(`note.${note}`)}</p>}
          {tested === undefined && isForeign ? (
            <p className="step warned" role="alert">
              <TriangleAlert size={16} aria-hidden />
              {say("add.foreign-host", { host: at.host })}
            </p>
          ) : tested === undefined ? (
            <p className="step">
              <LoaderCircle size={16} aria-hidden className="turning" />
              {say("add.testing", { host: at.host, port: String(at.port) })}
            </p>
          ) : (
            <ul>
              {tested.steps.map((step) => (
                <Step key={step.step} at={at} trouble={tested.trouble} {...step} />
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function isBeingTried(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && attempt.tested === undefined && !attempt.isForeign;
}

type StepProps = Tested["steps"][number] & Pick<Tested, "trouble"> & { readonly at: ServerAt };

function Step({ step, state, values, trouble, at }: StepProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const Icon = ICONS[state];
  const said =
    state === "failed" && trouble !== null
      ? troubleText(words, trouble)
      : foundText(words, { step, state, values }, at);
  return (
    <li className={`step ${state}`}>
      <Icon size={16} aria-hidden />
      <span className="unseen">{say(`step.${state}`)}</span>
      <span>{say(`step-of.${step}`)}</span>
      {said === "" ? null : (
        <span className="soft" dir="auto">
          {said}
        </span>
      )}
    </li>
  );
}

/** What a step that went well found out; of TLS also that there is none. */
function foundText({ say }: Words, { step, state, values }: Tested["steps"][number], at: ServerAt): string {
  if (state === "skipped" || state === "failed") return "";
  switch (step) {
    case "connect":
      return say("step-found.connect", { host: at.host, port: String(at.port) });
    case "tls":
      return state === "warned" ? say("step-found.no-tls") : String(values["protocol"] ?? "");
    case "login":
      return say("step-found.login", { user: at.user });
    case "list":
      return values["messages"] === undefined ? "" : say("step-found.list", { messages: values["messages"] });
  }
}
