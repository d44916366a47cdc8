// What may be wanted at any moment is made ready as soon as the page has nothing else to do: it is not waited for then.
import { useEffect, useState } from "react";
import { SpareFrame } from "../read/spare-frame.tsx";

const AFTER_MS = 1_500;
/** What a person does. */
const ACTS = ["keydown", "pointerdown", "wheel"] as const;

/** What a key may open, and where a message is shown. */
export function MadeReady(): React.JSX.Element | null {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    const begin = (): void => {
      stop();
      load();
      setQuiet(true);
    };
    let timer: ReturnType<typeof setTimeout>;
    let idle: number | undefined;
    const hold = (): void => {
      clearTimeout(timer);
      if (idle !== undefined) window.cancelIdleCallback(idle);
      idle = undefined;
    };
    // Whoever types or points is not made to wait for it.
    const wait = (): void => {
      hold();
      timer = setTimeout(() => {
        if ("requestIdleCallback" in window) idle = window.requestIdleCallback(begin);
        else begin();
      }, AFTER_MS);
    };
    const stop = (): void => {
      hold();
      for (const act of ACTS) window.removeEventListener(act, wait, { capture: true });
    };
    for (const act of ACTS) window.addEventListener(act, wait, { capture: true, passive: true });
    wait();
    return stop;
  }, []);
  return isQuiet ? <SpareFrame /> : null;
}

function load(): void {
  // Offline now, they are asked for again when they are needed.
  for (const module of [import("../parts/modal.tsx"), import("../parts/open-menu.tsx")]) module.catch(() => undefined);
}
