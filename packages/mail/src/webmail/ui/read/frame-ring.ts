// No browser draws a ring around a frame that Tab led into, or says so to its page: the window loses the focus, no more.
import { useEffect } from "react";

/** From one frame into another the focus goes without any event: only looking tells. */
const LOOK_MS = 100;
/** A page that is busy hears the end of a key before it is told that the key led the focus away. */
const TOLD_LATE_MS = 500;

export function useFrameRing(): void {
  useEffect(() => {
    const ends = new AbortController();
    const { signal } = ends;
    let isTab = false;
    let ending: ReturnType<typeof setTimeout> | undefined;
    let ringed: HTMLIFrameElement | null = null;
    let looking: ReturnType<typeof setInterval> | undefined;
    const pressed = ({ key }: KeyboardEvent): void => {
      clearTimeout(ending);
      isTab = key === "Tab";
    };
    const released = (): void => {
      clearTimeout(ending);
      ending = setTimeout(() => (isTab = false), TOLD_LATE_MS);
    };
    const left = (): void => {
      const { activeElement } = document;
      if (!isTab || !(activeElement instanceof HTMLIFrameElement)) return;
      ringed = activeElement;
      ringed.dataset["ring"] = "";
      clearInterval(looking);
      looking = setInterval(() => {
        if (document.activeElement !== ringed) back();
      }, LOOK_MS);
    };
    const back = (): void => {
      clearInterval(looking);
      delete ringed?.dataset["ring"];
      ringed = null;
    };
    window.addEventListener("keydown", pressed, { capture: true, signal });
    // Of a Tab that led into the frame the frame hears the end; after any other the pointer may lead there.
    window.addEventListener("keyup", released, { capture: true, signal });
    window.addEventListener("blur", left, { signal });
    window.addEventListener("focus", back, { signal });
    return () => {
      back();
      clearTimeout(ending);
      ends.abort();
    };
  }, []);
}
