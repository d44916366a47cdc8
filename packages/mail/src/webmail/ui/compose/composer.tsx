// Where writing begins, from anywhere in the reader. The window itself is loaded when something is first written.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useRef, useState } from "react";
import type { AnswerKind, Draft, Ref } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { sessionQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { inFront } from "../parts/in-front.tsx";
import type { Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { answerWords } from "./answer-words.ts";
import type { OpenedAs } from "./draft-keeper.ts";
import { forgetBegun } from "./forget-begun.ts";
import { LeftCopies } from "./left-copies.tsx";
import { type Opened, openedDraft } from "./left-copy.ts";

const ComposeWindow = inFront(async () => (await import("./compose-window.tsx")).ComposeWindow);

export interface Composer {
  /** A new message. */
  readonly begin: () => void;
  readonly answer: (kind: AnswerKind, message: Ref) => void;
  /** A draft by its name, with what of it is in this browser alone, or, instead of what is shown, as the server has it. */
  readonly open: (account: string, draft: string, o?: { readonly isAsKept: boolean }) => void;
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
  readonly as: OpenedAs;
}

interface ComposerProps {
  readonly scope: Scope;
  readonly children: ReactNode;
}

/** One message is written at a time; one that another takes the place of is among the drafts. */
export function ComposerProvider({ scope, children }: ComposerProps): React.JSX.Element {
  const words = useWords();
  const [shown, setShown] = useState<Shown | null>(null);
  /** The same for what is done later. */
  const shownNow = useRef<Shown | null>(null);
  /** How often something else was to be shown: only what was asked for last is. */
  const turn = useRef(0);
  const client = useQueryClient();
  const before = useRef<Element | null>(null);
  const { data: session } = useQuery(sessionQuery);
  const account = scope === "all" ? session?.accounts[0]?.account : scope;

  const { composer, open } = useMemo(() => {
    const show = (draft: Draft, how: { readonly isNew?: boolean; readonly as?: OpenedAs } = {}): void => {
      before.current = document.activeElement;
      turn.current += 1;
      shownNow.current = { draft, isNew: how.isNew === true, as: how.as ?? "as-it-was" };
      setShown(shownNow.current);
    };
    const ask = async (asked: Promise<Opened>, isNew: boolean): Promise<void> => {
      turn.current += 1;
      const mine = turn.current;
      try {
        const { draft, as } = await asked;
        if (mine === turn.current) show(draft, { isNew, as });
        else if (isNew) forgetBegun(draft);
      } catch (error) {
        if (mine === turn.current) tellNotBegun(words, error);
      }
    };
    const askKept = (asked: Promise<Draft>, isNew: boolean): void =>
      void ask(
        asked.then((draft) => ({ draft, as: "as-it-was" as const })),
        isNew,
      );
    const opened = async (of: string, id: string): Promise<void> => {
      // It is open, and may have more in it than what is kept: it stays.
      if (shownNow.current?.draft.id === id) turn.current += 1;
      else await ask(openedDraft(of, id), false);
    };
    const made: Composer = {
      show: (draft) => show(draft),
      showLeft: (draft) => show(draft, { as: "changed" }),
      begin: () => askKept(begun(account ?? firstAccount(client)), true),
      answer: (kind, { account: of, messageId }) =>
        askKept(call("beginDraft", { account: of, kind, messageId, words: answerWords(words) }), true),
      open: (of, id, { isAsKept } = { isAsKept: false }) =>
        isAsKept ? askKept(call("draft", { account: of, draft: id }), false) : void opened(of, id),
    };
    return { composer: made, open: opened };
  }, [account, client, words]);

  /** Does nothing when another took its place meanwhile. */
  const close = (closed: Shown): void => {
    if (shownNow.current !== closed) return;
    shownNow.current = null;
    setShown(null);
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  useCommands({ compose: composer.begin });
  return (
    <ComposerContext value={composer}>
      {children}
      <LeftCopies isWriting={shown !== null} open={open} />
      {shown === null ? null : (
        <ComposeWindow key={`${shown.draft.id} ${shown.draft.version}`} {...shown} onClose={() => close(shown)} />
      )}
    </ComposerContext>
  );
}

/** Of an account that was made after this page was opened, the page knows nothing yet. */
async function firstAccount(client: QueryClient): Promise<string | undefined> {
  const { accounts } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  return accounts[0]?.account;
}

async function begun(account: string | Promise<string | undefined>): Promise<Draft> {
  const from = await account;
  if (from === undefined) throw new NobodyToWrite();
  return call("beginDraft", { account: from, kind: "new" });
}

/** There is no account yet. */
class NobodyToWrite extends Error {}

function tellNotBegun(words: Words, error: unknown): void {
  if (!(error instanceof NobodyToWrite)) return showToast({ text: refusalText(words, error), tone: "trouble" });
  showToast({ text: words.say("compose.nobody-yet"), tone: "plain" });
  go({ screen: "add-source" });
}
