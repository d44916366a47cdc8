// Tells of new mail through the system while nobody looks at the reader: how much came, nothing of what it says.
import { useEffect, useRef } from "react";
import { useWords } from "../words/use-words.ts";

/** One notice at a time: a newer one takes the place of the one before, and counts what that one did. */
const TAG = "restante-new-mail";

/** Gives what is to be called with how many messages came. What came while the stream was cut off is not told. */
export function useNotices(isOn: boolean): (arrived: number) => void {
  const { say } = useWords();
  const untold = useRef(0);
  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) untold.current = 0;
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return (arrived) => {
    if (!isOn || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    untold.current += arrived;
    const notice = new Notification(say("told.new-mail", { count: untold.current }), { tag: TAG });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  };
}
