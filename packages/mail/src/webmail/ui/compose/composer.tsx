// Where writing begins, from anywhere in the reader. The window itself is loaded when something is first written.
import { useQuery } from "@tanstack/react-query";
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { AnswerKind, Draft, Ref } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { sessionQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import type { Scope } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { type CrashCopy, dropCopy, leftCopies } from "./crash-copy.ts";

const ComposeWindow = lazy(async () => ({ default: (await import("./compose-window.tsx")).ComposeWindow }));

export interface Composer {
  /** A new message. */
  readonly begin: () => void;
  readonly answer: (kind: AnswerKind, message: Ref) => void;
  /** A draft, from the list of them. */
  readonly open: (account: string, draft: string) => void;
  /** A draft that is here already, such as one that was taken back. */
  readonly show: (draft: Draft) => void;
}

const NOTHING: Composer = {
  begin: () => undefined,
  answer: () => undefined,
  open: () => undefined,
  show: () => undefined,
};

const ComposerContext = createContext<Composer>(NOTHING);

export function useComposer(): Composer {
  return useContext(ComposerContext);
}

interface Shown {
  readonly draft: Draft;
  /** Begun for the window it is shown in. */
  readonly isNew: boolean;
}

interface ComposerProps {
  readonly scope: Scope;
  readonly children: ReactNode;
}

/** One message is written at a time; one that another takes the place of is among the drafts. */
export function ComposerProvider({ scope, children }: ComposerProps): React.JSX.Element {
  const words = useWords();
  const [shown, setShown] = useState<Shown | null>(null);
  const before = useRef<Element | null>(null);
  const { data: session } = useQuery(sessionQuery);
  const account = scope === "all" ? session?.accounts[0]?.account : scope;

  const composer = useMemo<Composer>(() => {
    const show = (draft: Draft, isNew: boolean): void => {
      before.current = document.activeElement;
      setShown({ draft, isNew });
    };
    const ask = (asked: Promise<Draft>, isNew: boolean): void => {
      asked.then(
        (draft) => show(draft, isNew),
        (error: unknown) => showToast({ text: refusalText(words, error), tone: "trouble" }),
      );
    };
    return {
      show: (draft) => show(draft, false),
      begin() {
        if (account !== undefined) ask(call("beginDraft", { account, kind: "new" }), true);
      },
      answer: (kind, { account: of, messageId }) => ask(call("beginDraft", { account: of, kind, messageId }), true),
      open: (of, id) => ask(call("draft", { account: of, draft: id }), false),
    };
  }, [account, words]);

  const close = (): void => {
    setShown(null);
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  useCommands({ compose: composer.begin });
  useLeftCopy(composer);
  return (
    <ComposerContext value={composer}>
      {children}
      {shown === null ? null : (
        <ErrorBoundary key={`${shown.draft.id} ${shown.draft.version}`}>
          <Suspense>
            <ComposeWindow {...shown} onClose={close} />
          </Suspense>
        </ErrorBoundary>
      )}
    </ComposerContext>
  );
}

/** Offers back what a crash of the browser or of the server left unsaved. */
function useLeftCopy(composer: Composer): void {
  const words = useWords();
  const hasAsked = useRef(false);
  useEffect(() => {
    if (hasAsked.current) return;
    hasAsked.current = true;
    const [copy] = leftCopies(Date.now());
    if (copy === undefined) return;
    showToast({
      text: words.say("compose.left"),
      tone: "plain",
      stays: true,
      does: { text: words.say("compose.left-open"), run: () => void restore(copy) },
      onDismiss: () => dropCopy(copy.draft),
    });
    async function restore(left: CrashCopy): Promise<void> {
      const { account, draft: id } = left;
      try {
        // What the server has of it: its attachments, and the version to write over.
        const kept = left.version === 0 ? null : await call("draft", { account, draft: id }).catch(() => null);
        const { version } = await call("saveDraft", {
          account,
          draft: id,
          version: kept?.version ?? 0,
          fields: left.fields,
        });
        dropCopy(id);
        const attachments = kept?.attachments ?? [];
        composer.show({ ...left.fields, id, account, attachments, version, updatedAt: left.at, richStart: null });
      } catch (error) {
        showToast({ text: refusalText(words, error), tone: "trouble" });
      }
    }
  }, [composer, words]);
}
