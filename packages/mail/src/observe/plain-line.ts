// A line of the log in words, for a person who looks at a terminal.

/** `restante: warning: the text: the error` and a line end, of one JSON line. */
export function plainLine(json: string): string {
  const row = JSON.parse(json) as {
    readonly level?: string;
    readonly text?: string;
    readonly error?: { readonly message?: string };
  };
  const kind = row.level === "warn" ? "warning" : (row.level ?? "error");
  const why = row.error?.message === undefined ? "" : `: ${oneLine(row.error.message)}`;
  return `restante: ${kind}: ${oneLine(row.text ?? "")}${why}\n`;
}

/** Line ends and other control characters become spaces: no text of a peer moves the cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
