import { Paperclip, TriangleAlert, X } from "lucide-react";
import { IconButton } from "../parts/button.tsx";
import { FileName } from "../parts/file-name.tsx";
import { size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Writing } from "./use-draft.ts";

interface AttachmentListProps extends Pick<
  Writing,
  "attachments" | "uploads" | "isLarge" | "removeAttachment" | "cancelUpload"
> {
  readonly isReadOnly: boolean;
}

/** What goes along, and what is still on its way to the server. */
export function AttachmentList(props: AttachmentListProps): React.JSX.Element | null {
  const { attachments, uploads, isLarge, isReadOnly, removeAttachment, cancelUpload } = props;
  const words = useWords();
  const { say } = words;
  if (attachments.length === 0 && uploads.length === 0) return null;
  return (
    <div className="compose-attachments" inert={isReadOnly}>
      <ul aria-label={say("attached.title", { count: attachments.length + uploads.length })}>
        {attachments.map((one) => (
          <li key={one.id} className="compose-attachment">
            <Paperclip size={14} aria-hidden />
            <FileName className="compose-file" name={one.fileName} />
            <span className="compose-octets">{size(words, one.octets)}</span>
            <IconButton
              icon={X}
              label={say("compose.unattach", { name: one.fileName })}
              onPress={() => removeAttachment(one)}
            />
          </li>
        ))}
        {uploads.map(({ key, name, part }) => (
          <li key={key} className="compose-attachment">
            <Paperclip size={14} aria-hidden />
            <FileName className="compose-file" name={name} />
            <progress value={part} aria-label={say("compose.uploading", { name })} />
            <IconButton icon={X} label={say("compose.unattach", { name })} onPress={() => cancelUpload(key)} />
          </li>
        ))}
      </ul>
      {isLarge ? (
        <p className="compose-hint warning">
          <TriangleAlert size={14} aria-hidden />
          <span>{say("compose.large")}</span>
        </p>
      ) : null}
    </div>
  );
}
