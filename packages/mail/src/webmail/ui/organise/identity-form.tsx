import { useState } from "react";
import type { IdentityRow, NewIdentity } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { restoreAddress } from "./removed-addresses.ts";
import { NEW_SERVER, SubmissionFields } from "./submission-fields.tsx";
import { useChange } from "./use-change.ts";

interface IdentityFormProps {
  readonly account: string;
  /** Null: a new one. */
  readonly identity: IdentityRow | null;
  readonly isFirst: boolean;
  readonly onClose: () => void;
}

export function IdentityForm({ account, identity, isFirst, onClose }: IdentityFormProps): React.JSX.Element {
  const { say } = useWords();
  const [edited, setEdited] = useState<NewIdentity>(() => ({
    account,
    address: identity?.address ?? "",
    name: identity?.name ?? "",
    signature: identity?.signature ?? "",
    isDefault: identity?.isDefault ?? isFirst,
    server: identity?.server ?? null,
  }));
  const [password, setPassword] = useState("");
  const change = (changed: Partial<NewIdentity>): void => setEdited({ ...edited, ...changed });
  const { server } = edited;
  const save = useChange(async () => {
    await restoreAddress(edited);
    return call("saveIdentity", { ...edited, ...(password === "" ? {} : { password }) });
  }, [KEYS.identities]);
  return (
    <form
      className="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <div className="form-line">
        <label className="field long">
          <span>{say("identity.address")}</span>
          <input
            // No field for e-mail: browsers take none whose local part is beyond ASCII. The server looks at it.
            inputMode="email"
            required
            dir="ltr"
            autoComplete="email"
            maxLength={320}
            readOnly={identity !== null}
            value={edited.address}
            onChange={({ target }) => change({ address: target.value })}
          />
        </label>
        <label className="field long">
          <span>{say("identity.name")}</span>
          <input
            dir="auto"
            autoComplete="name"
            maxLength={200}
            value={edited.name}
            onChange={({ target }) => change({ name: target.value })}
          />
        </label>
      </div>
      <label className="field">
        <span>{say("identity.signature")}</span>
        <textarea
          dir="auto"
          maxLength={10_000}
          value={edited.signature}
          onChange={({ target }) => change({ signature: target.value })}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={edited.isDefault}
          onChange={({ target }) => change({ isDefault: target.checked })}
        />
        {say("identity.default")}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={server !== null}
          onChange={({ target }) => change({ server: target.checked ? (identity?.server ?? NEW_SERVER) : null })}
        />
        {say("identity.has-server")}
      </label>
      {server === null ? null : (
        <SubmissionFields
          account={account}
          address={edited.address}
          server={server}
          password={password}
          hasPassword={identity?.hasPassword === true}
          onServer={(next) => change({ server: next })}
          onPassword={setPassword}
        />
      )}
      <div className="panel-acts">
        <button type="submit" className="button primary" disabled={save.isPending}>
          {say("organise.save")}
        </button>
        <Button onPress={onClose}>{say("act.cancel")}</Button>
      </div>
    </form>
  );
}
