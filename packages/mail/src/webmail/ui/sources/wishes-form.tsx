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

const LARGE_MB = 25;

/** What its person has chosen so far. */
export interface Wished {
  readonly keep: Keep;
  readonly first: First["kind"];
  /** How many, where the newest come first. */
  readonly newest: number;
  /** Null where none is too large. */
  readonly largeMb: number | null;
  /** Null for the one that is suggested. */
  readonly account: string | null;
}

export const WISHED_AT_FIRST: Wished = {
  keep: { kind: "forever" },
  first: "everything",
  newest: 500,
  largeMb: null,
  account: null,
};

interface WishesFormProps {
  readonly found: Found;
  readonly wished: Wished;
  readonly onWish: (wished: Wished) => void;
  /** The source that does it already. */
  readonly collectedBy: string | undefined;
  /** Where it can go; with none, one is made, called after its address unless its person likes another name better. */
  readonly accounts: readonly string[];
}

/** The one that was chosen, as long as it is among those there are; a name of one's own where there are none. */
function accountOf({ account }: Wished, accounts: readonly string[]): string | null | undefined {
  return accounts.length === 0 ? account : (accounts.find((name) => name === account) ?? accounts[0]);
}

export function WishesForm({ found, wished, onWish, collectedBy, accounts }: WishesFormProps): React.JSX.Element {
  const { reached } = found;
  const { keep, newest, largeMb } = wished;
  const account = accountOf(wished, accounts) ?? accountNameFor(found.login.address);
  // Which the newest are is asked of the server before it is collected from.
  const first = wished.first === "newest" && reached === null ? "everything" : wished.first;
  const wish = (some: Partial<Wished>): void => onWish({ ...wished, ...some });
  const words = useWords();
  const { say } = words;
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
        onChange={(messages) => wish({ newest: messages, first: "newest" })}
      />
    ),
  };
  const start = (confirmed: boolean): void =>
    add.mutate({
      account: account.trim(),
      keep,
      first: first === "newest" ? { kind: first, messages: newest } : { kind: first },
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
      <KeepQuestion value={keep} onChange={(next) => wish({ keep: next })} />
      <Choices<First["kind"]>
        label={say("add.first")}
        value={first}
        onChange={(kind) => wish({ first: kind })}
        choices={[
          { value: "everything", label: say("add.first-everything") },
          ...(reached === null ? [] : [onlyNewest]),
          { value: "headers-first", label: say("add.first-headers") },
        ]}
      />
      <div>
        <Switch
          label={say("add.skip-large")}
          isOn={largeMb !== null}
          onChange={(isOn) => wish({ largeMb: isOn ? LARGE_MB : null })}
        />
        {largeMb === null ? null : (
          <div className="choice-detail">
            <Amount
              label={say("add.skip-large-size")}
              unit={say("add.skip-large-unit")}
              value={largeMb}
              min={1}
              max={10_000}
              onChange={(megabytes) => wish({ largeMb: megabytes })}
            />
          </div>
        )}
      </div>
      {accounts.length > 0 ? null : (
        <Field
          label={say("add.new-account")}
          more={say("add.new-account-more")}
          value={account}
          onChange={(name) => wish({ account: name })}
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
          onChange={(name) => wish({ account: name })}
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
