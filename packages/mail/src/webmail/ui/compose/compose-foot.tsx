import { CaseSensitive, MailCheck, Paperclip, Send, Trash2 } from "lucide-react";
import { useRef } from "react";
import { useHint } from "../keys/commands.tsx";
import { Button, IconButton, IconToggle } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";

interface ComposeFootProps {
  readonly isSending: boolean;
  readonly isRich: boolean;
  readonly asksForReceipt: boolean;
  readonly onSend: () => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onFormat: () => void;
  readonly onReceipt: () => void;
  readonly onDiscard: () => void;
}

/** What one does with a message that is written. */
export function ComposeFoot(props: ComposeFootProps): React.JSX.Element {
  const { isSending, isRich, asksForReceipt, onSend, onFiles, onFormat, onReceipt, onDiscard } = props;
  const { say } = useWords();
  const hint = useHint();
  const files = useRef<HTMLInputElement>(null);
  return (
    <footer className="compose-foot">
      <Button kind="primary" icon={Send} isPending={isSending} onPress={onSend}>
        {say("compose.send")}
        {hint("send") === undefined ? null : <kbd className="key">{hint("send")}</kbd>}
      </Button>
      <div className="compose-tools" inert={isSending}>
        <IconButton icon={Paperclip} label={say("compose.attach")} onPress={() => files.current?.click()} />
        <input
          ref={files}
          type="file"
          multiple
          hidden
          onChange={({ target }) => {
            onFiles(Array.from(target.files ?? []));
            target.value = "";
          }}
        />
        <IconToggle icon={CaseSensitive} label={say("compose.rich")} isOn={isRich} onPress={onFormat} />
        <IconToggle icon={MailCheck} label={say("compose.receipt")} isOn={asksForReceipt} onPress={onReceipt} />
        <IconButton icon={Trash2} label={say("compose.discard")} className="compose-discard" onPress={onDiscard} />
      </div>
    </footer>
  );
}
