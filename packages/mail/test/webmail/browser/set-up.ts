// What the tests of one file share: the built product or an office, and a browser in front of it. Opened before the first
// of them and closed after the last, what was opened last first.
import { after, before } from "node:test";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { startProduct, type Product } from "../../../../../interop/product.ts";
import type { ReaderOffice } from "../api/reader-office.ts";
import { NEEDS_CHROMIUM, newContext, openBrowser, usable } from "./browser.ts";
import type { Undoing } from "../../temporary-directory.ts";

/** Opens nothing where there is no browser: the tests are skipped then. */
export function setUp(open: (file: Undoing) => Promise<void>): void {
  const undoing: (() => void | Promise<void>)[] = [];
  before(async () => {
    if (NEEDS_CHROMIUM.skip === false) await open({ after: (undo) => void undoing.push(undo) });
  });
  after(async () => {
    for (const undo of undoing.toReversed()) await undo();
  });
}

/** A browser of the file's own; `hosts` is a rule for --host-resolver-rules. */
export async function browserFor(file: Undoing, o: { readonly hosts?: string } = {}): Promise<Browser> {
  const browser = await openBrowser(o);
  file.after(() => browser.close());
  return browser;
}

export interface Reader {
  readonly product: Product;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the door printed leads here. */
  readonly origin: string;
}

export interface ReaderOptions {
  readonly browser?: Browser;
  readonly args?: readonly string[];
  readonly context?: BrowserContextOptions;
}

/** Starts the product and opens the address it prints, as its person would; what is painted first is the program's then. */
export async function openReader(file: Undoing, o: ReaderOptions = {}): Promise<Reader> {
  const browser = o.browser ?? (await browserFor(file));
  const product = await startProduct({ args: ["--listen", "web=127.0.0.1:0", ...(o.args ?? [])] });
  file.after(() => product.stop());
  const context = await newContext(browser, o.context);
  file.after(() => context.close());
  const page = await context.newPage();
  await page.goto(product.url ?? "about:blank");
  await page.getByRole("navigation", { name: "Mailboxes" }).or(page.getByRole("main")).first().waitFor();
  await usable(page);
  return { product, browser, context, page, origin: new URL(page.url()).origin };
}

/** Opens the address an office of this process prints, and waits for the program there. */
export async function openPage(file: Undoing, { house }: ReaderOffice): Promise<Page> {
  const page = await (await newContext(await browserFor(file))).newPage();
  await page.goto(house.office.webAddress() ?? "");
  await usable(page);
  return page;
}
