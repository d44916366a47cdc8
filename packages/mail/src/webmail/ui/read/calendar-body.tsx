import { CalendarDays, Download } from "lucide-react";
import { saidMoment, saidRepetition } from "../../api/schema/said-event.ts";
import type { Body, CalendarMoment, Message } from "../../api/schema/index.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { LinkButton } from "./link-button.tsx";
import "./bodies.css";

interface CalendarBodyProps {
  readonly body: Extract<Body, { kind: "calendar" }>;
  readonly message: Message;
}

/** An invitation, in the reader's time: nothing is answered. */
export function CalendarBody({ body, message }: CalendarBodyProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { event } = body;
  const file =
    message.parts.find(({ part }) => part === body.part) ?? message.parts.find(({ shownAs }) => shownAs === "calendar");
  const rows = [
    [say("calendar.starts"), momentText(words, event.starts)],
    [say("calendar.ends"), momentText(words, event.ends)],
    [say("calendar.repeats"), repeatsText(words, event)],
    [say("calendar.place"), event.place],
    [say("calendar.organiser"), event.organiser],
    [say("calendar.notes"), event.notes],
  ] as const;
  const cancels = /^cancel$/i.test(event.method);
  return (
    <section className="card" aria-label={say("calendar.title")}>
      <CalendarDays size={20} aria-hidden />
      <div>
        <p className="card-kind">{say(cancels ? "calendar.cancelled" : "calendar.title")}</p>
        <h4 dir="auto">{event.title === "" ? say("row.no-subject") : event.title}</h4>
        <dl>
          {rows.map(([label, value]) =>
            value === "" ? null : (
              <div key={label}>
                <dt>{label}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ),
          )}
        </dl>
      </div>
      {file === undefined ? null : (
        <LinkButton icon={Download} href={file.url} download={file.fileName}>
          {say("attached.save-it")}
        </LinkButton>
      )}
    </section>
  );
}

function momentText(words: Words, moment: CalendarMoment | undefined): string {
  return moment === undefined ? "" : saidMoment(moment, words);
}

/** A rule that says more than a sentence is shown as it is. */
function repeatsText(words: Words, { starts, repeats }: CalendarBodyProps["body"]["event"]): string {
  if (repeats === undefined) return "";
  const { rule, said } = repeats;
  return said === undefined ? rule : saidRepetition(said, starts, words);
}
