import { useCallback, useEffect, useRef } from "react";

/** A function that stays the same and does what the newest drawing says: whoever is given it is not drawn again for it. */
export function useLatest<A extends readonly unknown[], R>(does: (...args: A) => R): (...args: A) => R {
  const latest = useRef(does);
  useEffect(() => {
    latest.current = does;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
