import { type ReactNode, useEffect, useRef } from "react";

/** What went wrong: announced, and brought into sight below whatever form it is about. */
export function Alarm({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  // Newer browsers give a promise, which an effect must not.
  useEffect(() => void box.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <div ref={box} className="alarm" role="alert">
      {children}
    </div>
  );
}
