// What is on the server, and the two questions about it: what becomes of a message there once it is here, and how much
// of what is there comes first.
import { useEffect, useRef, useState } from "react";
import type { Keep, NewSource } from "../../api/schema/index.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Amount, type Choice, Choices, Field, Select, Switch } from "../parts/entries.tsx";
import { dayOf, size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import { accountNameFor } from "./account-name.ts";
import { KeepQuestion, OnlyCopyHere } from "./keep-question.tsx";
import { SubmitButton } from "./submit-button.tsx";
import { addressOf, type Found, useAdding } from "./use-adding.ts";

type First = NewSource["first"];

const NEWEST_AT_FIRST = 500;
const LARGE_MB = 25;

interface WishesFormProps {
  readonly found: Found;
  /** The source that does it already. */
  readonly collectedBy: string | undefined;
  /** Where it can go; with none, one is made, called after its address unless its person likes another name better. */
  readonly accounts: readonly string[];
}

export function WishesForm({ found, collectedBy, accounts }: WishesFormProps): React.JSX.Element {
  const { reached } = found;
  const words = useWords();
  const { say } = words;
  const [keep, setKeep] = useState<Keep>({ kind: "forever" });
  const [first, setFirst] = useState<First>({ kind: "everything" });
  const [newest, setNewest] = useState(NEWEST_AT_FIRST);
  const [largeMb, setLargeMb] = useState<number | null>(null);
  const [account, setAccount] = useState(accounts[0] ?? accountNameFor(found.login.address));
  const [isAsking, setAsking] = useState(false);
  const add = useAdding(found);
  const form = useRef<HTMLFormElement>(null);
  // Newer browsers give a promise, which an effect must not.
  useEffect(() => void form.current?.scrollIntoView({ block: "start" }), []);
  const onlyNewest: Choice<First["kind"]> = {
    value: "newest",
    label: say("add.first-newest"),
    detail: (
      <Amount
        label={say("add.first-newest-count")}
        unit={say("add.first-newest-unit")}
        value={newest}
        min={1}
        max={1_000_000}
        onChange={(messages) => {
          setNewest(messages);
          setFirst({ kind: "newest", messages });
        }}
      />
    ),
  };
  const start = (confirmed: boolean): void =>
    add.mutate({
      account: account.trim(),
      keep,
      first,
      octetsMax: largeMb === null ? null : largeMb * 1_000_000,
      confirmed,
    });
  return (
    <form
      ref={form}
      className="entry-form wishes"
      onSubmit={(event) => {
        event.preventDefault();
        if (keep.kind === "remove-at-once") setAsking(true);
        else start(false);
      }}
    >
      {reached === null ? null : (
        <p className="reached" role="status">
          {[
            say("add.reached", { messages: reached.messages, size: size(words, reached.octets) }),
            ...(reached.oldest === null ? [] : [say("add.oldest", { day: dayOf(words, reached.oldest) })]),
            ...(reached.tls === null ? [] : [reached.tls]),
          ].join(" · ")}
        </p>
      )}
      {collectedBy === undefined ? null : (
        <p className="twice" role="status">
          {say("add.twice", { source: collectedBy })}
        </p>
      )}
      <KeepQuestion value={keep} onChange={setKeep} />
      <Choices<First["kind"]>
        label={say("add.first")}
        value={first.kind}
        onChange={(kind) => setFirst(kind === "newest" ? { kind, messages: newest } : { kind })}
        choices={[
          { value: "everything", label: say("add.first-everything") },
          // Which those are is asked of the server before it is collected from.
          ...(reached === null ? [] : [onlyNewest]),
          { value: "headers-first", label: say("add.first-headers") },
        ]}
      />
      <div>
        <Switch
          label={say("add.skip-large")}
          isOn={largeMb !== null}
          onChange={(isOn) => setLargeMb(isOn ? LARGE_MB : null)}
        />
        {largeMb === null ? null : (
          <div className="choice-detail">
            <Amount
              label={say("add.skip-large-size")}
              unit={say("add.skip-large-unit")}
              value={largeMb}
              min={1}
              max={10_000}
              onChange={setLargeMb}
            />
          </div>
        )}
      </div>
      {accounts.length > 0 ? null : (
        <Field
          label={say("add.new-account")}
          more={say("add.new-account-more")}
          value={account}
          onChange={setAccount}
          name="account"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
        />
      )}
      {accounts.length < 2 ? null : (
        <Select
          label={say("add.account")}
          value={account}
          options={accounts.map((name) => [name, name] as const)}
          onChange={setAccount}
        />
      )}
      {add.error === null ? null : (
        <p className="alarm" role="alert">
          {refusalText(words, add.error)}
        </p>
      )}
      <div className="acts">
        <SubmitButton isBusy={add.isPending}>
          {add.isPending ? say("add.starting") : say(reached === null ? "add.start-untrusted" : "add.start")}
        </SubmitButton>
      </div>
      {isAsking ? (
        <OnlyCopyHere source={addressOf(found)} onConfirm={() => start(true)} onClose={() => setAsking(false)} />
      ) : null}
    </form>
  );
}
