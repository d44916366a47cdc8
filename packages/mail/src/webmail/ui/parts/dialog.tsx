import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as Box, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../words/use-words.ts";
import { Button, IconButton } from "./button.tsx";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly size?: "small" | "large";
  /** An alert asks before something that cannot be taken back. */
  readonly role?: "dialog" | "alertdialog";
}

/** A modal dialog that is open as long as it is drawn. Escape and a press outside close it, except for an alert. */
export function Dialog({ title, children, onClose, size = "small", role = "dialog" }: DialogProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <ModalOverlay
      className="veil"
      isOpen
      isDismissable={role === "dialog"}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className={`modal ${size}`}>
        <Box className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {role === "dialog" ? <IconButton icon={X} label={say("act.close")} onPress={onClose} /> : null}
          </header>
          {children}
        </Box>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says; never "OK". */
  readonly does: string;
  readonly onConfirm: () => void;
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
          onPress={() => {
            onClose();
            onConfirm();
          }}
        >
          {does}
        </Button>
      </footer>
    </Dialog>
  );
}
