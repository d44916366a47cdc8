import { useRunner } from "../acts/runner.tsx";
import type { Target, Wish } from "../acts/target.ts";
import { useCommands } from "../keys/commands.tsx";

interface ListKeysProps {
  readonly target: Target | null;
  /** The target is only the active row: keys act on it while a row has the focus, never on a row nobody looks at. */
  readonly needsFocus: boolean;
  readonly isOpen: boolean;
  readonly hasSelection: boolean;
  readonly onStep: (by: 1 | -1) => void;
  readonly onOpen: () => void;
  readonly onBack: () => void;
  readonly onSelect: () => void;
  readonly onExtend: (by: 1 | -1) => void;
  readonly onSelectAll: () => void;
  readonly onSelectNone: () => void;
}

/** The keys of a list and of what is chosen in it. Draws nothing. */
export function ListKeys(props: ListKeysProps): null {
  const { target, needsFocus, isOpen, hasSelection } = props;
  const runner = useRunner();
  const withTarget = (does: (target: Target) => void) => (): void => {
    if (target !== null && (!needsFocus || document.activeElement?.closest("[role=row]") !== null)) does(target);
  };
  const wish = (one: Wish) => withTarget((on) => runner.run(one, on));
  useCommands({
    next: () => props.onStep(1),
    previous: () => props.onStep(-1),
    open: props.onOpen,
    back: () => (hasSelection && !isOpen ? props.onSelectNone() : props.onBack()),
    select: props.onSelect,
    "select-next": () => props.onExtend(1),
    "select-previous": () => props.onExtend(-1),
    "select-all": props.onSelectAll,
    "select-none": props.onSelectNone,
    archive: wish("archive"),
    trash: wish("trash"),
    delete: wish("delete"),
    junk: wish("junk"),
    star: wish("star"),
    read: wish("read"),
    unread: wish("unread"),
    move: withTarget((on) => runner.move(on)),
  });
  return null;
}
