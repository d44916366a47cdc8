// Tells of new mail through the system while nobody looks at the reader: how much came, nothing of what it says.
import { useEffect, useRef } from "react";
import { useWords } from "../words/use-words.ts";

/** One notice at a time: a newer one takes the place of the one before. */
const TAG = "restante-new-mail";

/** `unread` is undefined until it is known. */
export function useNotices(unread: number | undefined, isOn: boolean): void {
  const { say } = useWords();
  const known = useRef(unread);
  useEffect(() => {
    const before = known.current;
    known.current = unread;
    if (!isOn || unread === undefined || before === undefined || unread <= before) return;
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(say("told.new-mail", { count: unread - before }), { tag: TAG });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  }, [unread, isOn, say]);
}
