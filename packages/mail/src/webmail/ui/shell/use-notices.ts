// Tells of new mail through the system while nobody looks at the reader: how much came, nothing of what it says. All tabs
// count what comes, and the one that holds the stream of events tells it.
import { useEffect, useRef } from "react";
import { useWords } from "../words/use-words.ts";
import { isLookedAt, watchLooks } from "./looked-at.ts";

/** One notice at a time: a newer one takes the place of the one before, and counts what that one did. */
const TAG = "restante-new-mail";

/**
 * Gives what is to be called with how many messages came, and whether this tab tells of them. What came while the stream
 * was cut off is not told.
 */
export function useNotices(isOn: boolean): (arrived: number, isTeller: boolean) => void {
  const { say } = useWords();
  const untold = useRef(0);
  useEffect(
    () =>
      watchLooks(() => {
        untold.current = 0;
      }),
    [],
  );
  const take = async (arrived: number, isTeller: boolean): Promise<void> => {
    if (!isOn || !("Notification" in window) || Notification.permission !== "granted") return;
    if (await isLookedAt()) return;
    untold.current += arrived;
    if (!isTeller) return;
    const notice = new Notification(say("told.new-mail", { count: untold.current }), { tag: TAG });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  };
  return (arrived, isTeller) => void take(arrived, isTeller);
}
