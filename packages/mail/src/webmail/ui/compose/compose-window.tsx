// The window one writes in: at the corner of the reader, over all of it on a phone.
import { CaseSensitive, MailCheck, Maximize2, Minimize2, Paperclip, Send, Trash2, X } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import type { Draft } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { useActs } from "../acts/use-acts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Refusal } from "../data/refusal.ts";
import { useCommands, useHint } from "../keys/commands.tsx";
import { Button, IconButton, IconToggle } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import { isAddress, withAddresses } from "./addresses.ts";
import { AttachmentList } from "./attachment-list.tsx";
import { useComposer } from "./composer.tsx";
import { discardDraft } from "./discard.ts";
import { partedAtQuote } from "./document-text.ts";
import type { Keeping } from "./draft-keeper.ts";
import { speaksOfAttachment } from "./forgotten-attachment.ts";
import { RecipientField } from "./recipient-field.tsx";
import type { RichBeginning } from "./rich-document.ts";
import { SenderField } from "./sender-field.tsx";
import { tellSending } from "./send.ts";
import { withOtherSignature } from "./signature.ts";
import { useDraft } from "./use-draft.ts";
import "./compose.css";

const RichEditor = lazy(async () => ({ default: (await import("./rich-editor.tsx")).RichEditor }));

/** More recipients than people usually mean; the server asks at the same number. */
const MANY_RECIPIENTS = 25;

const KEEPING: Readonly<Record<Keeping, WordId | null>> = {
  "as-it-was": null,
  changed: "keeping.changed",
  saving: "keeping.saving",
  saved: "keeping.saved",
  failed: "keeping.failed",
  conflict: "keeping.conflict",
};

type Question = "attachment" | "many" | "plain";

interface ComposeWindowProps {
  readonly draft: Draft;
  /** It was begun for this window: closed as it is, nothing of it stays. */
  readonly isNew: boolean;
  readonly onClose: () => void;
}

