// The window one writes in: at the corner of the reader, over all of it on a phone.
import { useState } from "react";
import type { Draft } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import { AttachmentList } from "./attachment-list.tsx";
import { ComposeFields } from "./compose-fields.tsx";
import { ComposeFoot } from "./compose-foot.tsx";
import { ComposeHead } from "./compose-head.tsx";
import { ComposeText } from "./compose-text.tsx";
import { useComposer } from "./composer.tsx";
import { dropCopy } from "./crash-copy.ts";
import { discardDraft } from "./discard.ts";
import type { OpenedAs } from "./draft-keeper.ts";
import { forgetBegun } from "./forget-begun.ts";
import { useDraft, type Writing } from "./use-draft.ts";
import { useFormat } from "./use-format.ts";
import { useSending } from "./use-sending.ts";
import "./compose.css";

interface ComposeWindowProps {
  readonly draft: Draft;
  /** It was begun for this window: closed as it is, nothing of it stays. */
  readonly isNew: boolean;
  readonly as: OpenedAs;
  readonly onClose: () => void;
}

export function ComposeWindow({ draft, isNew, as, onClose }: ComposeWindowProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const composer = useComposer();
  const writing = useDraft(draft, as);
  const { fields, change } = writing;
  const format = useFormat(draft, writing);
  const sending = useSending(draft, writing, onClose);
  const [isWide, setWide] = useState(false);
  const [isAskingForPlain, setAskingForPlain] = useState(false);
  const [isDragOver, setDragOver] = useState(false);
  useCommands({ send: () => sending.send(false), "send-archive": () => sending.send(true) });

  const close = (): void => {
    onClose();
    // What is being sent is kept, or said not to be, by the sending.
    if (sending.isSending) return;
    if (!writing.isTouched) {
      writing.stop(true);
      if (isNew) forgetBegun(draft);
      return;
    }
    writing.settle().then(
      () => writing.stop(true),
      (error: unknown) =>
        showToast({ text: say("compose.not-kept", { why: refusalText(words, error) }), tone: "trouble" }),
    );
  };
  const discard = (): void => {
    onClose();
    const { account, id } = draft;
    // A file that is on its way is not waited for; what is under way otherwise makes the version that is thrown away.
    writing.stop(false);
    writing.settle().then(
      (version) => {
        writing.stop(true);
        discardDraft(words, { account, id, version }, { onUndo: () => composer.open(account, id) });
      },
      () => {
        // The server does not have all of it: until it is removed there the copy in this browser does.
        const version = writing.version();
        const left = { ...draft, ...writing.current(), attachments: [...writing.attachments], version };
        discardDraft(
          words,
          { account, id, version },
          { onUndo: () => composer.showLeft(left), onRemoved: () => dropCopy(id) },
        );
      },
    );
  };
  const addFiles = (files: readonly File[]): void => {
    if (!sending.isSending) writing.addFiles(files);
  };
  const toPlain = (): void => (format.isFormatted ? setAskingForPlain(true) : format.toPlain());
  const count = fields.to.length + fields.cc.length + fields.bcc.length;
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
        addFiles(Array.from(event.dataTransfer.files));
      }}
    >
      <ComposeHead
        subject={fields.subject}
        keeping={writing.keeping}
        isWide={isWide}
        onWide={setWide}
        onClose={close}
      />
      {writing.keeping === "conflict" ? <Conflict draft={draft} writing={writing} /> : null}
      {writing.keeping === "gone" ? <Gone writing={writing} /> : null}
      <ComposeFields
        draft={draft}
        fields={fields}
        change={change}
        isReadOnly={sending.isSending}
        onSignature={format.changeSignature}
      />
      <ComposeText
        writing={writing}
        format={format}
        hasFocus={draft.to.length > 0}
        isReadOnly={sending.isSending}
        onFiles={addFiles}
      />
      <AttachmentList {...writing} isReadOnly={sending.isSending} />
      {sending.trouble === null ? null : (
        <p className="compose-hint danger" role="alert">
          {sending.trouble}
        </p>
      )}
      <ComposeFoot
        isSending={sending.isSending}
        isRich={format.beginning !== null}
        asksForReceipt={fields.asksForReceipt}
        onSend={() => sending.send(false)}
        onFiles={addFiles}
        onFormat={format.beginning === null ? format.toRich : toPlain}
        onReceipt={() => change({ asksForReceipt: !fields.asksForReceipt })}
        onDiscard={discard}
      />
      {sending.question === null ? null : (
        <Confirm
          title={say(`ask.${sending.question}`)}
          does={say(`ask.${sending.question}-does`)}
          onClose={() => sending.answer(false)}
          onConfirm={() => sending.answer(true)}
        >
          {say(`ask.${sending.question}-more`, { count })}
        </Confirm>
      )}
      {isAskingForPlain ? (
        <Confirm
          title={say("ask.plain")}
          does={say("ask.plain-does")}
          onClose={() => setAskingForPlain(false)}
          onConfirm={format.toPlain}
        >
          {say("ask.plain-more")}
        </Confirm>
      ) : null}
    </section>
  );
}

/** Somebody sent this draft elsewhere, or threw it away: what is written here is not sent a second time unasked. */
function Gone({ writing }: { readonly writing: Writing }): React.JSX.Element {
  const { say } = useWords();
  const composer = useComposer();
  return (
    <p className="compose-hint warning" role="alert">
      <span>{say(writing.attachments.length > 0 ? "compose.gone-with-files" : "compose.gone")}</span>
      <Button kind="quiet" onPress={() => composer.showLeft(writing.anew())}>
        {say("compose.keep-anew")}
      </Button>
    </p>
  );
}

/** Somebody wrote on this draft elsewhere. Neither text is lost before one was chosen. */
function Conflict({ draft, writing }: { readonly draft: Draft; readonly writing: Writing }): React.JSX.Element {
  const { say } = useWords();
  const composer = useComposer();
  const takeTheirs = (): void => {
    writing.stop(true);
    composer.open(draft.account, draft.id, { isAsKept: true });
  };
  return (
    <p className="compose-hint warning" role="alert">
      <span>{say("compose.conflict")}</span>
      <Button kind="quiet" onPress={() => void writing.overwrite().catch(() => undefined)}>
        {say("compose.mine")}
      </Button>
      <Button kind="quiet" onPress={takeTheirs}>
        {say("compose.theirs")}
      </Button>
    </p>
  );
}
