// Every key of the reader: what it does, and how the help and the tooltips write it. Letters are the set people know
// from Gmail.
import type { WordId } from "../words/catalogue.ts";

export type Command =
  | "next"
  | "previous"
  | "open"
  | "back"
  | "next-message"
  | "previous-message"
  | "select"
  | "select-next"
  | "select-previous"
  | "select-all"
  | "select-none"
  | "undo"
  | "archive"
  | "trash"
  | "delete"
  | "star"
  | "move"
  | "junk"
  | "read"
  | "unread"
  | "expand-all"
  | "collapse-all"
  | "search"
  | "go-inbox"
  | "go-starred"
  | "go-sent"
  | "go-drafts"
  | "go-all"
  | "check"
  | "images"
  | "next-pane"
  | "previous-pane"
  | "compose"
  | "reply"
  | "reply-all"
  | "forward"
  | "send"
  | "send-archive"
  | "label"
  | "go-outbox"
  | "help";

export interface KeyRow {
  readonly command: Command;
  /** As `strokeOf` writes them; two strokes are parted by a space. The first is the one shown. */
  readonly keys: readonly string[];
  readonly word: WordId;
  readonly group: "moving" | "acting" | "writing" | "going";
  /** Works inside fields too: it is no character and means nothing there. */
  readonly isAlways?: true;
  /** Goes on while the key is held. What acts does so once: the next message is nobody's wish. */
  readonly isRepeated?: true;
}

export const KEYMAP: readonly KeyRow[] = [
  { command: "next", keys: ["j"], word: "key.next", group: "moving", isRepeated: true },
  { command: "previous", keys: ["k"], word: "key.previous", group: "moving", isRepeated: true },
  { command: "open", keys: ["o", "Enter"], word: "key.open", group: "moving" },
  { command: "back", keys: ["u", "Escape"], word: "key.back", group: "moving" },
  { command: "next-message", keys: ["n"], word: "key.next-message", group: "moving", isRepeated: true },
  { command: "previous-message", keys: ["p"], word: "key.previous-message", group: "moving", isRepeated: true },
  { command: "expand-all", keys: [";"], word: "key.expand-all", group: "moving" },
  { command: "collapse-all", keys: [":"], word: "key.collapse-all", group: "moving" },
  { command: "next-pane", keys: ["F6"], word: "key.next-pane", group: "moving", isAlways: true },
  { command: "previous-pane", keys: ["Shift+F6"], word: "key.previous-pane", group: "moving", isAlways: true },
  { command: "select", keys: ["x"], word: "key.select", group: "acting" },
  { command: "select-next", keys: ["J"], word: "key.select-next", group: "acting", isRepeated: true },
  { command: "select-previous", keys: ["K"], word: "key.select-previous", group: "acting", isRepeated: true },
  { command: "select-all", keys: ["* a"], word: "key.select-all", group: "acting" },
  { command: "select-none", keys: ["* n"], word: "key.select-none", group: "acting" },
  { command: "archive", keys: ["e"], word: "key.archive", group: "acting" },
  { command: "trash", keys: ["#", "Delete"], word: "key.trash", group: "acting" },
  { command: "delete", keys: ["Shift+Delete"], word: "key.delete", group: "acting" },
  { command: "junk", keys: ["!"], word: "key.junk", group: "acting" },
  { command: "move", keys: ["v"], word: "key.move", group: "acting" },
  { command: "label", keys: ["l"], word: "key.label", group: "acting" },
  { command: "star", keys: ["s"], word: "key.star", group: "acting" },
  { command: "read", keys: ["I"], word: "key.read", group: "acting" },
  { command: "unread", keys: ["U"], word: "key.unread", group: "acting" },
  { command: "images", keys: ["Alt+i"], word: "key.images", group: "acting" },
  { command: "undo", keys: ["z", "Ctrl+z"], word: "key.undo", group: "acting" },
  { command: "compose", keys: ["c"], word: "key.compose", group: "writing" },
  { command: "reply", keys: ["r"], word: "key.reply", group: "writing" },
  { command: "reply-all", keys: ["a"], word: "key.reply-all", group: "writing" },
  { command: "forward", keys: ["f"], word: "key.forward", group: "writing" },
  { command: "send", keys: ["Ctrl+Enter"], word: "key.send", group: "writing", isAlways: true },
  {
    command: "send-archive",
    keys: ["Ctrl+Shift+Enter"],
    word: "key.send-archive",
    group: "writing",
    isAlways: true,
  },
  { command: "search", keys: ["/"], word: "key.search", group: "going" },
  { command: "go-inbox", keys: ["g i"], word: "key.go-inbox", group: "going" },
  { command: "go-starred", keys: ["g s"], word: "key.go-starred", group: "going" },
  { command: "go-all", keys: ["g a"], word: "side.all-mail", group: "going" },
  { command: "go-sent", keys: ["g t"], word: "key.go-sent", group: "going" },
  { command: "go-drafts", keys: ["g d"], word: "key.go-drafts", group: "going" },
  { command: "go-outbox", keys: ["g o"], word: "key.go-outbox", group: "going" },
  { command: "check", keys: ["G", "F9"], word: "key.check", group: "going" },
  { command: "help", keys: ["?"], word: "key.help", group: "going" },
];

