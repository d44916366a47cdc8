// A formatted text as plain text, and the other way: what is sent beside the HTML, and what switching makes of it.

/** A node of the editor's document, as JSON. */
export interface DocumentNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly { readonly type: string; readonly attrs?: Readonly<Record<string, unknown>> }[];
  readonly content?: readonly DocumentNode[];
}

export function documentText(node: DocumentNode): string {
  return blockLines(node).join("\n");
}

/** Whether plain text would say less than `node` shows. */
export function hasFormatting(node: DocumentNode): boolean {
  const isPlain = ["doc", "paragraph", "text", "hardBreak", "blockquote"].includes(node.type);
  const isMarked = (node.marks ?? []).length > 0;
  return !isPlain || isMarked || (node.content ?? []).some(hasFormatting);
}

function blockLines(node: DocumentNode): readonly string[] {
  const children = node.content ?? [];
  switch (node.type) {
    case "doc":
    case "listItem":
      return parted(children.map(blockLines), node.type === "listItem");
    case "blockquote":
      return parted(children.map(blockLines), false).map((line) => (/^>|^$/.test(line) ? `>${line}` : `> ${line}`));
    case "bulletList":
      return children.flatMap((item) => listed(item, "- "));
    case "orderedList": {
      const first = typeof node.attrs?.["start"] === "number" ? node.attrs["start"] : 1;
      return children.flatMap((item, at) => listed(item, `${first + at}. `));
    }
    default:
      return children.map(inlineText).join("").split("\n");
  }
}

/** Blocks with an empty line between them, but for the paragraphs of a list. */
function parted(blocks: readonly (readonly string[])[], isTight: boolean): readonly string[] {
  return blocks.flatMap((lines, at) => (at === 0 || isTight ? lines : ["", ...lines]));
}

function listed(item: DocumentNode, mark: string): readonly string[] {
  return blockLines(item).map((line, at) => (at === 0 ? mark : " ".repeat(mark.length)) + line);
}

function inlineText({ type, text = "", marks = [] }: DocumentNode): string {
  if (type === "hardBreak") return "\n";
  const href = marks.find((mark) => mark.type === "link")?.attrs?.["href"];
  return typeof href === "string" && href !== text && href !== `mailto:${text}` ? `${text} <${href}>` : text;
}

/** The document of a plain text: empty lines part paragraphs, marks of quoting become quotes. */
export function textDocument(text: string): DocumentNode {
  const content = quotedBlocks(text.split("\n"));
  return { type: "doc", content: content.length === 0 ? [{ type: "paragraph" }] : content };
}

function quotedBlocks(lines: readonly string[]): readonly DocumentNode[] {
  const blocks: DocumentNode[] = [];
  for (let at = 0; at < lines.length;) {
    const isQuoted = lines[at]?.startsWith(">") === true;
    let end = at;
    while (end < lines.length && lines[end]?.startsWith(">") === isQuoted) end += 1;
    const run = lines.slice(at, end);
    if (isQuoted)
      blocks.push({ type: "blockquote", content: nonEmpty(quotedBlocks(run.map((line) => line.replace(/^> ?/, "")))) });
    else blocks.push(...paragraphs(run));
    at = end;
  }
  return blocks;
}

function nonEmpty(blocks: readonly DocumentNode[]): readonly DocumentNode[] {
  return blocks.length === 0 ? [{ type: "paragraph" }] : blocks;
}

function paragraphs(lines: readonly string[]): readonly DocumentNode[] {
  const groups = lines
    .join("\n")
    .split(/\n(?:[ \t]*\n)+/)
    .map((group) => group.replace(/^\n+|\n+$/g, ""));
  return groups.flatMap((group, at) => {
    if (group === "") return at === 0 ? [{ type: "paragraph" }] : [];
    const content = group
      .split("\n")
      .flatMap((line, row) => [
        ...(row === 0 ? [] : [{ type: "hardBreak" }]),
        ...(line === "" ? [] : [{ type: "text", text: line }]),
      ]);
    return [{ type: "paragraph", content }];
  });
}

/** What stands above the message that is quoted or forwarded, and the rest. */
export function partedAtQuote(text: string, isForward: boolean): { readonly above: string; readonly below: string } {
  const mark = isForward ? /^-{5,} .* -{5,}$/m : /^>/m;
  const found = mark.exec(text);
  if (found === null) return { above: text, below: "" };
  const end = isForward ? text.indexOf("\n\n", found.index) : found.index;
  return end < 0 ? { above: text, below: "" } : { above: text.slice(0, end), below: text.slice(end) };
}
