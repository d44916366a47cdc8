import { Editor, type JSONContent } from "@tiptap/core";
import { Bold, Code, Italic, Link, List, ListOrdered, type LucideIcon, TextQuote } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconToggle } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import type { WordId } from "../words/catalogue.ts";
import { documentText, type DocumentNode, hasFormatting } from "./document-text.ts";
import { LinkDialog } from "./link-dialog.tsx";
import { beginningOf, EXTENSIONS, type RichBeginning, sliceOf } from "./rich-document.ts";
import { withOtherSignatureIn } from "./signature.ts";
import "./rich-editor.css";

export interface Written {
  readonly html: string;
  /** What the same message says in plain text. */
  readonly text: string;
  readonly hasFormatting: boolean;
}

export interface RichHandle {
  readonly changeSignature: (before: string, after: string) => void;
}

export interface RichEditorProps {
  readonly label: string;
  /** What may be done to the text from outside; null once the editor is gone. */
  readonly onHandle: (handle: RichHandle | null) => void;
  readonly beginning: RichBeginning;
  readonly hasFocus: boolean;
  readonly isReadOnly: boolean;
  readonly onChange: (written: Written) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** The editor for formatted text: bold, italic, code, links, lists and quotes; nothing else gets in. */
export function RichEditor(props: RichEditorProps): React.JSX.Element {
  const { label, beginning, hasFocus, isReadOnly, onChange, onFiles, onHandle } = props;
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ onChange, onFiles, onHandle });
  useEffect(() => {
    latest.current = { onChange, onFiles, onHandle };
  });
  const first = useRef({ label, beginning, hasFocus });
  const [editor, setEditor] = useState<Editor | null>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const made = makeEditor(place.current, {
      ...first.current,
      onChange: (written) => latest.current.onChange(written),
      onFiles: (files) => latest.current.onFiles(files),
    });
    made.on("transaction", () => redraw((count) => count + 1));
    setEditor(made);
    latest.current.onHandle({ changeSignature: (before, after) => changeSignature(made, before, after) });
    return () => {
      latest.current.onHandle(null);
      made.destroy();
    };
  }, []);
  useEffect(() => {
    editor?.setEditable(!isReadOnly, false);
  }, [editor, isReadOnly]);
  return (
    <div className="rich">
      {editor === null ? null : <Formats editor={editor} isReadOnly={isReadOnly} />}
      <div ref={place} className="rich-place" />
    </div>
  );
}

function changeSignature(editor: Editor, before: string, after: string): void {
  const changed = withOtherSignatureIn(editor.getJSON() as DocumentNode, before, after);
  if (changed !== undefined) editor.commands.setContent(changed as JSONContent, { emitUpdate: true });
}

type MakeOptions = Omit<RichEditorProps, "onHandle" | "isReadOnly">;

function makeEditor(element: HTMLElement | null, o: MakeOptions): Editor {
  return new Editor({
    element,
    extensions: EXTENSIONS,
    // Our nodes are read-only; the library only reads them too.
    content: beginningOf(o.beginning) as JSONContent,
    autofocus: o.hasFocus ? "start" : false,
    // The page's policy allows no style elements; compose.css says what they would.
    injectCSS: false,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": o.label,
        class: "rich-text",
        dir: "auto",
        // What cannot be written in for a moment keeps the focus.
        tabindex: "0",
      },
      handleDOMEvents: {
        // Left to the reader: it sends with the one and closes with the other.
        keydown: (_view, event) =>
          event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)),
        paste(view, event) {
          const { clipboardData } = event;
          const files = Array.from(clipboardData?.files ?? []);
          const html = clipboardData?.getData("text/html") ?? "";
          const text = clipboardData?.getData("text/plain") ?? "";
          event.preventDefault();
          if (files.length > 0 && text === "") o.onFiles(files);
          else if (html === "") view.pasteText(text);
          else view.dispatch(view.state.tr.replaceSelection(sliceOf(html, view.state.schema)).scrollIntoView());
          return true;
        },
        // What is dragged within the text is the editor's; a file is taken by the window, and text comes in plain.
        drop(view, event) {
          if (view.dragging !== null) return false;
          event.preventDefault();
          if ((event.dataTransfer?.files.length ?? 0) > 0) return true;
          view.pasteText(event.dataTransfer?.getData("text/plain") ?? "");
          return true;
        },
      },
    },
    onUpdate({ editor }) {
      const json = editor.getJSON() as DocumentNode;
      o.onChange({ html: editor.getHTML(), text: documentText(json), hasFormatting: hasFormatting(json) });
    },
  });
}

interface Format {
  readonly icon: LucideIcon;
  readonly word: WordId;
  readonly hint?: string;
  readonly name: string;
  readonly does: (editor: Editor) => void;
}

const FORMATS: readonly Format[] = [
  { icon: Bold, word: "format.bold", hint: "Ctrl+b", name: "bold", does: (e) => e.chain().focus().toggleBold().run() },
  {
    icon: Italic,
    word: "format.italic",
    hint: "Ctrl+i",
    name: "italic",
    does: (e) => e.chain().focus().toggleItalic().run(),
  },
  {
    icon: List,
    word: "format.list",
    name: "bulletList",
    does: (e) => e.chain().focus().toggleBulletList().run(),
  },
  {
    icon: ListOrdered,
    word: "format.numbers",
    name: "orderedList",
    does: (e) => e.chain().focus().toggleOrderedList().run(),
  },
  {
    icon: TextQuote,
    word: "format.quote",
    name: "blockquote",
    does: (e) => e.chain().focus().toggleBlockquote().run(),
  },
  { icon: Code, word: "format.code", name: "code", does: (e) => e.chain().focus().toggleCode().run() },
];

interface FormatsProps {
  readonly editor: Editor;
  readonly isReadOnly: boolean;
}

function Formats({ editor, isReadOnly }: FormatsProps): React.JSX.Element {
  const { say } = useWords();
  const [isLinking, setLinking] = useState(false);
  const link = editor.getAttributes("link")["href"] as unknown;
  return (
    <div className="formats" role="toolbar" aria-label={say("format.bar")} inert={isReadOnly}>
      {FORMATS.map(({ icon, word, hint, name, does }) => (
        <IconToggle
          key={name}
          icon={icon}
          label={say(word)}
          hint={hint}
          isOn={editor.isActive(name)}
          onPress={() => does(editor)}
        />
      ))}
      <IconToggle
        icon={Link}
        label={say("format.link")}
        isOn={editor.isActive("link")}
        onPress={() => setLinking(true)}
      />
      {isLinking ? (
        <LinkDialog
          href={typeof link === "string" ? link : ""}
          onClose={() => setLinking(false)}
          onLink={(href) => {
            const chain = editor.chain().focus().extendMarkRange("link");
            if (href === "") chain.unsetLink().run();
            else if (editor.state.selection.empty && !editor.isActive("link"))
              chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
            else chain.setLink({ href }).run();
          }}
        />
      ) : null}
    </div>
  );
}
