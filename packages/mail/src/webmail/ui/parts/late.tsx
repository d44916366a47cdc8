import { type ReactNode, useEffect, useState } from "react";

const PATIENCE_MS = 150;

/** Draws `children` only when waiting has lasted long enough to be noticed: quick answers do not flicker. */
export function Late({ children }: { readonly children: ReactNode }): ReactNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? children : null;
}
