// What is open becomes read.
import { useEffect, useRef } from "react";
import type { Card, ReaderSettings } from "../../api/schema/index.ts";
import { messagesAlone, refOf } from "../acts/target.ts";
import { useActs } from "../acts/use-acts.ts";
import type { KeptUnread } from "./use-kept-unread.ts";

interface MarkRead {
  readonly settings: ReaderSettings;
  /** What is known of the messages is being asked for again. */
  readonly isOutdated: boolean;
  readonly isKeptUnread: KeptUnread;
}

/** Marks what is open, all of one account, as read, once, after the time the person chose, and while somebody can see it. One
 * marked unread while it is open stays so, whoever did it. */
export function useMarkRead(
  messages: readonly Pick<Card, "account" | "messageId" | "isUnread">[],
  { settings: { markReadAfterMs }, isOutdated, isKeptUnread }: MarkRead,
): void {
  const acts = useActs();
  const done = useRef(new Set<number>());
  useEffect(() => {
    if (isOutdated) return;
    for (const { isUnread, messageId } of messages) if (!isUnread) done.current.add(messageId);
  });
  const unread = messages.filter(({ isUnread, messageId }) => isUnread && !done.current.has(messageId));
  const ids = unread.map(({ messageId }) => messageId).join(" ");
  useEffect(() => {
    if (ids === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      for (const { messageId } of unread) done.current.add(messageId);
      const refs = unread.map(refOf).filter((one) => !isKeptUnread(one));
      acts.do({ kind: "read" }, messagesAlone(refs), { isSilent: true });
    };
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") timer = setTimeout(read, markReadAfterMs);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
    // `ids` says which messages they are; the list itself is new with every drawing.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [ids, acts, markReadAfterMs]);
}
