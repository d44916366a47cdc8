// What may be wanted at any moment is made ready as soon as the page has nothing else to do: it is not waited for then.
import { useEffect, useState } from "react";
import { whenQuiet } from "../parts/when-quiet.ts";
import { SpareFrame } from "../read/spare-frame.tsx";

const AFTER_MS = 1_500;

/** What a key may open, and where a message is shown. */
export function MadeReady(): React.JSX.Element | null {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(
    () =>
      whenQuiet(AFTER_MS, () => {
        load();
        setQuiet(true);
      }),
    [],
  );
  return isQuiet ? <SpareFrame /> : null;
}

function load(): void {
  // Offline now, they are asked for again when they are needed.
  for (const module of [import("../parts/modal.tsx"), import("../parts/open-menu.tsx")]) module.catch(() => undefined);
}
