// What has the focus may leave the page: a button that did its work, a row that was archived, a dialog that was closed.
// Whoever reads by keys would then begin at the top again, so the focus goes to what is best in the same pane.
import { useEffect } from "react";
import { focusBest, isInSight } from "./panes.ts";

interface Last {
  readonly element: HTMLElement;
  /** Of a dialog, which is in none, where the focus was before it. */
  readonly pane: HTMLElement | null;
  readonly before: HTMLElement | null;
}

export function useKeptFocus(): void {
  useEffect(() => {
    let last: Last | null = null;
    let frame = 0;
    const isUseless = (): boolean => last !== null && (!last.element.isConnected || last.element.matches(":disabled"));
    const mend = (): void => {
      if (document.activeElement !== document.body || !isUseless()) return;
      // A dialog closed that did not give the focus back: React Aria's gives none to a combo box.
      if (last !== null && last.before !== last.element) last.before?.focus({ preventScroll: true });
      if (document.activeElement !== document.body) return;
      const panes = [last?.pane, ...document.querySelectorAll<HTMLElement>(".main-pane [data-pane]")];
      const pane = panes.find((one) => one?.isConnected === true && isInSight(one));
      // What a person was reading stays where it is.
      if (pane === undefined || pane === null || focusBest(pane, { preventScroll: true })) return;
      // Nothing is open any more. Not to a row: it would hold the list where it is when mail comes in.
      document.querySelector<HTMLElement>(".list-title")?.focus({ preventScroll: true });
    };
    const focused = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      const pane = target.closest<HTMLElement>("[data-pane]");
      last =
        pane === null
          ? { element: target, pane: last?.pane ?? null, before: last?.before ?? null }
          : { element: target, pane, before: target };
    };
    // A press on nothing takes the focus away on purpose.
    const pressed = (): void => {
      last = null;
    };
    const observer = new MutationObserver(() => {
      // What was disabled has the focus until the page is drawn next: who has it is looked at then.
      if (!isUseless()) return;
      cancelAnimationFrame(frame);
      // Whoever draws, and whoever closes a dialog, may have a better place for it: they come first.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(mend);
      });
    });
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["disabled"],
    });
    document.addEventListener("focusin", focused);
    document.addEventListener("pointerdown", pressed, true);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      document.removeEventListener("focusin", focused);
      document.removeEventListener("pointerdown", pressed, true);
    };
  }, []);
}
