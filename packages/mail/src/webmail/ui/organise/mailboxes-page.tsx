import { useQuery } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Acted, MailboxRow } from "../../api/schema/index.ts";
import { showNamedToast } from "../acts/toasts.ts";
import { beginUnderway } from "../acts/underway.ts";
import { useUndo } from "../acts/use-acts.ts";
import { call } from "../data/call.ts";
import { KEYS, mailboxesQuery } from "../data/queries.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Known } from "../parts/known.tsx";
import { useWords } from "../words/use-words.ts";
import type { PageProps } from "./organise-screen.tsx";
import { useChange } from "./use-change.ts";

const KEYS_OF_MAIL = [KEYS.mailboxes, KEYS.lists, KEYS.rules];

/** Mailboxes of one's own: made, renamed, removed. Those with a role are every account's. */
export function MailboxesPage({ account }: PageProps): React.JSX.Element {
  const query = useQuery(mailboxesQuery(account));
  return <Known query={query}>{({ mailboxes }) => <Mailboxes account={account} mailboxes={mailboxes} />}</Known>;
}

interface MailboxesProps {
  readonly account: string;
  readonly mailboxes: readonly MailboxRow[];
}

function Mailboxes({ account, mailboxes }: MailboxesProps): React.JSX.Element {
  const { say } = useWords();
  const undo = useUndo();
  const own = mailboxes.filter(({ role }) => role === null);
  const [name, setName] = useState("");
  const [asking, setAsking] = useState<{ readonly kind: "rename" | "remove"; readonly mailbox: MailboxRow } | null>(
    null,
  );
  const create = useChange((made: string) => call("createMailbox", { account, name: made }), KEYS_OF_MAIL);
  const rename = useChange(
    (to: { readonly mailbox: string; readonly to: string }) => call("renameMailbox", { account, ...to }),
    KEYS_OF_MAIL,
  );
  const remove = useChange(
    (mailbox: string) => call("removeMailbox", { account, mailbox, confirmed: true }),
    KEYS_OF_MAIL,
  );
  /** Mail that is moved back makes its mailbox anew; one without mail is made. */
  const offerBack = (mailbox: string, done: Acted): number => {
    const text = say("mailbox.removed", { name: mailbox });
    return done.undo === null
      ? showNamedToast({ text, tone: "plain", undo: () => create.mutate(mailbox) })
      : undo.offer(text, done);
  };
  return (
    <>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") create.mutate(name.trim(), { onSuccess: () => setName("") });
        }}
      >
        <div className="form-line">
          <label className="field">
            <span>{say("mailbox.new")}</span>
            <input value={name} maxLength={255} onChange={({ target }) => setName(target.value)} />
          </label>
          <button type="submit" className="button primary">
            {say("organise.add")}
          </button>
        </div>
      </form>
      {own.length === 0 ? (
        <p className="organise-more">{say("mailbox.none")}</p>
      ) : (
        <ul className="things">
          {own.map((mailbox) => (
            <li key={mailbox.mailbox}>
              <span className="thing-text">
                <bdi>{mailbox.mailbox}</bdi>
                <span className="thing-more">{say("mailbox.count", { count: mailbox.messages })}</span>
              </span>
              <IconButton
                icon={Pencil}
                label={say("mailbox.rename", { name: mailbox.mailbox })}
                onPress={() => setAsking({ kind: "rename", mailbox })}
              />
              <IconButton
                icon={Trash2}
                label={say("mailbox.remove", { name: mailbox.mailbox })}
                onPress={() => setAsking({ kind: "remove", mailbox })}
              />
            </li>
          ))}
        </ul>
      )}
      {asking?.kind === "rename" ? (
        <Rename
          mailbox={asking.mailbox.mailbox}
          onClose={() => setAsking(null)}
          onRename={(to) => rename.mutate({ mailbox: asking.mailbox.mailbox, to })}
        />
      ) : null}
      {asking?.kind === "remove" ? (
        <Confirm
          title={say("mailbox.remove-ask", { name: asking.mailbox.mailbox })}
          does={say("mailbox.remove-does")}
          onClose={() => setAsking(null)}
          onConfirm={() =>
            beginUnderway(
              remove
                .mutateAsync(asking.mailbox.mailbox)
                .then((done) => offerBack(asking.mailbox.mailbox, done), undo.offerPart),
            )
          }
        >
          {say("mailbox.remove-more", { count: asking.mailbox.messages })}
        </Confirm>
      ) : null}
    </>
  );
}

interface RenameProps {
  readonly mailbox: string;
  readonly onRename: (to: string) => void;
  readonly onClose: () => void;
}

function Rename({ mailbox, onRename, onClose }: RenameProps): React.JSX.Element {
  const { say } = useWords();
  const [name, setName] = useState(mailbox);
  const done = (): void => {
    onClose();
    if (name.trim() !== "" && name.trim() !== mailbox) onRename(name.trim());
  };
  return (
    <Dialog title={say("mailbox.rename", { name: mailbox })} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <label className="field">
          <span>{say("mailbox.renamed")}</span>
          <input value={name} maxLength={255} onChange={({ target }) => setName(target.value)} />
        </label>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{say("act.cancel")}</Button>
          <Button kind="primary" onPress={done}>
            {say("organise.save")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
