import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FolderUp, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { upload } from "../compose/upload.ts";
import { KEYS, mailboxesQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { mailboxName } from "../list/row-name.ts";
import { Button } from "../parts/button.tsx";
import { LinkButton } from "../read/link-button.tsx";
import { useWords } from "../words/use-words.ts";
import { filesOfDrop, type MailFile, mailFilesOf } from "./dropped-mail.ts";
import { exportUrl } from "./export-url.ts";
import type { PageProps } from "./organise-screen.tsx";

export function TransferPage({ account }: PageProps): React.JSX.Element {
  return (
    <>
      <Import account={account} />
      <Export account={account} />
    </>
  );
}

interface Progress {
  readonly done: number;
  readonly of: number;
  readonly name: string;
  readonly part: number;
}

interface Sum {
  readonly added: number;
  readonly there: number;
  readonly failed: number;
  readonly troubles: readonly string[];
}

const TROUBLES_SHOWN = 5;

function Import({ account }: { readonly account: string }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const { data } = useQuery(mailboxesQuery(account));
  const [mailbox, setMailbox] = useState("INBOX");
  const [progress, setProgress] = useState<Progress | null>(null);
  const [sum, setSum] = useState<Sum | null>(null);
  const [isDragOver, setDragOver] = useState(false);
  const abort = useRef<AbortController>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const bringIn = async (mail: readonly MailFile[]): Promise<void> => {
    const stop = new AbortController();
    abort.current = stop;
    let total: Sum = { added: 0, there: 0, failed: 0, troubles: [] };
    for (const [at, { file, format }] of mail.entries()) {
      const at100 = { done: at + 1, of: mail.length, name: file.name };
      setProgress({ ...at100, part: 0 });
      try {
        const query = new URLSearchParams({ account, mailbox, format, name: file.name.slice(-255) });
        const answer = (await upload({
          url: `/api/import?${query.toString()}`,
          file,
          signal: stop.signal,
          onProgress: (part) => setProgress({ ...at100, part }),
        })) as ImportAnswer;
        total = {
          ...total,
          added: total.added + answer.added,
          there: total.there + answer.alreadyThere,
          failed: total.failed + answer.failed,
        };
      } catch (error) {
        if (stop.signal.aborted) break;
        const why = say("transfer.failed", { name: file.name, why: refusalText(words, error) });
        total = { ...total, failed: total.failed + 1, troubles: [...total.troubles, why].slice(0, TROUBLES_SHOWN) };
      }
    }
    setProgress(null);
    setSum(total);
    for (const queryKey of [KEYS.lists, KEYS.mailboxes]) void client.invalidateQueries({ queryKey });
  };
  const take = (chosen: readonly { readonly file: File; readonly path: string }[]): void => {
    if (progress === null) void bringIn(mailFilesOf(chosen));
  };
  const pick = (input: HTMLInputElement): void => {
    take(Array.from(input.files ?? [], (file) => ({ file, path: file.webkitRelativePath })));
    input.value = "";
  };
  return (
    // A place to drop at; the buttons in it do the same.
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
      <label className="organise-account">
        <span>{say("transfer.into")}</span>
        <select value={mailbox} onChange={({ target }) => setMailbox(target.value)}>
          {(data?.mailboxes ?? []).map((row) => (
            <option key={row.mailbox} value={row.mailbox}>
              {mailboxName(words, row)}
            </option>
          ))}
        </select>
      </label>
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
      <div role="status">
        {progress === null ? null : (
          <div className="panel-acts">
            <progress value={progress.done - 1 + progress.part} max={progress.of} aria-label={say("transfer.import")} />
            <span>{say("transfer.progress", { done: progress.done, of: progress.of, name: progress.name })}</span>
            <Button onPress={() => abort.current?.abort()}>{say("transfer.stop")}</Button>
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
    </section>
  );
}

interface ImportAnswer {
  readonly added: number;
  readonly alreadyThere: number;
  readonly failed: number;
}

function Export({ account }: { readonly account: string }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data } = useQuery(mailboxesQuery(account));
  const [mailbox, setMailbox] = useState("INBOX");
  return (
    <section className="panel" aria-labelledby="export-title">
      <h3 id="export-title">{say("transfer.export")}</h3>
      <p className="organise-more">{say("transfer.export-more")}</p>
      <label className="organise-account">
        <span>{say("transfer.mailbox")}</span>
        <select value={mailbox} onChange={({ target }) => setMailbox(target.value)}>
          {(data?.mailboxes ?? []).map((row) => (
            <option key={row.mailbox} value={row.mailbox}>
              {mailboxName(words, row)}
            </option>
          ))}
        </select>
      </label>
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
