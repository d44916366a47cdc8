import type { ReaderSettings } from "../../api/schema/index.ts";
import type { Words } from "./words.ts";

/** What a person chose, for the whole page. Until the theme is known, the page keeps the one it came with. */
export function dressPage({ locale, direction }: Words, theme: ReaderSettings["theme"] | undefined): void {
  const page = document.documentElement;
  page.lang = locale;
  page.dir = direction;
  if (theme !== undefined) page.dataset["theme"] = theme;
}
