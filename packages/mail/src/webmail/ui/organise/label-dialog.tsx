// Puts labels on what is chosen and takes them off. With mail of several accounts there is no label they share.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { showToast } from "../acts/toasts.ts";
import type { Target } from "../acts/target.ts";
import { call } from "../data/call.ts";
import { labelsQuery } from "../data/organising-queries.ts";
import { KEYS } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import "../parts/form.css";

interface LabelDialogProps {
  readonly target: Target;
  readonly onLabel: (kind: "label" | "unlabel", label: string) => void;
  readonly onClose: () => void;
}

export function LabelDialog({ target, onLabel, onClose }: LabelDialogProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const account = target.refs[0]?.account ?? "";
  const isOneAccount = target.refs.every((ref) => ref.account === account);
  const { data } = useQuery(labelsQuery(account));
  const [on, setOn] = useState(() => new Set(target.labels));
  const [name, setName] = useState("");
  const wanted = name.trim().toLocaleLowerCase();
  const labels = (data?.labels ?? []).filter((one) => one.name.toLocaleLowerCase().includes(wanted));
  const isNew = wanted !== "" && !labels.some((one) => one.name.toLocaleLowerCase() === wanted);

  const toggle = (label: string): void => {
    onLabel(on.has(label) ? "unlabel" : "label", label);
    setOn(on.has(label) ? new Set([...on].filter((one) => one !== label)) : new Set([...on, label]));
  };
  const make = async (): Promise<void> => {
    try {
      const { label } = await call("saveLabel", { account, name: name.trim(), colour: "grey" });
      await client.invalidateQueries({ queryKey: KEYS.labels });
      setName("");
      toggle(label);
    } catch (error) {
      showToast({ text: refusalText(words, error), tone: "trouble" });
    }
  };
  return (
    <Dialog title={say("label.title", { count: target.count })} onClose={onClose}>
      {isOneAccount ? (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            const [first] = labels;
            if (isNew) void make();
            else if (wanted !== "" && first !== undefined) toggle(first.label);
          }}
        >
          <label className="field">
            <span>{say("label.find")}</span>
            {/* The dialog is for this field. */}
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
            <input autoFocus maxLength={60} value={name} onChange={({ target: field }) => setName(field.value)} />
          </label>
          <ul className="label-list">
            {labels.map((one) => (
              <li key={one.label}>
                <label className="label-choice">
                  <input type="checkbox" checked={on.has(one.label)} onChange={() => toggle(one.label)} />
                  <span className="label-dot" data-colour={one.colour} />
                  <bdi>{one.name}</bdi>
                </label>
              </li>
            ))}
          </ul>
          {isNew ? <Button onPress={() => void make()}>{say("label.make", { name: name.trim() })}</Button> : null}
        </form>
      ) : (
        <p className="dialog-body">{say("label.several")}</p>
      )}
    </Dialog>
  );
}