export function ComposeWindow({ draft, isNew, onClose }: ComposeWindowProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const hint = useHint();
  const composer = useComposer();
  const acts = useActs();
  const writing = useDraft(draft);
  const { fields, change } = writing;
  const [isWide, setWide] = useState(false);
  const [hasCopies, setCopies] = useState(draft.cc.length > 0 || draft.bcc.length > 0);
  const [beginning, setBeginning] = useState<RichBeginning | null>(() =>
    draft.html === null ? null : { html: draft.html, text: draft.text, quote: null, isForward: false },
  );
  const [isFormatted, setFormatted] = useState(draft.html !== null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const [isDragOver, setDragOver] = useState(false);
  const answered = useRef<ReadonlySet<Question>>(new Set());
  const files = useRef<HTMLInputElement>(null);
  const archives = useRef(false);
  const beginsInText = draft.to.length > 0;

  const close = (): void => {
    onClose();
    if (!writing.isTouched) {
      writing.stop(true);
      if (isNew && draft.version > 0) void call("removeDraft", { account: draft.account, draft: draft.id });
      return;
    }
    writing.flush().then(
      () => writing.stop(true),
      (error: unknown) =>
        showToast({ text: say("compose.not-kept", { why: refusalText(words, error) }), tone: "trouble" }),
    );
  };
  const discard = (): void => {
    onClose();
    const { account, id } = draft;
    writing.flush().then(
      () => {
        writing.stop(true);
        discardDraft(words, { account, id }, () => composer.open(account, id));
      },
      () => writing.stop(true),
    );
  };

  const send = async (confirmed: Question | null): Promise<void> => {
    if (isSending) return;
    // What is typed in a field of recipients counts, chip or not.
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    if (confirmed !== null) answered.current = new Set([...answered.current, confirmed]);
    const now = writing.current();
    const to = [...now.to, ...now.cc, ...now.bcc];
    if (to.length === 0) return setTrouble(say("compose.nobody"));
    const wrong = to.find((one) => !isAddress(one));
    if (wrong !== undefined) return setTrouble(say("compose.wrong-address", { address: wrong.address }));
    if (writing.uploads.length > 0) return setTrouble(say("compose.still-uploading"));
    const isAnswered = (one: Question): boolean => answered.current.has(one);
    const mentions = speaksOfAttachment(`${now.subject}\n${now.text}`, say("compose.attachment-words"));
    if (writing.attachments.length === 0 && mentions && !isAnswered("attachment")) return setQuestion("attachment");
    if (to.length > MANY_RECIPIENTS && !isAnswered("many")) return setQuestion("many");
    setTrouble(null);
    setSending(true);
    try {
      const { account, id } = draft;
      const version = await writing.flush();
      const entry = await call("send", { account, draft: id, version, confirmed: isAnswered("many") });
      writing.stop(true);
      onClose();
      tellSending(words, entry, composer.show);
      if (archives.current && fields.answers !== null)
        acts.do({ kind: "archive" }, [{ account, messageId: fields.answers.messageId }], { isSilent: true });
    } catch (error) {
      setSending(false);
      if (error instanceof Refusal && error.code === "not-confirmed") return setQuestion("many");
      setTrouble(refusalText(words, error));
    }
  };
  const sendNow = (alsoArchives: boolean): void => {
    archives.current = alsoArchives;
    void send(null);
  };
  useCommands({ send: () => sendNow(false), "send-archive": () => sendNow(true) });

  const toRich = (): void => {
    const isForward = draft.answers?.kind === "forward";
    const { above, below } = partedAtQuote(draft.text, isForward);
    const isQuoteWhole = draft.richStart !== null && below !== "" && fields.text.endsWith(below);
    setBeginning({
      html: null,
      text: isQuoteWhole ? fields.text.slice(0, -below.length) : fields.text,
      quote: isQuoteWhole ? draft.richStart : null,
      isForward: isForward && above !== "",
    });
  };
  const toPlain = (): void => {
    setBeginning(null);
    setFormatted(false);
    change({ html: null });
  };
  const keepingWord = KEEPING[writing.keeping];
  const title = fields.subject === "" ? say("compose.title") : fields.subject;
  return (
    // Files may be dropped anywhere on it; the button does the same. Escape is the way out of it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="compose"
      aria-label={say("compose.title")}
      data-wide={isWide || undefined}
      data-drop={isDragOver || undefined}
      data-pane
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDragOver(true);
      }}
      onDragLeave={() => setDragOver(false)}
      onDrop={(event) => {
        setDragOver(false);
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        writing.addFiles(Array.from(event.dataTransfer.files));
      }}
    >
      <header className="compose-head">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <span className="compose-keeping" role="status">
          {keepingWord === null ? "" : say(keepingWord)}
        </span>
        <IconButton
          icon={isWide ? Minimize2 : Maximize2}
          label={say(isWide ? "compose.smaller" : "compose.larger")}
          className="compose-size"
          onPress={() => setWide(!isWide)}
        />
        <IconButton icon={X} label={say("compose.close")} onPress={close} />
      </header>
      {writing.keeping === "conflict" ? (
        <p className="compose-hint warning" role="alert">
          <span>{say("compose.conflict")}</span>
          <Button kind="quiet" onPress={() => void writing.overwrite().catch(() => undefined)}>
            {say("compose.mine")}
          </Button>
          <Button
            kind="quiet"
            onPress={() => {
              writing.stop(true);
              composer.open(draft.account, draft.id);
            }}
          >
            {say("compose.theirs")}
          </Button>
        </p>
      ) : null}
      <div className="compose-fields">
        <SenderField
          account={draft.account}
          from={fields.from}
          cameTo={draft.answers === null ? null : draft.from}
          onChange={(identity, before) =>
            change({
              from: identity.address,
              ...(beginning === null
                ? { text: withOtherSignature(fields.text, before?.signature ?? "", identity.signature) }
                : {}),
            })
          }
        />
        <div className="compose-to">
          <RecipientField
            account={draft.account}
            label={say("compose.to")}
            addresses={fields.to}
            hasFocus={!beginsInText}
            onChange={(to) => change({ to })}
          />
          {hasCopies ? null : (
            <Button kind="quiet" onPress={() => setCopies(true)}>
              {say("compose.copies")}
            </Button>
          )}
        </div>
        {hasCopies ? (
          <>
            <RecipientField
              account={draft.account}
              label={say("compose.cc")}
              addresses={fields.cc}
              onChange={(cc) => change({ cc })}
            />
            <RecipientField
              account={draft.account}
              label={say("compose.bcc")}
              addresses={fields.bcc}
              onChange={(bcc) => change({ bcc: withAddresses([], bcc) })}
            />
          </>
        ) : null}
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
      {beginning === null ? (
        <textarea
          className="compose-text"
          dir="auto"
          aria-label={say("compose.text")}
          // An answer begins where it is written.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={beginsInText}
          ref={beginAtTop}
          maxLength={500_000}
          value={fields.text}
          onChange={({ target }) => change({ text: target.value })}
          onPaste={(event) => {
            const pasted = Array.from(event.clipboardData.files);
            if (pasted.length === 0 || event.clipboardData.types.includes("text/plain")) return;
            event.preventDefault();
            writing.addFiles(pasted);
          }}
        />
      ) : (
        <Suspense fallback={<div className="compose-text" aria-busy />}>
          <RichEditor
            label={say("compose.text")}
            beginning={beginning}
            hasFocus={beginsInText || fields.html === null}
            onFiles={writing.addFiles}
            onChange={({ html, text, hasFormatting }) => {
              setFormatted(hasFormatting);
              change({ html, text });
            }}
          />
        </Suspense>
      )}
      <AttachmentList {...writing} />
      {trouble === null ? null : (
        <p className="compose-hint danger" role="alert">
          {trouble}
        </p>
      )}
      <footer className="compose-foot">
        <Button kind="primary" icon={Send} isDisabled={isSending} onPress={() => sendNow(false)}>
          {say("compose.send")}
          {hint("send") === undefined ? null : <kbd className="key">{hint("send")}</kbd>}
        </Button>
        <IconButton icon={Paperclip} label={say("compose.attach")} onPress={() => files.current?.click()} />
        <input
          ref={files}
          type="file"
          multiple
          hidden
          onChange={({ target }) => {
            writing.addFiles(Array.from(target.files ?? []));
            target.value = "";
          }}
        />
        <IconToggle
          icon={CaseSensitive}
          label={say("compose.rich")}
          isOn={beginning !== null}
          onPress={() => (beginning === null ? toRich() : isFormatted ? setQuestion("plain") : toPlain())}
        />
        <IconToggle
          icon={MailCheck}
          label={say("compose.receipt")}
          isOn={fields.asksForReceipt}
          onPress={() => change({ asksForReceipt: !fields.asksForReceipt })}
        />
        <IconButton icon={Trash2} label={say("compose.discard")} className="compose-discard" onPress={discard} />
      </footer>
      {question === null ? null : (
        <Confirm
          title={say(`ask.${question}`)}
          does={say(`ask.${question}-does`)}
          onClose={() => setQuestion(null)}
          onConfirm={() => (question === "plain" ? toPlain() : void send(question))}
        >
          {say(`ask.${question}-more`, { count: fields.to.length + fields.cc.length + fields.bcc.length })}
        </Confirm>
      )}
    </section>
  );
}

/** One writes above what is quoted. */
function beginAtTop(text: HTMLTextAreaElement | null): void {
  if (text === null || text.dataset["begun"] !== undefined) return;
  text.dataset["begun"] = "";
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}
