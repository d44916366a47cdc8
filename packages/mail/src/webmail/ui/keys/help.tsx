import { Dialog } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import { KEYMAP, LIST_KEYS, type KeyRow } from "./keymap.ts";
import "./help.css";

const GROUPS = ["moving", "acting", "writing", "going"] as const;

interface HelpProps {
  readonly areLettersOn: boolean;
  readonly onSwitch: (areOn: boolean) => void;
  readonly onClose: () => void;
}

/** Every key there is, and the switch that turns the letters off. */
export function Help({ areLettersOn, onSwitch, onClose }: HelpProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={say("help.title")} size="large" onClose={onClose}>
      <label className="help-switch">
        <input type="checkbox" checked={areLettersOn} onChange={(event) => onSwitch(event.target.checked)} />
        {say("help.switch")}
      </label>
      <div className="help-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{say(`help.${group}`)}</h3>
            <dl>
              {group === "moving" ? LIST_KEYS.map((row) => <HelpRow key={row.word} row={row} />) : null}
              {KEYMAP.filter((row) => row.group === group).map((row) => (
                <HelpRow key={row.command} row={row} />
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="help-frame">{say("help.frame")}</p>
    </Dialog>
  );
}

function HelpRow({ row }: { readonly row: Pick<KeyRow, "keys" | "word"> }): React.JSX.Element {
  const { say } = useWords();
  return (
    <div className="help-row">
      <dt>{say(row.word)}</dt>
      <dd>
        {row.keys.map((keys) => (
          <span key={keys} className="help-keys">
            {keys.split(" ").map((stroke) => (
              <kbd key={stroke} className="key">
                {stroke}
              </kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  );
}
