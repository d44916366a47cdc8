// Plain text or formatted: what the rich editor begins with, and what going back to plain text would lose.
import { useRef, useState } from "react";
import type { Draft } from "../../api/schema/index.ts";
import { partedAtQuote } from "./document-text.ts";
import type { RichBeginning } from "./rich-document.ts";
import type { RichHandle, Written } from "./rich-editor.tsx";
import { withOtherSignature } from "./signature.ts";
import type { Writing } from "./use-draft.ts";

export interface Format {
  /** Null: plain text. */
  readonly beginning: RichBeginning | null;
  /** Whether plain text would say less. */
  readonly isFormatted: boolean;
  readonly onHandle: (handle: RichHandle | null) => void;
  readonly toRich: () => void;
  readonly toPlain: () => void;
  /** There is no editor for formatted text now: its text is shown, and nothing of it is lost. */
  readonly giveUp: () => void;
  readonly wrote: (written: Written) => void;
  /** Another identity writes: its signature takes the place of the one before. */
  readonly changeSignature: (before: string, after: string) => void;
}

export function useFormat(draft: Draft, { fields, change }: Writing): Format {
  const [beginning, setBeginning] = useState<RichBeginning | null>(() =>
    draft.html === null ? null : { html: draft.html, text: draft.text, quote: null, isForward: false },
  );
  const [isFormatted, setFormatted] = useState(draft.html !== null);
  const editor = useRef<RichHandle>(null);
  return {
    beginning,
    isFormatted,
    onHandle(handle) {
      editor.current = handle;
    },
    toRich() {
      const { html, text } = fields;
      if (html !== null) return setBeginning({ html, text, quote: null, isForward: false });
      const isForward = draft.answers?.kind === "forward";
      const { above, below } = partedAtQuote(draft.text, isForward);
      const isQuoteWhole = draft.richStart !== null && below !== "" && fields.text.endsWith(below);
      setBeginning({
        html: null,
        text: isQuoteWhole ? fields.text.slice(0, -below.length) : fields.text,
        quote: isQuoteWhole ? draft.richStart : null,
        isForward: isForward && above !== "",
      });
    },
    giveUp: () => setBeginning(null),
    toPlain() {
      setBeginning(null);
      setFormatted(false);
      change({ html: null });
    },
    wrote({ html, text, hasFormatting }) {
      setFormatted(hasFormatting);
      change({ html, text });
    },
    changeSignature(before, after) {
      if (beginning !== null) editor.current?.changeSignature(before, after);
      else if (fields.html === null) change({ text: withOtherSignature(fields.text, before, after) });
    },
  };
}
