import { CalendarDays, Download } from "lucide-react";
import { saidEvent } from "../../api/schema/said-event.ts";
import type { Body, Message } from "../../api/schema/index.ts";
import { useNow } from "../shell/use-now.ts";
import { useWords } from "../words/use-words.ts";
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
  const { kind, facts } = saidEvent(event, words, useNow());
  return (
    <section className="card" aria-label={say(kind)}>
      <CalendarDays size={20} aria-hidden />
      <div>
        <p className="card-kind">{say(kind)}</p>
        <h4 dir="auto">{event.title === "" ? say("row.no-subject") : event.title}</h4>
        <dl>
          {facts.map(([label, text]) => (
            <div key={label}>
              <dt>{say(label)}</dt>
              <dd dir="auto">{text}</dd>
            </div>
          ))}
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
