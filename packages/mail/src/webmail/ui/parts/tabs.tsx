// Links to the parts of a screen, in one line: where there is no room for all of them they scroll, and the one that is
// open is in sight.
import { useEffect, useRef } from "react";
import "./tabs.css";

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly { readonly href: string; readonly label: string; readonly isOpen: boolean }[];
}

export function Tabs({ label, tabs }: TabsProps): React.JSX.Element {
  const open = useRef<HTMLAnchorElement>(null);
  const openHref = tabs.find(({ isOpen }) => isOpen)?.href;
  // Newer browsers give a promise, which an effect must not.
  useEffect(() => void open.current?.scrollIntoView({ block: "nearest", inline: "center" }), [openHref]);
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a
          key={tab.href}
          ref={tab.isOpen ? open : undefined}
          href={tab.href}
          data-label={tab.label}
          aria-current={tab.isOpen ? "page" : undefined}
        >
          {tab.label}
        </a>
      ))}
    </nav>
  );
}
