// Whose mail, and the password for it; the server too when it has to be written by hand.
import { useState } from "react";
import type { SourceStatus } from "../../api/schema/index.ts";
import { Button } from "../parts/button.tsx";
import { Field, Select } from "../parts/entries.tsx";
import { useWords } from "../words/use-words.ts";
import type { ServerAt } from "./find-server.ts";
import { SubmitButton } from "./submit-button.tsx";

type Tls = SourceStatus["tls"];

export interface Login {
  readonly address: string;
  readonly password: string;
  /** Null to have it found. */
  readonly server: ServerAt | null;
}

const TLS: readonly Tls[] = ["implicit", "stls-required", "stls-if-offered", "none"];
/** RFC 8314 §3.3 for implicit TLS, RFC 1939 §3 for the rest. */
const PORTS: Readonly<Record<Tls, number>> = { implicit: 995, "stls-required": 110, "stls-if-offered": 110, none: 110 };

interface LoginFormProps {
  readonly isByHand: boolean;
  readonly isBusy: boolean;
  /** What was tried last: a start for what is written by hand. */
  readonly suggested: ServerAt | undefined;
  readonly onByHand: () => void;
  readonly onEdit: () => void;
  readonly onFind: (login: Login) => void;
}

export function LoginForm(props: LoginFormProps): React.JSX.Element {
  const { isByHand, isBusy, suggested, onByHand, onEdit, onFind } = props;
  const { say } = useWords();
  const [address, setAddress] = useState("");
  const [password, setPassword] = useState("");
  const [written, setWritten] = useState<Partial<ServerAt>>({});
  const [wasAsked, setAsked] = useState(false);
  const host = written.host ?? suggested?.host ?? "";
  const server: ServerAt = {
    host,
    // Its domain vouches for the server it named, and for no other.
    mailDomain: host === suggested?.host ? suggested.mailDomain : null,
    tls: written.tls ?? suggested?.tls ?? "implicit",
    port: written.port ?? (written.tls === undefined ? suggested?.port : undefined) ?? PORTS[written.tls ?? "implicit"],
    user: written.user ?? suggested?.user ?? address,
  };
  const write = (change: Partial<ServerAt>): void => setWritten({ ...written, ...change });
  return (
    <form
      className="entry-form"
      onChange={onEdit}
      onSubmit={(event) => {
        event.preventDefault();
        onFind({ address: address.trim(), password, server: isByHand ? server : null });
      }}
    >
      <Field
        label={say("add.address")}
        value={address}
        onChange={setAddress}
        type="email"
        name="address"
        autoComplete="username"
        spellCheck={false}
        maxLength={320}
        required
      />
      <Field
        label={say("add.password")}
        more={say("add.password-more")}
        value={password}
        onChange={setPassword}
        type="password"
        name="password"
        autoComplete="current-password"
        required
      />
      {isByHand ? (
        <>
          <div className="entry-row">
            <Field
              label={say("add.host")}
              value={server.host}
              onChange={(host) => write({ host: host.trim() })}
              name="host"
              // The button that made room for it is gone, and with it the focus.
              // oxlint-disable-next-line jsx-a11y/no-autofocus
              autoFocus={wasAsked}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={253}
              required
            />
            <Field
              label={say("add.port")}
              value={String(server.port || "")}
              onChange={(port) => write({ port: Number(port) })}
              type="number"
              name="port"
              min={1}
              max={65_535}
              required
            />
          </div>
          <Select
            label={say("add.tls")}
            value={server.tls}
            options={TLS.map((tls) => [tls, say(`tls.${tls}`)] as const)}
            onChange={(tls) => write({ tls })}
          />
          {server.tls === "none" || server.tls === "stls-if-offered" ? (
            <p className="entry-more">{say("tls.warning")}</p>
          ) : null}
          <Field
            label={say("add.user")}
            value={server.user}
            onChange={(user) => write({ user })}
            name="user"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={255}
            required
          />
        </>
      ) : null}
      <div className="acts">
        <SubmitButton isBusy={isBusy}>
          {isBusy ? say("add.finding") : isByHand ? say("add.try") : say("add.find")}
        </SubmitButton>
        {isByHand ? null : (
          <Button
            kind="quiet"
            onPress={() => {
              setAsked(true);
              onByHand();
            }}
          >
            {say("add.by-hand")}
          </Button>
        )}
      </div>
    </form>
  );
}
