import { useState } from "react";
import type { Draft } from "../../api/schema/index.ts";
import { AriaLocale } from "../parts/aria-locale.tsx";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { withAddresses } from "./addresses.ts";
import { RecipientField } from "./recipient-field.tsx";
import { SenderField } from "./sender-field.tsx";
import type { Writing } from "./use-draft.ts";
import "./compose-fields.css";

interface ComposeFieldsProps extends Pick<Writing, "fields" | "change"> {
  /** As it was opened. */
  readonly draft: Draft;
  readonly isReadOnly: boolean;
  readonly onSignature: (before: string, after: string) => void;
}

/** Who writes, to whom, and what about. */
export function ComposeFields(props: ComposeFieldsProps): React.JSX.Element {
  const { draft, fields, change, isReadOnly, onSignature } = props;
  const { say } = useWords();
  const { account } = draft;
  const [areAskedFor, setAskedFor] = useState(false);
  const hasCopies = areAskedFor || draft.cc.length > 0 || draft.bcc.length > 0;
  return (
    <div className="compose-fields" inert={isReadOnly}>
      <SenderField
        account={account}
        from={fields.from}
        cameTo={draft.answers === null ? null : draft.from}
        onChange={(identity, before) => {
          change({ from: identity.address });
          onSignature(before?.signature ?? "", identity.signature);
        }}
      />
      <AriaLocale>
        <div className="compose-to">
          <RecipientField
            account={account}
            label={say("compose.to")}
            addresses={fields.to}
            hasFocus={draft.to.length === 0}
            onChange={(to) => change({ to })}
          />
          {hasCopies ? null : (
            <Button kind="quiet" onPress={() => setAskedFor(true)}>
              {say("compose.copies")}
            </Button>
          )}
        </div>
        {hasCopies ? (
          <>
            <RecipientField
              account={account}
              label={say("compose.cc")}
              addresses={fields.cc}
              // The button that was pressed is gone, and its focus with it.
              hasFocus={areAskedFor}
              onChange={(cc) => change({ cc })}
            />
            <RecipientField
              account={account}
              label={say("compose.bcc")}
              addresses={fields.bcc}
              onChange={(bcc) => change({ bcc: withAddresses([], bcc) })}
            />
          </>
        ) : null}
      </AriaLocale>
      <label className="compose-line">
        <span className="compose-label">{say("compose.subject")}</span>
        <input
          type="text"
          className="compose-subject"
          dir="auto"
          maxLength={998}
          value={fields.subject}
          onChange={({ target }) => change({ subject: target.value })}
        />
      </label>
    </div>
  );
}
