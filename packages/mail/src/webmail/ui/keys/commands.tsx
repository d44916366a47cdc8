// Who carries out a key: the component that is drawn and said so last.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { type Command, hintOf, isCharacter, type KeyRow, lookUp, strokeOf } from "./keymap.ts";

/** "pass": not meant here; whoever listened before is asked. */
type Handlers = Partial<Record<Command, () => void | "pass">>;

interface Registry {
  readonly areLettersOn: boolean;
  add(handlers: { readonly current: Handlers }): () => void;
}

const RegistryContext = createContext<Registry>({ areLettersOn: true, add: () => () => undefined });

/** How long the second stroke of a sequence may take. */
const SEQUENCE_MS = 1_200;

interface KeyboardProps {
  readonly areLettersOn: boolean;
  readonly children: ReactNode;
}

/** Listens to the keys of the whole page. */
export function Keyboard({ areLettersOn, children }: KeyboardProps): React.JSX.Element {
  const stack = useRef<{ readonly current: Handlers }[]>([]);
  const registry = useMemo<Registry>(
    () => ({
      areLettersOn,
      add(handlers) {
        stack.current.push(handlers);
        return () => {
          stack.current = stack.current.filter((one) => one !== handlers);
        };
      },
    }),
    [areLettersOn],
  );
  useEffect(() => {
    let begun: { readonly stroke: string; readonly at: number } | null = null;
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isInModal(event.target)) return;
      if (event.key === "Enter" && isOperated(event.target)) return;
      const before = begun !== null && event.timeStamp - begun.at < SEQUENCE_MS ? begun.stroke : null;
      const stroke = strokeOf(event);
      const found = lookUp(before, stroke);
      begun = null;
      const isOn = areLettersOn || !isCharacter(stroke);
      if (found === undefined || !isOn || !isAllowed(found, event.target)) return;
      if (found === "begins") {
        begun = { stroke, at: event.timeStamp };
        return;
      }
      if (event.repeat && found.isRepeated !== true) {
        // It is done, and no key of the browser's either.
        event.preventDefault();
        return;
      }
      const isDone = stack.current.toReversed().some(({ current }) => {
        const handler = current[found.command];
        return handler !== undefined && handler() !== "pass";
      });
      if (isDone) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [areLettersOn]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

function isAllowed(found: KeyRow | "begins", target: EventTarget | null): boolean {
  return (found !== "begins" && found.isAlways === true) || !isTyping(target);
}

/** What Enter presses by itself. */
function isOperated(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("button, a[href], summary, [role=button], [role=separator]") !== null
  );
}

/** Where keys are text, or belong to the browser: fields and open menus. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      "input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=menu], [role=listbox]",
    ) !== null
  );
}

function isInModal(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dialog, [role=dialog], [role=alertdialog], [role=menu]") !== null;
}

/** Carries out commands for as long as the component is drawn. */
export function useCommands(handlers: Handlers): void {
  const registry = useContext(RegistryContext);
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => registry.add(latest), [registry]);
}

/** The key of a command for a tooltip; undefined while letters are switched off. */
export function useHint(): (command: Command) => string | undefined {
  const { areLettersOn } = useContext(RegistryContext);
  return (command) => (areLettersOn ? hintOf(command) : undefined);
}
