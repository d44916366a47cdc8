// A button and the menu it opens. The menu is loaded when somebody is about to press.
import { type LucideIcon } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import type { TriggerProps } from "./button.tsx";
import { inFront } from "./in-front.tsx";

export interface MenuRow {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly hint?: string | undefined;
  /** Drawn with a tick: one of several. */
  readonly isChosen?: boolean;
  readonly isDanger?: boolean;
  /** A link, opened in a tab of its own. */
  readonly href?: string;
  /** Saved under this name instead of opened. */
  readonly download?: string;
  /** The label is a name somebody chose, not a text of ours. */
  readonly isName?: boolean;
  readonly onAction?: () => void;
}

export interface MenuGroup {
  readonly title?: string;
  readonly rows: readonly MenuRow[];
}

const OpenMenu = inFront(async () => (await import("./open-menu.tsx")).OpenMenu);

/** Where the focus begins, by the key that opened it; a pointer leaves it to the menu itself. */
const OPENING_KEYS: Readonly<Record<string, "first" | "last">> = {
  Enter: "first",
  " ": "first",
  ArrowDown: "first",
  ArrowUp: "last",
};

interface MenuButtonProps {
  /** What opens it: one button. */
  readonly children: (trigger: TriggerProps) => ReactNode;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
}

export function MenuButton({ children, label, groups }: MenuButtonProps): React.JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<"first" | "last" | "menu" | null>(null);
  const open = (focus: "first" | "last" | "menu"): void => {
    // Not every browser gives a pressed button the focus, and that is where it comes back to.
    button.current?.focus();
    setOpened(focus);
  };
  const pressed = (event: KeyboardEvent): void => {
    const focus = OPENING_KEYS[event.key];
    if (focus === undefined) return;
    event.preventDefault();
    open(focus);
  };
  return (
    <>
      {children({
        ref: button,
        "aria-haspopup": "menu",
        "aria-expanded": opened !== null,
        onKeyDown: pressed,
        onPress: () => open("menu"),
      })}
      {opened === null ? null : (
        <OpenMenu trigger={button} label={label} groups={groups} focus={opened} onClose={() => setOpened(null)} />
      )}
    </>
  );
}
