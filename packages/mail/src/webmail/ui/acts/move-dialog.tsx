import { useQuery } from "@tanstack/react-query";
import type { MailboxRow } from "../../api/schema/index.ts";
import { mailboxesQuery } from "../data/queries.ts";
import { mailboxName } from "../list/row-name.ts";
import { Dialog } from "../parts/dialog.tsx";
import { ROLE_ICONS } from "../shell/role-icons.ts";
import { useWords } from "../words/use-words.ts";
import type { Target } from "./target.ts";
import "./move-dialog.css";

interface MoveDialogProps {
  readonly target: Target;
  readonly onMove: (mailbox: string) => void;
  readonly onClose: () => void;
}

/** Every mailbox the messages can go to: of several accounts, those that all of them have. Drafts are what is being written. */
export function MoveDialog({ target, onMove, onClose }: MoveDialogProps): React.JSX.Element {
  const words = useWords();
  const { data } = useQuery(mailboxesQuery("all"));
  const accounts = new Set(target.refs.map(({ account }) => account));
  const places = shared(data?.mailboxes ?? [], accounts).filter(
    ({ mailbox, role }) => mailbox !== target.mailbox && role !== "drafts",
  );
  return (
    <Dialog title={words.say("move.title", { count: target.count })} onClose={onClose}>
      <ul className="move-places">
        {places.map((place) => {
          const Icon = ROLE_ICONS[place.role ?? "none"];
          return (
            <li key={place.mailbox}>
              <button
                type="button"
                onClick={() => {
                  onClose();
                  onMove(place.mailbox);
                }}
              >
                <Icon size={16} aria-hidden />
                <bdi>{mailboxName(words, place)}</bdi>
              </button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

function shared(mailboxes: readonly MailboxRow[], accounts: ReadonlySet<string>): readonly MailboxRow[] {
  const ours = mailboxes.filter(({ account }) => accounts.has(account));
  const first = ours.filter(({ account }) => account === ours[0]?.account);
  return first.filter(
    ({ mailbox }) =>
      new Set(ours.filter((one) => one.mailbox === mailbox).map((one) => one.account)).size === accounts.size,
  );
}
