// What is open becomes read.
import { useEffect, useRef } from "react";
import type { Card, ReaderSettings, Ref } from "../../api/schema/index.ts";
import { watchMarkedUnread } from "../acts/marked-unread.ts";
import { messagesAlone, refOf } from "../acts/target.ts";
import { useActs } from "../acts/use-acts.ts";

/** Marks what is open as read, once, after the time the person chose, and while somebody can see it. One marked unread while
 * it is open stays so, also when it had not become read yet. */
export function useMarkRead(
  messages: readonly Pick<Card, "account" | "messageId" | "isUnread">[],
  { markReadAfterMs }: ReaderSettings,
): void {
  const acts = useActs();
  const done = useRef(new Set<string>());
  const isDone = (one: Ref): boolean => done.current.has(keyOf(one));
  useEffect(() => {
    for (const one of messages) if (!one.isUnread) done.current.add(keyOf(one));
  });
  const shown = messages.map(keyOf).join(" ");
  useEffect(() => {
    const keys = new Set(shown.split(" "));
    return watchMarkedUnread((marked) => {
      for (const key of marked.map(keyOf)) if (keys.has(key)) done.current.add(key);
    });
  }, [shown]);
  const unread = messages.filter((one) => one.isUnread && !isDone(one));
  const ids = unread.map(keyOf).join(" ");
  useEffect(() => {
    if (ids === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      const left = unread.filter((one) => !isDone(one)).map(refOf);
      for (const one of left) done.current.add(keyOf(one));
      acts.do({ kind: "read" }, messagesAlone(left), { isSilent: true });
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

function keyOf({ account, messageId }: Ref): string {
  return `${account}/${messageId}`;
}
