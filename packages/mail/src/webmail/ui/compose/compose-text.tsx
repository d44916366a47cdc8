// What is written: a plain text, or, once somebody asks for it, the editor for formatted text.
import { lazy, Suspense } from "react";
import { useWords } from "../words/use-words.ts";
import type { Format } from "./use-format.ts";
import type { Writing } from "./use-draft.ts";

const RichEditor = lazy(async () => ({ default: (await import("./rich-editor.tsx")).RichEditor }));

interface ComposeTextProps {
  readonly writing: Writing;
  readonly format: Format;
  /** An answer begins where it is written. */
  readonly hasFocus: boolean;
  /** While it is sent; the focus stays in it. */
  readonly isReadOnly: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function ComposeText({ writing, format, hasFocus, isReadOnly, onFiles }: ComposeTextProps): React.JSX.Element {
  const { say } = useWords();
  const { fields, change } = writing;
  if (format.beginning === null)
    return (
      <textarea
        className="compose-text"
        dir="auto"
        aria-label={say("compose.text")}
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={hasFocus}
        ref={beginAtTop}
        readOnly={isReadOnly}
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
    );
  return (
    <Suspense fallback={<div className="compose-text" aria-busy />}>
      <RichEditor
        label={say("compose.text")}
        beginning={format.beginning}
        hasFocus={hasFocus || fields.html === null}
        onHandle={format.onHandle}
        isReadOnly={isReadOnly}
        onFiles={onFiles}
        onChange={format.wrote}
      />
    </Suspense>
  );
}

/** One writes above what is quoted. */
function beginAtTop(text: HTMLTextAreaElement | null): void {
  if (text === null || text.dataset["begun"] !== undefined) return;
  text.dataset["begun"] = "";
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}
