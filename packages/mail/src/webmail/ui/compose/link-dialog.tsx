import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import { linkOf } from "./link-of.ts";
import "../parts/form.css";

interface LinkDialogProps {
  readonly href: string;
  /** Empty: no link. */
  readonly onLink: (href: string) => void;
  readonly onClose: () => void;
}

export function LinkDialog({ href, onLink, onClose }: LinkDialogProps): React.JSX.Element {
  const { say } = useWords();
  const [text, setText] = useState(href);
  const done = (): void => {
    onClose();
    onLink(linkOf(text));
  };
  return (
    <Dialog title={say("format.link")} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <label className="field">
          <span>{say("format.link-address")}</span>
          <input
            type="text"
            inputMode="url"
            dir="ltr"
            value={text}
            maxLength={2_000}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{say("act.cancel")}</Button>
          <Button kind="primary" onPress={done}>
            {say(text === "" ? "format.link-remove" : "format.link-set")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
