// Mail on its way in, file after file: how far it is, what came of it, and stopping it.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { upload } from "../compose/upload.ts";
import { KEYS } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import type { MailFile } from "./dropped-mail.ts";

export interface ImportProgress {
  /** The how manieth file it is at. */
  readonly at: number;
  readonly of: number;
  readonly name: string;
  /** Of this file, from 0 to 1. */
  readonly part: number;
}

export interface ImportSum {
  readonly added: number;
  readonly there: number;
  readonly failed: number;
  /** Sentences about the first files that could not be taken. */
  readonly troubles: readonly string[];
}

export interface Importing {
  /** Null: nothing is under way. */
  readonly progress: ImportProgress | null;
  /** Of the last import; null before the first. */
  readonly sum: ImportSum | null;
  readonly start: (mail: readonly MailFile[]) => void;
  readonly stop: () => void;
}

interface ImportAnswer {
  readonly added: number;
  readonly alreadyThere: number;
  readonly failed: number;
  /** The first of them, with the kind of reason. */
  readonly failures: readonly { readonly code: string }[];
}

const TROUBLES_SHOWN = 5;
const NOTHING: ImportSum = { added: 0, there: 0, failed: 0, troubles: [] };

export function useImport(account: string, mailbox: string): Importing {
  const words = useWords();
  const client = useQueryClient();
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [sum, setSum] = useState<ImportSum | null>(null);
  const abort = useRef<AbortController>(null);

  const bringIn = async (mail: readonly MailFile[]): Promise<void> => {
    const { signal } = (abort.current = new AbortController());
    let total = NOTHING;
    for (const [at, { file, format }] of mail.entries()) {
      const where = { at: at + 1, of: mail.length, name: file.name };
      setProgress({ ...where, part: 0 });
      const query = new URLSearchParams({ account, mailbox, format, name: file.name.slice(-255) });
      try {
        const onProgress = (part: number): void => setProgress({ ...where, part });
        const answer = await upload({ url: `/api/import?${query.toString()}`, file, signal, onProgress });
        total = withAnswer(total, answer as ImportAnswer, (code) =>
          words.say("transfer.failed", { name: file.name, why: words.say(WHY[code] ?? "transfer.why-unreadable") }),
        );
      } catch (error) {
        if (signal.aborted) break;
        const why = words.say("transfer.failed", { name: file.name, why: refusalText(words, error) });
        total = { ...total, failed: total.failed + 1, troubles: withTroubles(total, [why]) };
      }
    }
    setProgress(null);
    // Of what was stopped before anything came of it there is nothing to say.
    setSum(signal.aborted && total === NOTHING ? null : total);
    for (const queryKey of [KEYS.lists, KEYS.mailboxes]) void client.invalidateQueries({ queryKey });
  };
  return {
    progress,
    sum,
    start(mail) {
      if (progress === null) void bringIn(mail);
    },
    stop: () => abort.current?.abort(),
  };
}

const WHY: Readonly<Record<string, WordId>> = {
  "too-large": "transfer.why-too-large",
  "mailbox-name": "transfer.why-mailbox-name",
};

/** The same is said once, however often it happened. */
function withTroubles({ troubles }: ImportSum, more: readonly string[]): readonly string[] {
  return [...new Set([...troubles, ...more])].slice(0, TROUBLES_SHOWN);
}

function withAnswer(
  total: ImportSum,
  { added, alreadyThere, failed, failures }: ImportAnswer,
  why: (code: string) => string,
): ImportSum {
  return {
    ...total,
    added: total.added + added,
    there: total.there + alreadyThere,
    failed: total.failed + failed,
    troubles: withTroubles(
      total,
      failures.map(({ code }) => why(code)),
    ),
  };
}
