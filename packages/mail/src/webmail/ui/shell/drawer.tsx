import type { ReactNode } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { AriaLocale } from "../parts/aria-locale.tsx";
import { useWords } from "../words/use-words.ts";

interface DrawerProps {
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/**
 * The sidebar over the page; Escape and a press beside it close it. Not the browser's own dialog: that one is in front of
 * everything, its menus among it.
 */
export function Drawer({ children, onClose }: DrawerProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <AriaLocale>
      <ModalOverlay
        className="veil drawer-veil"
        isOpen
        isDismissable
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <Modal className="drawer">
          <Dialog className="drawer-box" aria-label={say("side.mailboxes")}>
            {children}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </AriaLocale>
  );
}
