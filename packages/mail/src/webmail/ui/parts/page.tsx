// A screen beside mail: one column of text and forms that scrolls, under a heading the focus begins at.
import { type ReactNode, useEffect, useRef } from "react";
import "./page.css";

interface PageProps {
  readonly title: string;
  readonly intro?: ReactNode;
  /** Links to its parts, or acts on all of it. */
  readonly beside?: ReactNode;
  readonly size?: "narrow" | "wide";
  readonly children: ReactNode;
}

export function Page({ title, intro, beside, size = "narrow", children }: PageProps): React.JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className="page" data-pane>
      <div className={`page-column ${size}`}>
        <header className="page-head">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {beside}
        </header>
        {intro === undefined ? null : <p className="page-intro">{intro}</p>}
        {children}
      </div>
    </div>
  );
}
