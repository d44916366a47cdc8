// Where writing begins, from anywhere in the reader. The window itself is loaded when something is first written.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { AnswerKind, Draft, DraftFields, Ref } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { sessionQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Refusal } from "../data/refusal.ts";
import { useCommands } from "../keys/commands.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import type { Scope } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { answerWords } from "./answer-words.ts";
import { copyAnew, copyOf, type CrashCopy, dropCopy, leftCopies } from "./crash-copy.ts";
import { fieldsOf } from "./draft-keeper.ts";
import { untilNobodyWrites } from "./open-elsewhere.ts";

const ComposeWindow = lazy(async () => ({ default: (await import("./compose-window.tsx")).ComposeWindow }));

export interface Composer {
  /** A new message. */
  readonly begin: () => void;
  readonly answer: (kind: AnswerKind, message: Ref) => void;
  /** A draft, from the list of them. */
  readonly open: (account: string, draft: string) => void;
  /** A draft that is here already, such as one that was taken back. */
  readonly show: (draft: Draft) => void;
  /** What was left in this browser, to be kept on the server first of all. */
  readonly showLeft: (draft: Draft) => void;
}

const NOTHING: Composer = {
  begin: () => undefined,
  answer: () => undefined,
  open: () => undefined,
  show: () => undefined,
  showLeft: () => undefined,
};

const ComposerContext = createContext<Composer>(NOTHING);

export function useComposer(): Composer {
  return useContext(ComposerContext);
}

interface Shown {
  readonly draft: Draft;
  /** Begun for the window it is shown in. */
  readonly isNew: boolean;
  readonly isLeft: boolean;
}

interface ComposerProps {
  readonly scope: Scope;
  readonly children: ReactNode;
}

/** One message is written at a time; one that another takes the place of is among the drafts. */
export function ComposerProvider({ scope, children }: ComposerProps): React.JSX.Element {
  const words = useWords();
  const [shown, setShown] = useState<Shown | null>(null);
  const client = useQueryClient();
  const before = useRef<Element | null>(null);
  const { data: session } = useQuery(sessionQuery);
  const account = scope === "all" ? session?.accounts[0]?.account : scope;

  const composer = useMemo<Composer>(() => {
    const show = (draft: Draft, how: { readonly isNew?: boolean; readonly isLeft?: boolean } = {}): void => {
      before.current = document.activeElement;
      setShown({ draft, isNew: how.isNew === true, isLeft: how.isLeft === true });
    };
    const ask = (asked: Promise<Draft>, isNew: boolean): void => {
      asked.then(
        (draft) => show(draft, { isNew }),
        (error: unknown) => showToast({ text: refusalText(words, error), tone: "trouble" }),
      );
    };
    return {
      show: (draft) => show(draft),
      showLeft: (draft) => show(draft, { isLeft: true }),
      begin: () => ask(begun(account ?? firstAccount(client)), true),
      answer: (kind, { account: of, messageId }) =>
        ask(call("beginDraft", { account: of, kind, messageId, words: answerWords(words) }), true),
      open: (of, id) => ask(call("draft", { account: of, draft: id }), false),
    };
  }, [account, client, words]);

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
    let isOffering = false;
    // What another window is writing at this moment has a copy too, and is not left.
    for (const { draft } of leftCopies(Date.now())) void untilNobodyWrites(draft).then(() => offer(draft));

    function offer(draft: string): void {
      const copy = copyOf(draft);
      if (copy === undefined || isOffering) return;
      isOffering = true;
      showToast({
        text: words.say("compose.left"),
        tone: "plain",
        stays: true,
        does: { text: words.say("compose.left-open"), run: () => void restore(copy) },
        onDismiss: () => dropCopy(draft),
      });
    }
    async function restore(left: CrashCopy): Promise<void> {
      try {
        const kept = await keptDraft(left);
        if (kept !== null && isSameText(fieldsOf(kept), left.fields)) {
          // Its answer was lost, and nothing else.
          dropCopy(left.draft);
          return composer.show(kept);
        }
        const copy = kept === null && left.version > 0 ? copyAnew(left) : left;
        composer.showLeft({
          ...copy.fields,
          id: copy.draft,
          account: copy.account,
          attachments: kept?.attachments ?? [],
          // Of the version it was written on: a newer one of another window is not written over unseen.
          version: copy.version,
          updatedAt: copy.at,
          richStart: null,
        });
      } catch (error) {
        showToast({ text: refusalText(words, error), tone: "trouble" });
      }
    }
  }, [composer, words]);
}

/** Of an account that was made after this page was opened, the page knows nothing yet. */
async function firstAccount(client: QueryClient): Promise<string | undefined> {
  const { accounts } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  return accounts[0]?.account;
}

/** Without any account the server says what is missing. */
async function begun(account: string | Promise<string | undefined>): Promise<Draft> {
  return call("beginDraft", { account: (await account) ?? "0", kind: "new" });
}

/** What the server has of it; null when it never had it, or has it no more. */
async function keptDraft({ account, draft }: CrashCopy): Promise<Draft | null> {
  try {
    return await call("draft", { account, draft });
  } catch (error) {
    if (error instanceof Refusal && error.code === "not-found") return null;
    throw error;
  }
}

function isSameText(one: DraftFields, other: DraftFields): boolean {
  return JSON.stringify(fieldsOf(one)) === JSON.stringify(fieldsOf(other));
}
