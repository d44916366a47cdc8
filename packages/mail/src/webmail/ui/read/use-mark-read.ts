// What is open becomes read.
import { useEffect, useRef } from "react";
import type { Card, ReaderSettings } from "../../api/schema/index.ts";
import { messagesAlone, refOf } from "../acts/target.ts";
import { useActs } from "../acts/use-acts.ts";

/** Marks what is open as read, once, after the time the person chose, and while somebody can see it. One marked unread while
 * it is open stays so. */
export function useMarkRead(
  messages: readonly Pick<Card, "account" | "messageId" | "isUnread">[],
  { markReadAfterMs }: ReaderSettings,
): void {
  const acts = useActs();
  const done = useRef(new Set<number>());
  useEffect(() => {
    for (const { isUnread, messageId } of messages) if (!isUnread) done.current.add(messageId);
  });
  const unread = messages.filter(({ isUnread, messageId }) => isUnread && !done.current.has(messageId));
  const ids = unread.map(({ messageId }) => messageId).join(" ");
  useEffect(() => {
    if (ids === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState !== "visible") return;
      timer = setTimeout(() => {
        for (const { messageId } of unread) done.current.add(messageId);
        acts.do({ kind: "read" }, messagesAlone(unread.map(refOf)), { isSilent: true });
      }, markReadAfterMs);
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