/** What a list does by itself while it has the focus, letters or no letters. */
export const LIST_KEYS: readonly Pick<KeyRow, "keys" | "word">[] = [
  { keys: ["↓", "↑"], word: "key.step" },
  { keys: ["PageDown", "PageUp"], word: "key.page" },
  { keys: ["Home", "End"], word: "key.ends" },
];

interface Pressed {
  readonly key: string;
  /** The place on the keyboard, as on one of the United States: "KeyI". */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * A key press as the map writes it: "j", "J", "Shift+F6", "Ctrl+z", "Ctrl+Shift+z". A character alone says by itself
 * whether Shift was held.
 */
export function strokeOf(pressed: Pressed): string {
  const { ctrlKey, metaKey, altKey, shiftKey } = pressed;
  const key = altKey ? besideAlt(pressed) : pressed.key;
  const held = [...(ctrlKey || metaKey ? ["Ctrl"] : []), ...(altKey ? ["Alt"] : [])];
  const parts = [...held, ...(shiftKey && (held.length > 0 || !isCharacter(key)) ? ["Shift"] : [])];
  return [...parts, isCharacter(key) && parts.length > 0 ? key.toLowerCase() : key].join("+");
}

/** Option on a Mac makes another character of a letter, or half of one ("Dead"): then the place of the key says which it is. */
function besideAlt({ key, code }: Pressed): string {
  return /^[a-z]$/i.test(key) ? key : (/^Key([A-Z])$/.exec(code)?.[1] ?? key);
}

const BY_KEYS: ReadonlyMap<string, KeyRow> = new Map(KEYMAP.flatMap((row) => row.keys.map((keys) => [keys, row])));
const FIRST_STROKES: ReadonlySet<string> = new Set(
  KEYMAP.flatMap(({ keys }) => keys.flatMap((key) => (key.includes(" ") ? (key.split(" ")[0] ?? []) : []))),
);

/** What `stroke` does after `before`, the stroke that began a sequence; "begins" when more is to come. */
export function lookUp(before: string | null, stroke: string): KeyRow | "begins" | undefined {
  if (before !== null) return BY_KEYS.get(`${before} ${stroke}`) ?? lookUp(null, stroke);
  return FIRST_STROKES.has(stroke) ? "begins" : BY_KEYS.get(stroke);
}

/** WCAG 2.1.4: what a person may switch off is a character alone; Enter, Delete and their like go on. */
export function isCharacter(stroke: string): boolean {
  return [...stroke].length === 1;
}

/** The key shown in tooltips. */
export function hintOf(command: Command): string {
  return KEYMAP.find((row) => row.command === command)?.keys[0] ?? "";
}
