import {
  CalendarDays,
  Download,
  Eye,
  FileArchive,
  FileIcon,
  FileText,
  Image,
  type LucideIcon,
  Mail,
  Music,
  Paperclip,
  TriangleAlert,
  Video,
} from "lucide-react";
import { useState } from "react";
import type { Body, Message, Part } from "../../api/schema/index.ts";
import { IconButton } from "../parts/button.tsx";
import { FileName } from "../parts/file-name.tsx";
import { size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import { LinkButton } from "./link-button.tsx";
import { Preview } from "./preview.tsx";
import "./attachments.css";

const ICONS: Readonly<Record<Part["shownAs"], LucideIcon>> = {
  image: Image,
  text: FileText,
  audio: Music,
  video: Video,
  message: Mail,
  calendar: CalendarDays,
  none: FileIcon,
};

/** Shown in the reader itself; everything else is saved. */
const PREVIEWED: ReadonlySet<Part["shownAs"]> = new Set<Part["shownAs"]>(["image", "text", "audio", "video"]);

interface AttachmentsProps {
  readonly message: Message;
  /** The pictures in an HTML body, too: it is not shown as HTML. */
  readonly areInlineListed: boolean;
}

/** Bodies with a way of their own to save what they show, or with nothing in them to be saved. */
const SAVED_THERE: ReadonlySet<Body["kind"]> = new Set<Body["kind"]>(["calendar", "encrypted"]);

/** What is attached, with the name it is saved under; what is shown above, such as a picture, is a file as well. */
export function Attachments({ message, areInlineListed }: AttachmentsProps): React.JSX.Element | null {
  const { say } = useWords();
  const [previewed, setPreviewed] = useState<Part | null>(null);
  const shownInBody = new Set(message.bodies.filter(({ kind }) => SAVED_THERE.has(kind)).map(({ part }) => part));
  const parts = message.parts.filter((part) => (areInlineListed || !part.isInline) && !shownInBody.has(part.part));
  if (parts.length === 0) return null;
  return (
    <section className="attachments" aria-label={say("attached.title", { count: parts.length })}>
      <header>
        <Paperclip size={16} aria-hidden />
        <span>{say("attached.title", { count: parts.length })}</span>
        {parts.length < 2 ? null : (
          <LinkButton icon={FileArchive} href={message.urls.zip} download="">
            {say("attached.zip")}
          </LinkButton>
        )}
      </header>
      <ul>
        {parts.map((part) => (
          <Attachment key={part.part} part={part} onPreview={() => setPreviewed(part)} />
        ))}
      </ul>
      {previewed === null ? null : <Preview part={previewed} onClose={() => setPreviewed(null)} />}
    </section>
  );
}

function Attachment({ part, onPreview }: { readonly part: Part; readonly onPreview: () => void }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const Icon = ICONS[part.shownAs];
  return (
    <li className="attachment">
      <Icon size={20} strokeWidth={1.5} aria-hidden />
      <div className="attachment-text">
        <FileName className="attachment-name" name={part.fileName} title={part.namedBySender ?? part.fileName} />
        <span className="attachment-kind">
          <bdi>{part.mediaType}</bdi> · <bdi>{size(words, part.octets)}</bdi>
        </span>
        {part.isMismatched ? (
          <span className="attachment-warning">
            <TriangleAlert size={14} aria-hidden />
            {say("attached.mismatch")}
          </span>
        ) : null}
      </div>
      {PREVIEWED.has(part.shownAs) ? (
        <IconButton icon={Eye} label={say("attached.preview", { name: part.fileName })} onPress={onPreview} />
      ) : null}
      <LinkButton
        icon={Download}
        href={part.url}
        download={part.fileName}
        label={say("attached.save", { name: part.fileName })}
      />
    </li>
  );
}
