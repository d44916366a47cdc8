import { type KeyboardEvent, memo, type PointerEvent, useEffect, useState } from "react";
import { type PaneName, RANGES, showWidth, storedWidth } from "./pane-width.ts";

const STEP_REM = 1;

interface SplitterProps {
  readonly name: PaneName;
  readonly label: string;
}

/** The line between two panes: dragged, or moved with the arrow keys. The width is kept in this browser. */
export const Splitter = memo(function Splitter({ name, label }: SplitterProps): React.JSX.Element {
  const { least, most, usual } = RANGES[name];
  const [width, setWidth] = useState(() => storedWidth(name));
  useEffect(() => {
    showWidth(name, width);
    localStorage.setItem(`restante.${name}`, String(width));
  }, [name, width]);
  const set = (rem: number): void => setWidth(Math.min(most, Math.max(least, Math.round(rem * 100) / 100)));

  const dragged = (event: PointerEvent<HTMLDivElement>): void => {
    const pane = event.currentTarget.previousElementSibling;
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || pane === null) return;
    const box = pane.getBoundingClientRect();
    const px = isRightToLeft() ? box.right - event.clientX : event.clientX - box.left;
    set(px / Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  };
  const pressed = (event: KeyboardEvent): void => {
    const forward = isRightToLeft() ? "ArrowLeft" : "ArrowRight";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight")
      set(width + (event.key === forward ? STEP_REM : -STEP_REM));
    else if (event.key === "Home") set(least);
    else if (event.key === "End") set(most);
    else if (event.key === "Enter") set(usual);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // A separator that can be moved is a widget with a value (ARIA 1.2), which the linter does not know.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      role="separator"
      className="splitter"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(width)}
      aria-valuemin={least}
      aria-valuemax={most}
      onKeyDown={pressed}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={dragged}
      onDoubleClick={() => set(usual)}
    />
  );
});

function isRightToLeft(): boolean {
  return document.documentElement.dir === "rtl";
}
