// One draft that is written on: its fields, its attachments, and how far the server has them.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Draft, DraftAttachment, DraftFields } from "../../api/schema/index.ts";
import { Removals } from "../acts/removals.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useWords } from "../words/use-words.ts";
import { copyAnew, dropCopy, keepCopy } from "./crash-copy.ts";
import { attachedOctets, DraftKeeper, fieldsOf, type Keeping, type OpenedAs } from "./draft-keeper.ts";
import { holdDraft } from "./open-elsewhere.ts";
import { upload } from "./upload.ts";

/** Beyond this a mail server may refuse it. */
const LARGE_OCTETS = 20_000_000;

export interface Uploading {
  readonly key: string;
  readonly name: string;
  readonly octets: number;
  /** From 0 to 1. */
  readonly part: number;
}

export interface Writing {
  readonly fields: DraftFields;
  readonly attachments: readonly DraftAttachment[];
  readonly uploads: readonly Uploading[];
  readonly keeping: Keeping;
  readonly isLarge: boolean;
  /** Whether anything was changed since it was opened. */
  readonly isTouched: boolean;
  readonly change: (change: Partial<DraftFields>) => void;
  readonly addFiles: (files: readonly File[]) => void;
  readonly removeAttachment: (attachment: DraftAttachment) => void;
  readonly cancelUpload: (key: string) => void;
  /** The fields as they are now, drawn or not. */
  readonly current: () => DraftFields;
  /** The one the server said last; 0 when it has none. */
  readonly version: () => number;
  /** Saves it. Throws Refusal. */
  readonly flush: () => Promise<number>;
  /** Saves it with the files that are under way. Throws Refusal. */
  readonly settle: () => Promise<number>;
  /** Ends the saving; with `drop` the copy in the browser goes too, if it was made here. */
  readonly stop: (drop: boolean) => void;
  /** After a conflict: this text wins. Throws Refusal. */
  readonly overwrite: () => Promise<void>;
  /** The server has no such draft any more. */
  readonly lose: (error: unknown) => void;
  /** After that: ends the saving, and gives what is here as a new draft, without the files, which went with the other. */
  readonly anew: () => Draft;
}

