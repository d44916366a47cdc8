import { Download } from "lucide-react";
import { useState } from "react";
import { LinkButton } from "../read/link-button.tsx";
import { useWords } from "../words/use-words.ts";
import { exportUrl } from "./export-url.ts";
import { MailboxChoice } from "./mailbox-choice.tsx";

/** A mailbox as one file. */
export function ExportMail({ account }: { readonly account: string }): React.JSX.Element {
  const { say } = useWords();
  const [mailbox, setMailbox] = useState("INBOX");
  return (
    <section className="panel" aria-labelledby="export-title">
      <h3 id="export-title">{say("transfer.export")}</h3>
      <p className="organise-more">{say("transfer.export-more")}</p>
      <MailboxChoice account={account} label={say("transfer.mailbox")} mailbox={mailbox} onChange={setMailbox} />
      <div className="panel-acts">
        {(["mbox", "zip"] as const).map((format) => (
          <LinkButton key={format} icon={Download} href={exportUrl({ account, format, mailbox })} download="">
            {say(`transfer.${format}`)}
          </LinkButton>
        ))}
      </div>
    </section>
  );
}
