// The bodies of a message, in its order and never joined.
import { Download, Lock, MailCheck, MailX } from "lucide-react";
import type { Body, Message, ReaderSettings } from "../../api/schema/index.ts";
import { useWords } from "../words/use-words.ts";
import { CalendarBody } from "./calendar-body.tsx";
import { HtmlBody } from "./html-body.tsx";
import { LinkButton } from "./link-button.tsx";
import { TextBody } from "./text-body.tsx";
import "./bodies.css";

interface BodiesProps {
  readonly message: Message;
  readonly settings: ReaderSettings;
  /** Images that are loaded this once. */
  readonly isShownOnce: boolean;
  readonly onShowOnce: (isShown: boolean) => void;
  /** An HTML body is shown as its text, and its pictures nowhere. */
  readonly onShownAsText: () => void;
}

export function Bodies(props: BodiesProps): React.JSX.Element {
  const { message } = props;
  const { say } = useWords();
  if (message.bodies.length === 0) return <p className="no-text">{say("body.none")}</p>;
  return (
    <>
      {message.bodies.map((body) => (
        <OneBody key={body.part} body={body} {...props} />
      ))}
    </>
  );
}

function OneBody({ body, ...props }: BodiesProps & { readonly body: Body }): React.JSX.Element {
  const { message } = props;
  const { say } = useWords();
  switch (body.kind) {
    case "text":
      return <TextBody blocks={body.blocks} isCut={body.isCut} />;
    case "html":
      return <HtmlBody body={body} {...props} />;
    case "image":
      return <img className="image-body" src={body.url} alt={nameOf(message, body.part) ?? say("body.image")} />;
    case "calendar":
      return <CalendarBody body={body} message={message} />;
    case "delivery-report":
      return <ReportBody body={body} />;
    case "encrypted":
      return (
        <section className="card">
          <Lock size={20} aria-hidden />
          <div>
            <h4>{say(`encrypted.${body.with}`)}</h4>
            <p>{say("encrypted.more")}</p>
          </div>
          <LinkButton icon={Download} href={message.urls.eml} download="">
            {say("message.eml")}
          </LinkButton>
        </section>
      );
  }
}

function nameOf(message: Message, part: string): string | undefined {
  return message.parts.find((one) => one.part === part)?.fileName;
}

function ReportBody({ body }: { readonly body: Extract<Body, { kind: "delivery-report" }> }): React.JSX.Element {
  const { say } = useWords();
  const { report } = body;
  const isReceipt = report.kind === "read-receipt";
  const isFailure = report.recipients.some(({ action }) => /^failed$/i.test(action));
  const Icon = isFailure ? MailX : MailCheck;
  return (
    <section className="card" data-report data-failed={isFailure || undefined} aria-label={say("report.title")}>
      <Icon size={20} aria-hidden />
      <div>
        <h4>{say(isReceipt ? "report.receipt" : isFailure ? "report.failed" : "report.title")}</h4>
        <dl>
          {report.recipients.map(({ address, action, status, words }) => (
            <div key={`${address} ${status}`}>
              <dt>
                <bdi>{address}</bdi>
              </dt>
              <dd dir="auto">
                {[action, status].filter((text) => text !== "").join(" ")}
                {words === "" ? null : <span className="card-words">{words}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
