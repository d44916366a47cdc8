// A line of the log in words, for a person who looks at a terminal.

interface Row {
  readonly level?: string;
  readonly text?: string;
  /** Of collecting: which source, what is wrong with it, and what to do next. */
  readonly source?: string;
  readonly why?: string;
  readonly next?: string;
  readonly error?: { readonly message?: string };
}

/** `restante: warning: the text: source: why: the error; next` and a line end, of one JSON line. */
export function plainLine(json: string): string {
  const { level, text = "", source, why, next, error } = JSON.parse(json) as Row;
  const kind = level === "warn" ? "warning" : (level ?? "error");
  const said = [text, source, why, error?.message].filter((part) => part !== undefined).join(": ");
  return `restante: ${kind}: ${oneLine(next === undefined ? said : `${said}; ${next}`)}\n`;
}

/** Line ends and other control characters become spaces: no text of a peer moves the cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
