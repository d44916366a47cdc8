import { actKeys } from "../acts/act-keys.ts";
import { useRunner } from "../acts/runner.tsx";
import { type Target, targetOf } from "../acts/target.ts";
import { useComposer } from "../compose/composer.tsx";
import { useCommands } from "../keys/commands.tsx";
import { isRowFocused, type KeyedRow } from "../list/rows.ts";
import { everything, NOTHING_SELECTED, toggled } from "../list/selection.ts";
import { selectedOf } from "./list-pane.tsx";
import type { MailList } from "./use-mail-list.ts";

interface ListKeysProps {
  readonly mail: MailList;
  readonly isOpen: boolean;
  /** An open message covers the list, and what is chosen in it. */
  readonly isStacked: boolean;
}

/** The keys of a list and of what is chosen in it. Draws nothing. */
export function ListKeys({ mail, isOpen, isStacked }: ListKeysProps): null {
  const runner = useRunner();
  const composer = useComposer();
  const { selection, select, openRow, order } = mail;
  const hasSelection = selection.keys.size > 0;
  // Arrows leave what is open where it is: from then on what has the focus is meant.
  const focusedRow = (): KeyedRow | undefined =>
    document.activeElement?.matches("[role=row]") === true ? mail.activeRow() : undefined;
  const rowMeant = (): KeyedRow | undefined => focusedRow() ?? openRow ?? mail.activeRow();
  // A row that is only active is acted on while it has the focus: never one that nobody looks at.
  const needsFocus = !hasSelection && openRow === undefined;
  const withTarget = (does: (target: Target) => void) => (): void => {
    const row = rowMeant();
    const chosen = isOpen && isStacked ? null : selectedOf(mail);
    const target = chosen ?? (row === undefined ? null : targetOf([row.row]));
    const isLookedAt = !needsFocus || isRowFocused();
    if (target !== null && isLookedAt) does(target);
  };
  const extend = (by: 1 | -1) => (): void => {
    if (mail.activeRow() !== undefined) mail.extend(mail.activeAt() + by);
  };
  const answer = (kind: "reply" | "reply-all" | "forward"): (() => void) =>
    withTarget(() => {
      const row = rowMeant();
      if (row !== undefined) composer.answer(kind, row.row);
    });
  useCommands({
    next: () => mail.step(1),
    previous: () => mail.step(-1),
    open: () => mail.open(mail.activeAt()),
    back: () => (hasSelection && !isOpen ? select(NOTHING_SELECTED) : mail.close()),
    select() {
      const activeRow = mail.activeRow();
      if (activeRow !== undefined) select(toggled(selection, activeRow.key));
    },
    "select-next": extend(1),
    "select-previous": extend(-1),
    "select-all": () => select(everything(order)),
    "select-none": () => select(NOTHING_SELECTED),
    ...actKeys(runner, withTarget),
    reply: answer("reply"),
    "reply-all": answer("reply-all"),
    forward: answer("forward"),
  });
  return null;
}
