import { X } from "lucide-react";
import { Dialog as Box, Heading, Modal as Panel, ModalOverlay } from "react-aria-components";
import { useWords } from "../words/use-words.ts";
import { AriaLocale } from "./aria-locale.tsx";
import { IconButton } from "./button.tsx";
import type { DialogProps } from "./dialog.tsx";

export function Modal({ title, children, onClose, size = "small", role = "dialog" }: DialogProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <AriaLocale>
      <ModalOverlay
        className="veil"
        isOpen
        isDismissable={role === "dialog"}
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <Panel className={`modal ${size}`}>
          <Box className="dialog" role={role}>
            <header className="dialog-head">
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              {role === "dialog" ? <IconButton icon={X} label={say("act.close")} onPress={onClose} /> : null}
            </header>
            {children}
          </Box>
        </Panel>
      </ModalOverlay>
    </AriaLocale>
  );
}
