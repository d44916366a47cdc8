// From "Send" to the outbox: what is looked at before, what is asked, and what the server refuses.
import { useEffect, useRef, useState } from "react";
import type { Draft } from "../../api/schema/index.ts";
import { messagesAlone } from "../acts/target.ts";
import { showToast } from "../acts/toasts.ts";
import { useActs } from "../acts/use-acts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Refusal } from "../data/refusal.ts";
import { subjectOf } from "../list/row-name.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { isAddress } from "./addresses.ts";
import { useComposer } from "./composer.tsx";
import { isGone } from "./draft-keeper.ts";
import { speaksOfAttachment } from "./forgotten-attachment.ts";
import { tellSending } from "./send.ts";
import type { Writing } from "./use-draft.ts";

/** More recipients than people usually mean; the server asks at the same number. */
const MANY_RECIPIENTS = 25;

export type SendingQuestion = "attachment" | "many";

export interface Sending {
  readonly isSending: boolean;
  /** Why it was not sent; null when nothing stands in the way. */
  readonly trouble: string | null;
  /** What is asked before it is sent. */
  readonly question: SendingQuestion | null;
  readonly send: (alsoArchives: boolean) => void;
  /** Goes on, or does not. */
  readonly answer: (isYes: boolean) => void;
}

export function useSending(draft: Draft, writing: Writing, onClose: () => void): Sending {
  const words = useWords();
  const composer = useComposer();
  const acts = useActs();
  const [isSending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [question, setQuestion] = useState<SendingQuestion | null>(null);
  const confirmed = useRef<ReadonlySet<SendingQuestion>>(new Set());
  const archives = useRef(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  const send = async (): Promise<void> => {
    if (isSending) return;
    takeTyped();
    const found = troubleIn(words, writing);
    setTrouble(found);
    if (found !== null) return;
    const asked = questionsOf(words, writing).find((one) => !confirmed.current.has(one));
    if (asked !== undefined) return setQuestion(asked);
    setSending(true);
    try {
      const { account, id } = draft;
      const version = await writing.settle();
      const entry = await call("send", { account, draft: id, version, confirmed: confirmed.current.has("many") });
      writing.stop(true);
      onClose();
      tellSending(words, entry, composer.show);
      const { answers } = writing.current();
      if (archives.current && answers !== null)
        acts.do({ kind: "archive" }, messagesAlone([{ account, messageId: answers.messageId }]), { isSilent: true });
    } catch (error) {
      setSending(false);
      if (isGone(error)) writing.lose(error);
      if (!isShown.current) return tellNotSent(error);
      if (isGone(error)) return;
      if (error instanceof Refusal && error.code === "not-confirmed") return setQuestion("many");
      setTrouble(refusalText(words, error));
    }
  };
  /** Its window was closed meanwhile, or another message took it. */
  const tellNotSent = (error: unknown): void => {
    const { account, id } = draft;
    const { subject } = writing.current();
    showToast({
      text: words.say("compose.not-sent", { subject: subjectOf(words, { subject }), why: refusalText(words, error) }),
      tone: "trouble",
      stays: true,
      does: { text: words.say("compose.left-open"), run: () => composer.open(account, id) },
    });
  };
  return {
    isSending,
    trouble,
    question,
    send(alsoArchives) {
      archives.current = alsoArchives;
      void send();
    },
    answer(isYes) {
      setQuestion(null);
      if (question === null || !isYes) return;
      confirmed.current = new Set([...confirmed.current, question]);
      void send();
    },
  };
}

/** What is typed in a field of recipients counts, chip or not: it is left, and come back to. */
function takeTyped(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) return;
  field.blur();
  field.focus({ preventScroll: true });
}

function troubleIn({ say }: Words, writing: Writing): string | null {
  const { to, cc, bcc } = writing.current();
  const all = [...to, ...cc, ...bcc];
  if (all.length === 0) return say("compose.nobody");
  const wrong = all.find((one) => !isAddress(one));
  if (wrong !== undefined) return say("compose.wrong-address", { address: wrong.address });
  return writing.uploads.length > 0 ? say("compose.still-uploading") : null;
}

function questionsOf({ say }: Words, writing: Writing): readonly SendingQuestion[] {
  const { to, cc, bcc, subject, text } = writing.current();
  const mentions = speaksOfAttachment(`${subject}\n${text}`, say("compose.attachment-words"));
  return [
    ...(mentions && writing.attachments.length === 0 ? (["attachment"] as const) : []),
    ...(to.length + cc.length + bcc.length > MANY_RECIPIENTS ? (["many"] as const) : []),
  ];
}
