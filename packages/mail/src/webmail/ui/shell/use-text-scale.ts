import { useState } from "react";

/** How many times as large as usual a person set the text in the browser: rows of a fixed height grow with it. */
export function useTextScale(): number {
  const [scale] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  return scale;
}
