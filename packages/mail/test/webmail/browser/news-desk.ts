// An office in which Anna has news of some people, and a page that lists them.
import type { Locator, Page } from "playwright-core";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";
import { prepareRoutes } from "./browser.ts";
import { newsLetter } from "./news-letter.ts";
import { openPage } from "./set-up.ts";
import type { Undoing } from "../../temporary-directory.ts";

export interface NewsDesk {
  readonly office: ReaderOffice;
  readonly page: Page;
}

/** News of the last of `names` stand first. */
export async function openNewsDesk(file: Undoing, names: readonly string[]): Promise<NewsDesk> {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  for (const [minute, name] of names.entries()) await office.deliver("anna", newsLetter({ name, minute }));
  const page = await openPage(file, office);
  await prepareRoutes(page);
  for (const name of names) await rowOfNews(page, name).waitFor();
  return { office, page };
}

export function rowOfNews(page: Page, name: string): Locator {
  return page.getByRole("row", { name: new RegExp(`News of ${name}`) });
}

/** Resolves when what `name` writes is open, and all of it is there. */
export function showsNews(page: Page, name: string): Promise<void> {
  return page.locator("article.message:not([aria-busy])").getByText(`${name} writes.`).waitFor();
}