export function useDraft(draft: Draft, as: OpenedAs): Writing {
  const words = useWords();
  const { account, id } = draft;
  const [fields, setFields] = useState(() => fieldsOf(draft));
  const [attachments, setAttachments] = useState<readonly DraftAttachment[]>(draft.attachments);
  const [uploads, setUploads] = useState<readonly Uploading[]>([]);
  const [keeping, setKeeping] = useState<Keeping>(as);
  const [isTouched, setTouched] = useState(as === "changed");
  const aborts = useRef(new Map<string, AbortController>());
  const [keeper] = useState(
    () =>
      new DraftKeeper(draft, {
        save: (version, saved) => call("saveDraft", { account, draft: id, version, fields: saved }),
        look: () => call("draft", { account, draft: id }),
        onKeeping: setKeeping,
        onCopy: (copy, version) => {
          if (copy === null) dropCopy(id);
          else keepCopy({ account, draft: id, version, at: Date.now(), fields: copy });
        },
      }),
  );

  const [removals] = useState(() => new Removals());
  const change = useCallback(
    (changed: Partial<DraftFields>) => {
      keeper.change(changed);
      setFields(keeper.fields);
      setTouched(true);
    },
    [keeper],
  );
  useLeaving(keeper, id);
  useEffect(() => {
    const carryOut = (): void => removals.carryOut();
    window.addEventListener("pagehide", carryOut);
    return () => {
      window.removeEventListener("pagehide", carryOut);
      // Another message took the window, and nobody can take a removal back any more.
      carryOut();
    };
  }, [removals]);
  useEffect(() => {
    // Saved at once over the version it was written on: when the server has a newer one, the conflict is said.
    if (as === "changed") keeper.change({});
  }, [as, keeper]);

  const addFile = async (file: File): Promise<void> => {
    const key = crypto.randomUUID();
    const abort = new AbortController();
    aborts.current.set(key, abort);
    setTouched(true);
    setUploads((all) => [...all, { key, name: file.name, octets: file.size, part: 0 }]);
    try {
      const url = `/api/drafts/${id}/attachments?${new URLSearchParams({
        account,
        name: file.name === "" ? words.say("compose.picture") : file.name,
        ...(file.type === "" ? {} : { type: file.type }),
      }).toString()}`;
      const onProgress = (part: number): void =>
        setUploads((all) => all.map((one) => (one.key === key ? { ...one, part } : one)));
      const { attachment } = await keeper.attach(
        async () => (await upload({ url, file, onProgress, signal: abort.signal })) as AttachmentAnswer,
      );
      setAttachments((all) => [...all, attachment]);
    } catch (error) {
      if (abort.signal.aborted) void lookAgain();
      else
        showToast({
          text: words.say("compose.upload-failed", { name: file.name, why: refusalText(words, error) }),
          tone: "trouble",
        });
    } finally {
      aborts.current.delete(key);
      setUploads((all) => all.filter((one) => one.key !== key));
    }
  };

  /** What was cancelled may have arrived all the same; then it is shown, and can be removed. */
  const lookAgain = async (): Promise<void> => {
    if (keeper.isStopped) return;
    const asked = keeper.attach(() => call("draft", { account, draft: id }));
    const arrived = await asked.then((found) => found.attachments).catch(() => []);
    const arrivedNow = arrived.filter(({ id: one }) => !removals.has(one));
    setAttachments((all) => [...all, ...arrivedNow.filter((one) => all.every((known) => known.id !== one.id))]);
  };

  const stop = (): void => {
    keeper.stop();
    for (const abort of aborts.current.values()) abort.abort();
  };

  return {
    fields,
    attachments,
    uploads,
    keeping,
    isTouched,
    isLarge: attachedOctets(attachments) + uploads.reduce((sum, { octets }) => sum + octets, 0) > LARGE_OCTETS,
    change,
    addFiles(files) {
      for (const file of files) void addFile(file);
    },
    removeAttachment(attachment) {
      setTouched(true);
      setAttachments((all) => all.filter((one) => one.id !== attachment.id));
      const bringBack = (): void => setAttachments((all) => [...all, attachment]);
      removals.add(attachment.id, {
        text: words.say("compose.unattached", { name: attachment.fileName }),
        bringBack,
        remove: () =>
          keeper
            .attach(() => call("removeAttachment", { account, draft: id, attachment: attachment.id }))
            .catch((error: unknown) => {
              bringBack();
              showToast({ text: refusalText(words, error), tone: "trouble" });
            }),
      });
    },
    cancelUpload: (key) => aborts.current.get(key)?.abort(),
    current: () => keeper.fields,
    version: () => keeper.version,
    flush: () => keeper.flush(),
    settle() {
      removals.carryOut();
      return keeper.settle();
    },
    stop(drop) {
      stop();
      if (drop && keeper.hasCopy) dropCopy(id);
    },
    async overwrite() {
      removals.carryOut();
      const { version, attachments: theirs } = await call("draft", { account, draft: id });
      setAttachments(theirs);
      keeper.overwrite(version);
      await keeper.flush();
    },
    lose: (error) => keeper.lose(error),
    anew() {
      stop();
      // They were of the other's files.
      removals.drop();
      const copy = copyAnew({ account, draft: id, version: keeper.version, at: Date.now(), fields: keeper.fields });
      return { ...draft, ...copy.fields, id: copy.draft, version: copy.version, attachments: [] };
    },
  };
}

interface AttachmentAnswer {
  readonly attachment: DraftAttachment;
  readonly version: number;
}

/** The browser asks before it closes a tab that holds what the server does not have. */
function useLeaving(keeper: DraftKeeper, draft: string): void {
  useEffect(() => {
    const letGo = holdDraft(draft);
    const leaving = (event: BeforeUnloadEvent): void => {
      if (!keeper.isKept) event.preventDefault();
    };
    window.addEventListener("beforeunload", leaving);
    return () => {
      // Another message took the window: this one is kept, with its files. When that fails the copy in the browser stays.
      const kept = keeper.isKept || keeper.isStopped ? Promise.resolve(0) : keeper.settle();
      void kept
        // What is left of it may be written on elsewhere from now on: nothing is tried again from here.
        .catch(() => keeper.stop())
        .then(() => {
          window.removeEventListener("beforeunload", leaving);
          // Only then may another window offer what is left of it.
          letGo();
        });
    };
  }, [keeper, draft]);
}
