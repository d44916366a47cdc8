import { convert } from "html-to-text";

export interface ExaminedHtml {
  readonly remoteImages: number;
  readonly trackers: number;
  readonly contentIds: ReadonlySet<string>;
  readonly isTooLarge: boolean;
  text(): string;
}

/** What an HTML body holds, told without showing it. */
export function examineHtml(html: string): ExaminedHtml {
  const contentIds = new Set(Array.from(html.matchAll(/\bcid:([^\s"'<>)]{1,998})/gi), (match) => match[1] ?? ""));
  return {
    remoteImages: 0,
    trackers: 0,
    contentIds,
    isTooLarge: false,
    text: () => convert(html, { limits: { maxDepth: 100, maxInputLength: 1_000_000 } }),
  };
}
