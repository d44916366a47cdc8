// Where mail of an address is handed in, and with which login.
import { useMutation } from "@tanstack/react-query";
import type { NewIdentity } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";

type Server = NonNullable<NewIdentity["server"]>;

const TLS = ["implicit", "starttls", "none"] as const;
const MECHANISMS = ["plain", "login", "xoauth2"] as const;
/** RFC 8314 §3.3 and RFC 6409 §3.1. */
const PORTS: Readonly<Record<Server["tls"], number>> = { implicit: 465, starttls: 587, none: 25 };

export const NEW_SERVER: Server = { host: "", port: PORTS.implicit, tls: "implicit", mechanism: "plain" };

interface SubmissionFieldsProps {
  readonly account: string;
  readonly address: string;
  readonly server: Server;
  readonly password: string;
  readonly hasPassword: boolean;
  readonly onServer: (server: Server) => void;
  readonly onPassword: (password: string) => void;
}

export function SubmissionFields(props: SubmissionFieldsProps): React.JSX.Element {
  const { server, password, hasPassword, onServer, onPassword } = props;
  const { say } = useWords();
  const toTls = (tls: Server["tls"]): void =>
    onServer({ ...server, tls, port: server.port === PORTS[server.tls] ? PORTS[tls] : server.port });
  const { user: _user, ...withoutUser } = server;
  const { mechanism = "plain" } = server;
  const secret = mechanism === "xoauth2" ? "token" : "password";
  return (
    <fieldset className="rule-lines">
      <legend>{say("identity.server")}</legend>
      <div className="form-line">
        <label className="field long">
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
        <label className="field long">
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
        <label className="field long">
          <span>{say("identity.user")}</span>
          <input
            dir="ltr"
            autoComplete="username"
            maxLength={255}
            value={server.user ?? ""}
            onChange={({ target }) => onServer(target.value === "" ? withoutUser : { ...server, user: target.value })}
          />
        </label>
        <label className="field long">
          <span>{say("identity.mechanism")}</span>
          <select
            value={mechanism}
            onChange={({ target }) =>
              onServer({ ...server, mechanism: MECHANISMS.find((one) => one === target.value) ?? "plain" })
            }
          >
            {MECHANISMS.map((one) => (
              <option key={one} value={one}>
                {say(`identity.mechanism-${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field long">
          <span>{say(hasPassword ? `identity.${secret}-kept` : `identity.${secret}`)}</span>
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
function TestButton({ account, address, server, password }: SubmissionFieldsProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const test = useMutation({
    meta: { isToldInPlace: true },
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
          <span className={test.data.trouble === null ? "tested ok" : "tested wrong"}>
            {say(test.data.trouble === null ? "identity.took-login" : `trouble.${test.data.trouble}`)}
            {test.data.reply === "" ? null : <code dir="ltr"> {test.data.reply}</code>}
          </span>
        )}
      </span>
    </div>
  );
}
