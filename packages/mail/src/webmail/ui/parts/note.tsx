// A state of a whole pane, said in words: nothing here, something failed, nothing chosen.
import type { LucideIcon } from "lucide-react";
import { memo, type ReactNode } from "react";
import "./note.css";

interface NoteProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly more?: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
  readonly role?: "alert" | "status";
}

export const Note = memo(function Note(props: NoteProps): React.JSX.Element {
  const { icon: Icon, title, more, children, role } = props;
  return (
    <div className="note" {...(role === undefined ? {} : { role })}>
      <Icon size={36} strokeWidth={1.25} aria-hidden />
      <p className="note-title">{title}</p>
      {more === undefined ? null : <p className="note-more">{more}</p>}
      {children === undefined ? null : <div className="note-acts">{children}</div>}
    </div>
  );
});
