import { useQuery } from "@tanstack/react-query";
import { mailboxesQuery } from "../data/queries.ts";
import { mailboxName } from "../list/row-name.ts";
import { useWords } from "../words/use-words.ts";

interface MailboxChoiceProps {
  readonly account: string;
  readonly label: string;
  readonly mailbox: string;
  readonly onChange: (mailbox: string) => void;
}

/** One of the account's mailboxes. */
export function MailboxChoice({ account, label, mailbox, onChange }: MailboxChoiceProps): React.JSX.Element {
  const words = useWords();
  const { data } = useQuery(mailboxesQuery(account));
  return (
    <label className="organise-account">
      <span>{label}</span>
      <select value={mailbox} onChange={({ target }) => onChange(target.value)}>
        {(data?.mailboxes ?? []).map((row) => (
          <option key={row.mailbox} value={row.mailbox}>
            {mailboxName(words, row)}
          </option>
        ))}
      </select>
    </label>
  );
}
