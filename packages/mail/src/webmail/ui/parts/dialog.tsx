// What is asked in front of everything else. The first screen needs none of it: it is loaded behind it.
import type { ReactNode } from "react";
import { useWords } from "../words/use-words.ts";
import { Button } from "./button.tsx";
import { inFront } from "./in-front.tsx";
import "./dialog.css";

export interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly size?: "small" | "large";
  /** An alert asks before something that cannot be taken back. */
  readonly role?: "dialog" | "alertdialog";
}

/** A modal dialog that is open as long as it is drawn. Escape and a press outside close it, except for an alert. */
export const Dialog = inFront<DialogProps>(async () => (await import("./modal.tsx")).Modal);

interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says; never "OK". */
  readonly does: string;
  /** Undefined until it is known what is asked. */
  readonly onConfirm: (() => void) | undefined;
  readonly onClose: () => void;
}

/** Asks before an act that cannot be undone. Focus begins on the way out. */
export function Confirm({ title, children, does, onConfirm, onClose }: ConfirmProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={title} role="alertdialog" onClose={onClose}>
      <div className="dialog-body">{children}</div>
      <footer className="dialog-foot">
        {/* The way out is nearest: a hasty Enter deletes nothing. */}
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
        <Button onPress={onClose} autoFocus>
          {say("act.cancel")}
        </Button>
        <Button
          kind="danger"
          isDisabled={onConfirm === undefined}
          onPress={() => {
            onClose();
            onConfirm?.();
          }}
        >
          {does}
        </Button>
      </footer>
    </Dialog>
  );
}
