import { useEffect, useState } from "react";

const EVERY_MS = 60_000;

/** The time, drawn anew each minute: "today" becomes yesterday while the reader stays open. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
