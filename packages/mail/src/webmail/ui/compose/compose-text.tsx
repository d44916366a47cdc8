// What is written: a plain text, or, once somebody asks for it, the editor for formatted text.
import { Button } from "../parts/button.tsx";
import { loadedPart } from "../parts/loaded-part.tsx";
import { useWords } from "../words/use-words.ts";
import type { Format } from "./use-format.ts";
import type { RichEditorProps } from "./rich-editor.tsx";
import type { Writing } from "./use-draft.ts";

const RichEditor = loadedPart<RichEditorProps & { readonly onFailed: () => void }>({
  load: async () => (await import("./rich-editor.tsx")).RichEditor,
  meanwhile: <div className="compose-text" aria-busy />,
  onFailed: ({ onFailed }) => onFailed(),
});

interface ComposeTextProps {
  readonly writing: Writing;
  readonly format: Format;
  /** An answer begins where it is written. */
  readonly hasFocus: boolean;
  /** While it is sent; the focus stays in it. */
  readonly isReadOnly: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function ComposeText(props: ComposeTextProps): React.JSX.Element {
  const { writing, format, hasFocus, isReadOnly, onFiles } = props;
  const { say } = useWords();
  const { fields } = writing;
  if (format.beginning === null) return <PlainText {...props} />;
  return (
    <RichEditor
      label={say("compose.text")}
      beginning={format.beginning}
      hasFocus={hasFocus || fields.html === null}
      onHandle={format.onHandle}
      isReadOnly={isReadOnly}
      onFiles={onFiles}
      onChange={format.wrote}
      onFailed={format.giveUp}
    />
  );
}

function PlainText({ writing, format, hasFocus, isReadOnly, onFiles }: ComposeTextProps): React.JSX.Element {
  const { say } = useWords();
  const { fields, change } = writing;
  // A change to the one would not be in the other.
  const hasNoEditor = fields.html !== null;
  return (
    <>
      {hasNoEditor ? (
        <p className="compose-hint warning" role="alert">
          <span>{say("compose.no-editor")}</span>
          <Button kind="quiet" onPress={format.toRich}>
            {say("app.again")}
          </Button>
        </p>
      ) : null}
      <textarea
        className="compose-text"
        dir="auto"
        aria-label={say("compose.text")}
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={hasFocus}
        ref={beginAtTop}
        readOnly={isReadOnly || hasNoEditor}
        maxLength={500_000}
        value={fields.text}
        onChange={({ target }) => change({ text: target.value })}
        onPaste={(event) => {
          const pasted = Array.from(event.clipboardData.files);
          if (pasted.length === 0 || event.clipboardData.types.includes("text/plain")) return;
          event.preventDefault();
          onFiles(pasted);
        }}
      />
    </>
  );
}

/** One writes above what is quoted. */
function beginAtTop(text: HTMLTextAreaElement | null): void {
  if (text === null || text.dataset["begun"] !== undefined) return;
  text.dataset["begun"] = "";
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}
