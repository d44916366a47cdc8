// A message of the outbox whose entry is damaged: nobody knows to whom it goes, so all that can be done is to look at it
// and to take it out.
import { CircleAlert, Download } from "lucide-react";
import { useState } from "react";
import type { UnreadableRow } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { useChange } from "../organise/use-change.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { LinkButton } from "../read/link-button.tsx";
import { useWords } from "../words/use-words.ts";

export function UnreadableEntry({ entry }: { readonly entry: UnreadableRow }): React.JSX.Element {
  const { say } = useWords();
  const [isAsking, setAsking] = useState(false);
  const remove = useChange(
    () => call("removeUnreadable", { account: entry.account, entry: entry.id, confirmed: true }),
    [KEYS.outbox, KEYS.mailboxes, KEYS.lists],
  );
  return (
    <li className="paper outgoing" data-state="unreadable">
      <CircleAlert size={18} aria-hidden className="paper-icon" />
      <div className="paper-text">
        <span className="paper-subject">{say("outbox.unreadable")}</span>
        <p className="paper-trouble">{say("outbox.unreadable-more")}</p>
      </div>
      <div className="paper-acts">
        {entry.eml === null ? null : (
          <LinkButton icon={Download} href={entry.eml} download="">
            {say("message.eml")}
          </LinkButton>
        )}
        <Button isDisabled={remove.isPending} onPress={() => setAsking(true)}>
          {say("outbox.unreadable-remove")}
        </Button>
      </div>
      {isAsking ? (
        <Confirm
          title={say("outbox.unreadable-ask")}
          does={say("outbox.unreadable-does")}
          onConfirm={() => remove.mutate(undefined)}
          onClose={() => setAsking(false)}
        >
          {say(entry.eml === null ? "outbox.unreadable-gone" : "outbox.unreadable-trash")}
        </Confirm>
      ) : null}
    </li>
  );
}
