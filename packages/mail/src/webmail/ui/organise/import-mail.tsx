import { FolderUp, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { filesOfDrop, mailFilesOf } from "./dropped-mail.ts";
import { MailboxChoice } from "./mailbox-choice.tsx";
import { type Importing, useImport } from "./use-import.ts";

/** A place to drop mail at: an mbox, messages, a Maildir. */
export function ImportMail({ account }: { readonly account: string }): React.JSX.Element {
  const { say } = useWords();
  const [mailbox, setMailbox] = useState("INBOX");
  const [isDragOver, setDragOver] = useState(false);
  const importing = useImport(account, mailbox);
  const { progress } = importing;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const take = (chosen: readonly { readonly file: File; readonly path: string }[]): void =>
    importing.start(mailFilesOf(chosen));
  const pick = (input: HTMLInputElement): void => {
    take(Array.from(input.files ?? [], (file) => ({ file, path: file.webkitRelativePath })));
    input.value = "";
  };
  return (
    // The buttons in it do the same.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="drop-place"
      aria-labelledby="import-title"
      data-drop={isDragOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setDragOver(true);
      }}
      onDragLeave={() => setDragOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDragOver(false);
        void filesOfDrop(event.dataTransfer).then(take);
      }}
    >
      <h3 id="import-title">{say("transfer.import")}</h3>
      <p className="organise-more">{say("transfer.import-more")}</p>
      <MailboxChoice account={account} label={say("transfer.into")} mailbox={mailbox} onChange={setMailbox} />
      <div className="panel-acts">
        <Button icon={Upload} isDisabled={progress !== null} onPress={() => files.current?.click()}>
          {say("transfer.files")}
        </Button>
        <Button icon={FolderUp} isDisabled={progress !== null} onPress={() => folder.current?.click()}>
          {say("transfer.folder")}
        </Button>
      </div>
      <input ref={files} type="file" multiple hidden onChange={({ target }) => pick(target)} />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        hidden
        onChange={({ target }) => pick(target)}
      />
      <ImportState importing={importing} />
    </section>
  );
}

function ImportState({ importing }: { readonly importing: Importing }): React.JSX.Element {
  const { say } = useWords();
  const { progress, sum, stop } = importing;
  return (
    <div role="status">
      {progress === null ? null : (
        <div className="panel-acts">
          <progress value={progress.at - 1 + progress.part} max={progress.of} aria-label={say("transfer.import")} />
          <span>{say("transfer.progress", { done: progress.at, of: progress.of, name: progress.name })}</span>
          <Button onPress={() => stop()}>{say("transfer.stop")}</Button>
        </div>
      )}
      {sum === null || progress !== null ? null : (
        <>
          <p>
            {sum.added + sum.there + sum.failed === 0
              ? say("transfer.nothing")
              : say("transfer.done", { added: sum.added, there: sum.there, failed: sum.failed })}
          </p>
          {sum.troubles.map((text) => (
            <p key={text} className="tested wrong">
              {text}
            </p>
          ))}
        </>
      )}
    </div>
  );
}
