// What a state of the reader is, and the presses most of them begin with.
import type { Page } from "playwright-core";

export interface State {
  readonly name: string;
  readonly place: string;
  /** What shows that the place is drawn. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
  /** Requests that are to fail while it is looked at. */
  readonly failing?: string;
  /** What they are answered with; 500 unless it is said. */
  readonly status?: number;
  /** An answer that is changed while it is looked at. */
  readonly answer?: {
    readonly at: string | RegExp;
    readonly becomes: (body: unknown) => unknown;
  };
  /** Requests that are not answered while it is looked at. */
  readonly waiting?: string;
  /** Nothing tells the page that a setting was changed: it is come to again for every look. */
  readonly isDeaf?: true;
  /** On a small screen. */
  readonly isPhone?: true;
}

export const ROW = "[role=row]";

export const open =
  (subject: RegExp) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("row", { name: subject }).first().click();
    await page.locator("article.message:not([aria-busy])").waitFor();
  };
export const press =
  (name: string | RegExp, appears: string, at: "first" | "last" = "first") =>
  async (page: Page): Promise<void> => {
    const buttons = page.getByRole("button", { name });
    await (at === "first" ? buttons.first() : buttons.last()).click();
    await page.locator(appears).first().waitFor();
  };
export const inTurn =
  (...acts: readonly ((page: Page) => Promise<void>)[]) =>
  async (page: Page): Promise<void> => {
    for (const act of acts) await act(page);
  };
export const key =
  (stroke: string, appears: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press(stroke);
    await page.locator(appears).first().waitFor();
  };
export const inbox = { place: "#/all/inbox", ready: ROW } as const;
/** What is further down than the list draws is found by a search. */
export const searched = (word: string): Pick<State, "place" | "ready"> => ({
  place: `#/all/search?q=${word}`,
  ready: ROW,
});
export const DIALOG = "[role=dialog], [role=alertdialog]";

export type Json = Readonly<Record<string, unknown>>;

/** An open message, otherwise than it is. */
export const messageThat = (name: string, is: Json): State => ({
  name,
  place: "#/all/search?q=unterlagen",
  ready: ROW,
  answer: { at: /\/api\/accounts\/\d+\/messages\/\d+$/, becomes: (body) => ({ ...(body as Json), ...is }) },
  act: openFirst,
});

/** The letter of the sample mail whose HTML has images to load, otherwise than it is. */
export const letterThat = (name: string, is: Json): State => ({ ...messageThat(name, is), ...searched("kettle") });

export async function openFirst(page: Page): Promise<void> {
  await page.getByRole("row").first().click();
  await page.locator("article.message:not([aria-busy])").waitFor();
}
