// What a person does with a first screen that nobody listens to yet: kept, and done once the program is there.

/** Nobody does more in the seconds this is for. */
const DEFERRED_MAX = 64;

/** Keys with a name that may mean something here; the others, such as F5, are the browser's. */
const NAMED: ReadonlySet<string> = new Set("ArrowDown ArrowUp PageDown PageUp Home End Enter Escape Delete".split(" "));

interface Deferred {
  readonly event: "click" | "keydown";
  readonly init: MouseEventInit & KeyboardEventInit;
  /** What was pressed; a key goes to whatever has the focus when its turn comes. */
  readonly on: Spot | null;
}

/** An element, and the way to the one in its place should the program draw another. */
interface Spot {
  readonly element: HTMLElement;
  readonly way: readonly number[];
}

export interface Deferring {
  /** Does what was done, in order, and listens no more. */
  readonly act: () => Promise<void>;
}

/** Keeps what is done in `place`, which has to be the page's only content. */
export function defer(place: HTMLElement): Deferring {
  const kept: Deferred[] = [];
  const ends = new AbortController();
  const keep = (event: MouseEvent | KeyboardEvent, one: Omit<Deferred, "event" | "init">, key = {}): void => {
    const { type, shiftKey, ctrlKey, metaKey } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    const init = { shiftKey, ctrlKey, metaKey, bubbles: true, cancelable: true, ...key };
    if (kept.length < DEFERRED_MAX) kept.push({ ...one, event: type as Deferred["event"], init });
  };
  const pressed = (event: MouseEvent): void => {
    const { target } = event;
    if (!(target instanceof Element) || !place.contains(target)) return;
    const element = target.closest<HTMLElement>("a, button, input, [role=row]");
    // A link that is to be opened elsewhere is the browser's.
    const isElsewhere = element instanceof HTMLAnchorElement && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (element === null || isField(element) || isElsewhere) return;
    keep(event, { on: spotOf(element, place) });
  };
  const typed = (event: KeyboardEvent): void => {
    const { key, code, target } = event;
    const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    const isNamed = key.length === 1 || NAMED.has(key);
    if (isOurs && isNamed && !isField(target) && !isPressedBy(key, target)) keep(event, { on: null }, { key, code });
  };
  window.addEventListener("click", pressed, { capture: true, signal: ends.signal });
  window.addEventListener("keydown", typed, { capture: true, signal: ends.signal });
  const focus = focusIn(place, ends.signal);
  return {
    async act() {
      ends.abort();
      focus.giveBack();
      retype(place);
      for (const { event, init, on } of kept) {
        const target = on === null ? (document.activeElement ?? document.body) : inPlace(on, place);
        target?.dispatchEvent(event === "click" ? new MouseEvent(event, init) : new KeyboardEvent(event, init));
        // The next one meets what this one has led to.
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
  };
}

/** Where text is typed: the browser does that by itself. */
function isField(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type === "text";
}

/** Whether the browser makes a press of it. */
function isPressedBy(key: string, target: EventTarget | null): boolean {
  const isButton = target instanceof HTMLButtonElement || target instanceof HTMLInputElement;
  return (isButton && (key === "Enter" || key === " ")) || (target instanceof HTMLAnchorElement && key === "Enter");
}

/** Remembers what had the focus last, and tells the program of it: React hears of no focus that was there before it. */
function focusIn(place: HTMLElement, signal: AbortSignal): { readonly giveBack: () => void } {
  let last: Spot | null = null;
  const focused = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLElement && place.contains(target)) last = spotOf(target, place);
  };
  document.addEventListener("focusin", focused, { signal });
  return {
    giveBack() {
      const { activeElement } = document;
      const element = last === null ? null : inPlace(last, place);
      if (element === null) return;
      if (activeElement === element) element.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
      // It went with what was drawn first, and not because somebody took it away.
      else if (activeElement === document.body && last?.element.isConnected === false)
        element.focus({ preventScroll: true });
    },
  };
}

/** Text that was typed early is typed once more, for the program to hear of it. */
function retype(place: HTMLElement): void {
  for (const field of place.querySelectorAll("input")) {
    if (!isField(field) || field.value === field.defaultValue) continue;
    const { value, selectionStart, selectionEnd } = field;
    // React keeps what it knows of a field behind a property of the element; the event counts when the field differs.
    field.value = field.defaultValue;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, value);
    field.setSelectionRange(selectionStart, selectionEnd);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function spotOf(element: HTMLElement, place: HTMLElement): Spot {
  const way: number[] = [];
  for (let at: Element = element; at !== place && at.parentElement !== null; at = at.parentElement)
    way.unshift(Array.prototype.indexOf.call(at.parentElement.children, at));
  return { element, way };
}

/** The same element, or the one of its kind that is where it was. */
function inPlace({ element, way }: Spot, place: HTMLElement): HTMLElement | null {
  if (element.isConnected) return element;
  let at: Element | undefined = place;
  for (const step of way) at = at?.children[step];
  return at instanceof HTMLElement && at.tagName === element.tagName ? at : null;
}
