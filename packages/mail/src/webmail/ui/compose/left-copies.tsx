// Offers back what was left unsaved in this browser, one after another, for as long as it is there.
import { useEffect, useState } from "react";
import { dismissToast, showNamedToast, useToast } from "../acts/toasts.ts";
import { useWords } from "../words/use-words.ts";
import { type CrashCopy, dropCopyAsItWas, leftCopies } from "./crash-copy.ts";
import { isDiscarded } from "./discard.ts";
import { isBeingWritten, untilNobodyWrites } from "./open-elsewhere.ts";

interface LeftCopiesProps {
  /** Nothing is offered meanwhile. */
  readonly isWriting: boolean;
  /** Resolves when it is open, or when it was said why not. */
  readonly open: (account: string, draft: string) => Promise<void>;
}

export function LeftCopies({ isWriting, open }: LeftCopiesProps): null {
  const { say } = useWords();
  const [isOpening, setOpening] = useState(false);
  const [offered, setOffered] = useState<number | null>(null);
  // Of those that are written on in other windows: how many have ended it.
  const [ended, setEnded] = useState(0);
  const hasRoom = useToast() === null && !isWriting && !isOpening;
  useEffect(() => {
    for (const { draft } of leftCopies(Date.now()))
      void untilNobodyWrites(draft).then(() => setEnded((count) => count + 1));
  }, []);
  useEffect(() => {
    // It comes back when the window is closed, if it was not what was opened.
    if (isWriting && offered !== null) dismissToast(offered);
  }, [isWriting, offered]);
  useEffect(() => {
    if (!hasRoom) return;
    let isOver = false;
    void newestLeft().then((copy) => {
      if (copy === undefined || isOver) return;
      const { account, draft } = copy;
      const does = (): void => {
        setOpening(true);
        void open(account, draft).finally(() => setOpening(false));
      };
      const toast = showNamedToast({
        text: say("compose.left"),
        tone: "plain",
        stays: true,
        does: { text: say("compose.left-open"), run: does },
        onDismiss: () => dropCopyAsItWas(copy),
      });
      setOffered(toast);
    });
    return () => {
      isOver = true;
    };
  }, [hasRoom, ended, open, say]);
  return null;
}

async function newestLeft(): Promise<CrashCopy | undefined> {
  for (const copy of leftCopies(Date.now()))
    if (!isDiscarded(copy.draft) && !(await isBeingWritten(copy.draft))) return copy;
  return undefined;
}
