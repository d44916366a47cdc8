// Carries out wishes, from buttons and from keys alike: asks first where it must, and says afterwards what was done.
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Act, MailboxRow } from "../../api/schema/index.ts";
import { mailboxesQuery, useAccountNames } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Confirm } from "../parts/dialog.tsx";
import { inFront } from "../parts/in-front.tsx";
import { useWords } from "../words/use-words.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { actedOn, actOf, type Target, type Wish } from "./target.ts";
import { type Acts, useActs } from "./use-acts.ts";

const LabelDialog = inFront(async () => (await import("../organise/label-dialog.tsx")).LabelDialog);

export interface Runner {
  run(wish: Wish, target: Target): void;
  /** Asks where to. */
  move(target: Target): void;
  /** Asks which. */
  label(target: Target): void;
  /** Asks, then empties. */
  empty(account: string, role: "trash" | "junk"): void;
}

const RunnerContext = createContext<Runner>({
  run: () => undefined,
  move: () => undefined,
  label: () => undefined,
  empty: () => undefined,
});

export function useRunner(): Runner {
  return useContext(RunnerContext);
}

type Asking =
  | { readonly kind: "delete" | "move" | "label"; readonly target: Target }
  | { readonly kind: "empty"; readonly account: string; readonly role: "trash" | "junk" };

interface RunnerProps {
  readonly children: ReactNode;
  /** Called when an act has been shown, before the server has answered. */
  readonly onActed: (act: Act, target: Target) => void;
}

export function RunnerProvider({ children, onActed }: RunnerProps): React.JSX.Element {
  const acts = useActs();
  const [asking, setAsking] = useState<Asking | null>(null);
  const perform = (act: Act | undefined, target: Target): void => {
    if (act === undefined) return;
    acts.do(act, actedOn(act, target), { count: target.count, from: target.from });
    onActed(act, target);
  };
  const runner = useMemo<Runner>(
    () => ({
      run(wish, target) {
        if (wish === "delete") setAsking({ kind: "delete", target });
        else perform(actOf(wish, target), target);
      },
      move: (target) => setAsking({ kind: "move", target }),
      label: (target) => setAsking({ kind: "label", target }),
      empty: (account, role) => setAsking({ kind: "empty", account, role }),
    }),
    // The runner must not change with every row: whoever holds it would be drawn again.
    // oxlint-disable-next-line react/exhaustive-deps
    [acts, onActed],
  );
  return (
    <RunnerContext value={runner}>
      {children}
      {asking === null ? null : (
        <Question asking={asking} perform={perform} onEmpty={acts.empty} onClose={() => setAsking(null)} />
      )}
    </RunnerContext>
  );
}

interface QuestionProps {
  readonly asking: Asking;
  readonly perform: (act: Act, target: Target) => void;
  readonly onEmpty: Acts["empty"];
  readonly onClose: () => void;
}

function Question({ asking, perform, onEmpty, onClose }: QuestionProps): React.JSX.Element {
  const { say } = useWords();
  if (asking.kind === "empty") return <EmptyQuestion {...asking} onEmpty={onEmpty} onClose={onClose} />;
  const { target } = asking;
  if (asking.kind === "move") {
    return (
      <MoveDialog target={target} onMove={(mailbox) => perform({ kind: "move", mailbox }, target)} onClose={onClose} />
    );
  }
  if (asking.kind === "label") {
    return (
      <LabelDialog target={target} onLabel={(kind, label) => perform({ kind, label }, target)} onClose={onClose} />
    );
  }
  return (
    <Confirm
      title={say("delete.title", { count: target.count })}
      does={say("delete.does")}
      onConfirm={() => perform({ kind: "delete", confirmed: true }, target)}
      onClose={onClose}
    >
      {say("delete.more")}
    </Confirm>
  );
}

interface EmptyQuestionProps extends Pick<QuestionProps, "onEmpty" | "onClose"> {
  readonly account: string;
  readonly role: "trash" | "junk";
}

/** Says how many messages go, and whose: those go that it said first, whatever comes in while it is read. */
function EmptyQuestion({ account, role, onEmpty, onClose }: EmptyQuestionProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const name = useAccountNames().get(account) ?? "";
  const { data, error, isFetching } = useQuery(mailboxesQuery(account));
  const [counted, setCounted] = useState<Counted>();
  // What was counted before may be outdated: then it is being asked again.
  if (counted === undefined && data !== undefined && !isFetching)
    setCounted(countedOf(data.mailboxes.filter((one) => one.account === account && one.role === role)));
  return (
    <Confirm
      title={say(`empty.title-${role}`)}
      does={say("empty.does")}
      onConfirm={counted === undefined ? undefined : () => onEmpty({ account, role, lastUid: counted.lastUid })}
      onClose={onClose}
    >
      {counted !== undefined
        ? say("empty.more-of", { count: counted.messages, account: name })
        : error !== null
          ? refusalText(words, error)
          : say("empty.more")}
    </Confirm>
  );
}

type Counted = Pick<MailboxRow, "messages" | "lastUid">;

/** An account has one mailbox of a role, or none yet. */
function countedOf([mailbox]: readonly MailboxRow[]): Counted {
  return mailbox ?? { messages: 0, lastUid: 0 };
}
