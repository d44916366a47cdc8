import { useQuery } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { LabelRow } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { labelsQuery } from "../data/organising-queries.ts";
import { KEYS } from "../data/queries.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Known } from "../parts/known.tsx";
import { useWords } from "../words/use-words.ts";
import type { PageProps } from "./organise-screen.tsx";
import { useChange } from "./use-change.ts";

type Colour = LabelRow["colour"];
const COLOURS: readonly Colour[] = ["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple"];

interface Edited {
  /** Undefined: a new one. */
  readonly label?: string;
  readonly name: string;
  readonly colour: Colour;
}

const NEW: Edited = { name: "", colour: "grey" };

export function LabelsPage({ account }: PageProps): React.JSX.Element {
  const query = useQuery(labelsQuery(account));
  return <Known query={query}>{({ labels }) => <Labels account={account} labels={labels} />}</Known>;
}

interface LabelsProps {
  readonly account: string;
  readonly labels: readonly LabelRow[];
}

function Labels({ account, labels }: LabelsProps): React.JSX.Element {
  const { say } = useWords();
  const [edited, setEdited] = useState<Edited>(NEW);
  const [removing, setRemoving] = useState<LabelRow | null>(null);
  const save = useChange((label: Edited) => call("saveLabel", { account, ...label }), [KEYS.labels]);
  const remove = useChange((label: string) => call("removeLabel", { account, label }), [KEYS.labels]);
  /** Messages kept its keyword, so the label is on them again. */
  const offerBack = (label: LabelRow): void =>
    showToast({ text: say("label.removed", { name: label.name }), tone: "plain", undo: () => save.mutate(label) });
  return (
    <>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (edited.name.trim() !== "")
            save.mutate({ ...edited, name: edited.name.trim() }, { onSuccess: () => setEdited(NEW) });
        }}
      >
        <div className="form-line">
          <label className="field">
            <span>{say("label.name")}</span>
            <input
              value={edited.name}
              maxLength={60}
              onChange={({ target }) => setEdited({ ...edited, name: target.value })}
            />
          </label>
          <label className="field">
            <span>{say("label.colour")}</span>
            <select
              value={edited.colour}
              onChange={({ target }) => setEdited({ ...edited, colour: target.value as Colour })}
            >
              {COLOURS.map((colour) => (
                <option key={colour} value={colour}>
                  {say(`colour.${colour}`)}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" className="button primary">
            {say(edited.label === undefined ? "organise.add" : "organise.save")}
          </button>
          {edited.label === undefined ? null : <Button onPress={() => setEdited(NEW)}>{say("act.cancel")}</Button>}
        </div>
      </form>
      {labels.length === 0 ? (
        <p className="organise-more">{say("label.none")}</p>
      ) : (
        <ul className="things">
          {labels.map((label) => (
            <li key={label.label}>
              <span className="label-dot" data-colour={label.colour} />
              <bdi className="thing-text">{label.name}</bdi>
              <IconButton
                icon={Pencil}
                label={say("organise.edit", { name: label.name })}
                onPress={() => setEdited(label)}
              />
              <IconButton
                icon={Trash2}
                label={say("label.remove", { name: label.name })}
                onPress={() => setRemoving(label)}
              />
            </li>
          ))}
        </ul>
      )}
      {removing === null ? null : (
        <Confirm
          title={say("label.remove-ask")}
          does={say("label.remove-does")}
          onClose={() => setRemoving(null)}
          onConfirm={() => remove.mutate(removing.label, { onSuccess: () => offerBack(removing) })}
        >
          {say("label.remove-more")}
        </Confirm>
      )}
    </>
  );
}
