// What a rule would do to the mail that is in the inbox today; and doing it, when somebody says so.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { RuleRow } from "../../api/schema/index.ts";
import { beginUnderway } from "../acts/underway.ts";
import { useUndo } from "../acts/use-acts.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { useChange } from "./use-change.ts";

/** While a rule is typed it is not counted with every key. */
const COUNT_AFTER_MS = 500;

interface ExistingMailProps {
  readonly account: string;
  readonly rule: RuleRow;
}

export function ExistingMail({ account, rule }: ExistingMailProps): React.JSX.Element {
  const { say } = useWords();
  const undo = useUndo();
  const key = JSON.stringify(rule);
  const [settled, setSettled] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), COUNT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const { data } = useQuery({
    queryKey: [...KEYS.rules, account, "matches", settled],
    queryFn: ({ signal }) => call("countMatches", { account, rule: JSON.parse(settled) as RuleRow }, signal),
    gcTime: 0,
  });
  const apply = useChange(
    () => call("applyRule", { account, rule, confirmed: true }),
    [KEYS.lists, KEYS.mailboxes, KEYS.conversations, KEYS.messages, KEYS.rules],
  );
  if (data === undefined || settled !== key) return <p role="status">{say("rule.counting")}</p>;
  const { matches: count, isComplete } = data;
  return (
    <p className="panel-acts" role="status">
      <span>{say("rule.matches", { count, isComplete: isComplete ? "yes" : "no" })}</span>
      {count === 0 ? null : (
        <Button
          isDisabled={apply.isPending}
          onPress={() =>
            beginUnderway(
              apply
                .mutateAsync(undefined)
                .then((done) => undo.offer(say("rule.applied", { count: done.changed }), done), undo.offerPart),
            )
          }
        >
          {say("rule.apply")}
        </Button>
      )}
    </p>
  );
}
