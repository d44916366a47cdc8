import { type ReactNode, useEffect, useState } from "react";

const PATIENCE_MS = 150;

interface LateProps {
  readonly children: ReactNode;
  readonly afterMs?: number;
}

/** Draws `children` only when waiting has lasted long enough to be noticed: quick answers do not flicker. */
export function Late({ children, afterMs = PATIENCE_MS }: LateProps): ReactNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  return isLate ? children : null;
}
