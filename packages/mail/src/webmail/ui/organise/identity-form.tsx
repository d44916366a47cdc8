import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { IdentityRow, NewIdentity } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { useChange } from "./use-change.ts";

type Server = NonNullable<NewIdentity["server"]>;

const TLS = ["implicit", "starttls", "none"] as const;
/** RFC 8314 §3.3 and RFC 6409 §3.1. */
const PORTS: Readonly<Record<Server["tls"], number>> = { implicit: 465, starttls: 587, none: 25 };
const NEW_SERVER: Server = { host: "", port: PORTS.implicit, tls: "implicit", mechanism: "plain" };

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
  const save = useChange(
    () => call("saveIdentity", { ...edited, ...(password === "" ? {} : { password }) }),
    [KEYS.identities],
  );
  return (
    <form
      className="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <div className="form-line">
        <label className="field">
          <span>{say("identity.address")}</span>
          <input
            type="email"
            required
            dir="ltr"
            autoComplete="email"
            maxLength={320}
            readOnly={identity !== null}
            value={edited.address}
            onChange={({ target }) => change({ address: target.value })}
          />
        </label>
        <label className="field">
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
        <ServerFields
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

interface ServerFieldsProps {
  readonly account: string;
  readonly address: string;
  readonly server: Server;
  readonly password: string;
  readonly hasPassword: boolean;
  readonly onServer: (server: Server) => void;
  readonly onPassword: (password: string) => void;
}

function ServerFields(props: ServerFieldsProps): React.JSX.Element {
  const { server, password, hasPassword, onServer, onPassword } = props;
  const { say } = useWords();
  const toTls = (tls: Server["tls"]): void =>
    onServer({ ...server, tls, port: server.port === PORTS[server.tls] ? PORTS[tls] : server.port });
  const { user: _user, ...withoutUser } = server;
  return (
    <fieldset className="rule-lines">
      <legend>{say("identity.server")}</legend>
      <div className="form-line">
        <label className="field">
          <span>{say("identity.host")}</span>
          <input
            required
            dir="ltr"
            maxLength={253}
            value={server.host}
            onChange={({ target }) => onServer({ ...server, host: target.value.trim() })}
          />
        </label>
        <label className="field">
          <span>{say("identity.port")}</span>
          <input
            type="number"
            required
            min={1}
            max={65_535}
            value={server.port}
            onChange={({ target }) => onServer({ ...server, port: target.valueAsNumber || 0 })}
          />
        </label>
        <label className="field">
          <span>{say("identity.tls")}</span>
          <select
            value={server.tls}
            onChange={({ target }) => toTls(TLS.find((tls) => tls === target.value) ?? "implicit")}
          >
            {TLS.map((tls) => (
              <option key={tls} value={tls}>
                {say(`identity.tls-${tls}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="form-line">
        <label className="field">
          <span>{say("identity.user")}</span>
          <input
            dir="ltr"
            autoComplete="username"
            maxLength={255}
            value={server.user ?? ""}
            onChange={({ target }) => onServer(target.value === "" ? withoutUser : { ...server, user: target.value })}
          />
        </label>
        <label className="field">
          <span>{say(hasPassword ? "identity.password-kept" : "identity.password")}</span>
          <input
            type="password"
            dir="ltr"
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => onPassword(target.value)}
          />
        </label>
      </div>
      <TestButton {...props} />
    </fieldset>
  );
}

/** Connects and logs in with what stands in the form; nothing is sent and nothing kept. */
function TestButton({ account, address, server, password }: ServerFieldsProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const test = useMutation({
    mutationFn: () => call("testIdentity", { account, address, server, ...(password === "" ? {} : { password }) }),
  });
  return (
    <div className="panel-acts">
      <Button isDisabled={test.isPending || server.host === "" || address === ""} onPress={() => test.mutate()}>
        {say("identity.test")}
      </Button>
      <span role="status">
        {test.isPending ? say("identity.testing") : null}
        {test.error === null ? null : <span className="tested wrong">{refusalText(words, test.error)}</span>}
        {test.data === undefined || test.isPending ? null : (
          <span className={test.data.isOk ? "tested ok" : "tested wrong"}>
            {test.data.words}
            {test.data.reply === "" ? null : <code dir="ltr"> {test.data.reply}</code>}
          </span>
        )}
      </span>
    </div>
  );
}
