// What a button that is only a picture is called, and its key, shown to whoever points at it or comes to it by keys. One for
// the page, however many buttons there are. It can be pointed at itself and sent away with Escape or Control (WCAG 1.4.13).
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import "./tooltip.css";

const DELAY_MS = 600;
/** The way from the button to what is said of it. */
const LEAVE_MS = 150;
const GAP_PX = 4;
const ID = "tooltip";
/** Escape does nothing else then, and Control never does; the others press the button. */
const SENT_AWAY_BY: ReadonlySet<string> = new Set(["Escape", "Control", "Enter", " "]);
const DIALOG = "[role=dialog], [role=alertdialog]";

export function Tooltip(): React.JSX.Element | null {
  const [button, setButton] = useState<HTMLElement | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => watch(setButton), []);
  useEffect(() => {
    button?.setAttribute("aria-describedby", ID);
    return () => button?.removeAttribute("aria-describedby");
  }, [button]);
  useLayoutEffect(() => {
    if (button !== null && box.current !== null) place(box.current, button.getBoundingClientRect());
  }, [button]);
  if (button === null) return null;
  const { hint = "" } = button.dataset;
  return createPortal(
    // A dialog hides what is not in it from whoever cannot see; this is said of a button in it.
    <div ref={box} id={ID} role="tooltip" className="tooltip" data-react-aria-top-layer>
      {button.getAttribute("aria-label")}
      {hint === "" ? null : <kbd className="key">{hint}</kbd>}
    </div>,
    document.body,
  );
}

/** Says which button is to be told of; gives back how to stop. */
function watch(show: (button: HTMLElement | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isShown = false;
  // In a dialog Escape is the way out, and nobody asked for what stands there since the focus came: both go at once.
  let isInTheWay = false;
  const turn = (button: HTMLElement | null, afterMs: number): void => {
    clearTimeout(timer);
    const now = (): void => {
      isShown = button?.isConnected === true;
      isInTheWay = afterMs === 0 && button?.closest(DIALOG) instanceof Element;
      show(isShown ? button : null);
    };
    if (afterMs === 0) now();
    else timer = setTimeout(now, afterMs);
  };
  const hide = (): void => {
    clearTimeout(timer);
    if (isShown) turn(null, 0);
  };
  const listeners: { readonly [K in keyof DocumentEventMap]?: (event: DocumentEventMap[K]) => void } = {
    pointerover({ target, pointerType }) {
      if (pointerType === "touch" || !(target instanceof Element)) return;
      if (target.closest(`#${ID}`) !== null) return clearTimeout(timer);
      const button = target.closest<HTMLElement>("[data-hint]");
      if (button !== null) turn(button, DELAY_MS);
      else if (isShown) turn(null, LEAVE_MS);
      else clearTimeout(timer);
    },
    focusin({ target }) {
      const isNamed = target instanceof HTMLElement && target.dataset["hint"] !== undefined;
      if (isNamed && target.matches(":focus-visible")) turn(target, 0);
      else hide();
    },
    focusout: hide,
    pointerdown: hide,
    scroll: hide,
    keydown(event) {
      if (!isShown || !SENT_AWAY_BY.has(event.key)) return;
      if (event.key === "Escape" && !isInTheWay) event.stopPropagation();
      hide();
    },
  };
  const ends = new AbortController();
  for (const [kind, listener] of Object.entries(listeners))
    document.addEventListener(kind, listener as EventListener, { capture: true, signal: ends.signal });
  return () => {
    clearTimeout(timer);
    ends.abort();
  };
}

/** Above the button, or below it where there is no room; never beyond the edges of the window. */
function place(box: HTMLElement, button: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = button.top - GAP_PX - height;
  const left = button.left + (button.width - width) / 2;
  const most = document.documentElement.clientWidth - width - GAP_PX;
  const top = above >= GAP_PX ? above : button.bottom + GAP_PX;
  box.style.translate = `${Math.max(GAP_PX, Math.min(most, left))}px ${top}px`;
}
