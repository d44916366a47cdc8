import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useState } from "react";
import type { RouteOutput, RuleRow } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { labelsQuery, rulesQuery } from "../data/organising-queries.ts";
import { KEYS } from "../data/queries.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Known } from "../parts/known.tsx";
import type { RuleBeginning } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { NEW_ACTION } from "./action-line.tsx";
import { NEW_CONDITION } from "./condition-line.tsx";
import type { PageProps } from "./organise-screen.tsx";
import { RuleEditor } from "./rule-editor.tsx";
import { ruleText } from "./rule-text.ts";
import { useChange } from "./use-change.ts";

export function RulesPage({ account, begin }: PageProps): React.JSX.Element {
  const query = useQuery(rulesQuery(account));
  return <Known query={query}>{(kept) => <Rules account={account} begin={begin} kept={kept} />}</Known>;
}

interface RulesProps extends PageProps {
  readonly kept: RouteOutput<"rules">;
}

function Rules({ account, begin, kept: { rules, version } }: RulesProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data: labels } = useQuery(labelsQuery(account));
  const [edited, setEdited] = useState<RuleRow | null>(() => (begin === null ? null : begun(begin)));
  const save = useChange((next: RouteOutput<"rules">) => call("saveRules", { account, ...next }), [KEYS.rules]);
  const keep = (next: RuleRow[], done?: () => void): void => {
    save.mutate({ rules: next, version }, done === undefined ? {} : { onSuccess: done });
  };
  const nameOf = ({ name }: RuleRow, at: number): string =>
    name === "" ? say("rule.unnamed", { number: at + 1 }) : name;
  const swap = (at: number, by: 1 | -1): void => {
    const [one, other] = [rules[at], rules[at + by]];
    if (one !== undefined && other !== undefined) keep(rules.with(at, other).with(at + by, one));
  };
  const remove = (at: number): void => {
    const removed = rules[at];
    if (removed === undefined) return;
    keep(rules.toSpliced(at, 1), () =>
      showToast({
        text: say("rule.removed"),
        tone: "plain",
        undo: () => void putBack(removed, at),
      }),
    );
  };
  /** Other rules may have come and gone meanwhile. */
  const putBack = async (removed: RuleRow, at: number): Promise<void> => {
    const now = await call("rules", { account });
    save.mutate({ rules: now.rules.toSpliced(at, 0, removed), version: now.version });
  };
  const saveEdited = (rule: RuleRow): void => {
    const at = rules.findIndex(({ id }) => id === rule.id);
    keep(at < 0 ? [...rules, rule] : rules.with(at, rule), () => setEdited(null));
  };
  return (
    <>
      <p className="organise-more">{say("rule.more")}</p>
      {rules.length === 0 && edited === null ? <p className="organise-more">{say("rule.none")}</p> : null}
      <ol className="things">
        {rules.map((rule, at) => (
          <li key={rule.id}>
            <span className="thing-text">
              <bdi>{nameOf(rule, at)}</bdi>
              <bdi className="thing-more">{ruleText(words, rule, labels?.labels ?? [])}</bdi>
            </span>
            <span className="thing-controls">
              <label className="check">
                <input
                  type="checkbox"
                  checked={rule.isEnabled}
                  onChange={({ target }) => keep(rules.with(at, { ...rule, isEnabled: target.checked }))}
                />
                {say("rule.is-on")}
                <span className="unseen">{nameOf(rule, at)}</span>
              </label>
              <IconButton
                icon={ArrowUp}
                label={say("rule.up", { name: nameOf(rule, at) })}
                isDisabled={at === 0}
                onPress={() => swap(at, -1)}
              />
              <IconButton
                icon={ArrowDown}
                label={say("rule.down", { name: nameOf(rule, at) })}
                isDisabled={at === rules.length - 1}
                onPress={() => swap(at, 1)}
              />
              <Button onPress={() => setEdited(rule)}>{say("rule.edit")}</Button>
              <IconButton
                icon={Trash2}
                label={say("rule.remove", { name: nameOf(rule, at) })}
                onPress={() => remove(at)}
              />
            </span>
          </li>
        ))}
      </ol>
      {edited === null ? (
        <div>
          <Button kind="primary" onPress={() => setEdited(emptyRule())}>
            {say("rule.new")}
          </Button>
        </div>
      ) : (
        <RuleEditor
          key={edited.id}
          account={account}
          rule={edited}
          isSaving={save.isPending}
          onSave={saveEdited}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}

function emptyRule(): RuleRow {
  return {
    id: crypto.randomUUID(),
    name: "",
    isEnabled: true,
    match: "all",
    conditions: [NEW_CONDITION],
    actions: [NEW_ACTION],
    stops: false,
  };
}

function begun({ from, mailbox }: RuleBeginning): RuleRow {
  return {
    ...emptyRule(),
    name: from.slice(0, 200),
    conditions: [{ field: "from", test: "is", value: from }],
    actions: [{ kind: "move", mailbox }],
  };
}
