// The text of HTML a tree has no room for: its letters one after another, whatever they are in. Nothing is nested here, so
// that it takes as long as the text is.
import { Tokenizer, TokenizerMode } from "parse5";

export interface Beyond {
  readonly html: string;
  /** The HTML element whose start tag is just before it; undefined where there is none. */
  readonly within: string | undefined;
}

/** What is in these is no text of the page, and no markup either. */
const RAW: ReadonlyMap<string, Tokenizer["state"]> = new Map<string, Tokenizer["state"]>([
  ["script", TokenizerMode.SCRIPT_DATA],
  ["title", TokenizerMode.RCDATA],
  ["textarea", TokenizerMode.RCDATA],
  ...["style", "iframe", "noembed", "noframes"].map((tag) => [tag, TokenizerMode.RAWTEXT] as const),
]);
export function isRaw(tagName: string | undefined): tagName is string {
  return tagName !== undefined && RAW.has(tagName);
}

/** Elements that stand in a line of text; before and after all others a new one begins. */
const IN_LINE = new Set(
  "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup tt u var wbr".split(
    " ",
  ),
);

export function textBeyond({ html, within }: Beyond): string {
  const pieces: string[] = [];
  let skipped: string | undefined;
  const add = ({ chars }: { readonly chars: string }): void => {
    if (skipped === undefined) pieces.push(chars);
  };
  const tag = (name: string): void => {
    if (!IN_LINE.has(name)) pieces.push(/^t[dh]$/.test(name) ? " " : "\n");
  };
  const tokenizer = new Tokenizer(
    {},
    {
      onCharacter: add,
      onWhitespaceCharacter: ({ chars }) => add({ chars: chars.replaceAll("\n", " ") }),
      onStartTag({ tagName }) {
        tag(tagName);
        const state = RAW.get(tagName);
        if (state === undefined) return;
        skipped = tagName;
        tokenizer.state = state;
      },
      onEndTag({ tagName }) {
        if (skipped === tagName) skipped = undefined;
        tag(tagName);
      },
      onNullCharacter: () => undefined,
      onComment: () => undefined,
      onDoctype: () => undefined,
      onEof: () => undefined,
    },
  );
  tokenizer.write(isRaw(within) ? `<${within}>${html}` : html, true);
  const lines = pieces.join("").split("\n");
  return lines
    .map((line) => line.replace(/[\t\f\r ]+/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}
