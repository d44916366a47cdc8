// Pictures of every screen of the reader, light and dark, on a desk and on a phone, into docs/reader: the built product
// with its sample mail, in Debian's Chromium. `node --conditions=restante-source scripts/screenshots.ts`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { startProduct } from "../interop/product.ts";
import { root } from "./house/command.ts";

const FOLDER = join(root, "docs", "reader");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];

interface Screen {
  readonly name: string;
  readonly place: string;
  /** What shows that it is drawn. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page): Promise<void> => {
  await page.locator("[role=row]").nth(5).click();
  await page.locator("article.message:not([aria-busy])").waitFor();
};

const SCREENS: readonly Screen[] = [
  { name: "inbox", place: "#/all/inbox", ready: "[role=row]", act: openFirst },
  { name: "search", place: "#/all/search?q=regatta", ready: "[role=row]" },
  { name: "add-source", place: "#/sources/add", ready: "[name=password]" },
  { name: "settings", place: "#/settings/look", ready: ".about" },
  { name: "rules", place: "#/organise/rules", ready: "main h1, main h2" },
];

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

mkdirSync(FOLDER, { recursive: true });
const product = await startProduct({ args: ["--demo"] });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
try {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC" });
  const page = await context.newPage();
  await page.goto(product.url ?? "");
  await page.locator("[role=row]").first().waitFor();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const screen of SCREENS) await take(page, screen, `${screen.name}-${theme}-${size}.png`);
    }
  }
} finally {
  await browser.close();
  await product.stop();
}

async function take(page: Page, { place, ready, act }: Screen, file: string): Promise<void> {
  await page.evaluate(`window.location.hash = ${JSON.stringify(place)}`);
  await page.locator(ready).first().waitFor();
  await act?.(page);
  // Pictures and frames of a message come after it.
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.screenshot({ path: join(FOLDER, file) });
  console.log(file);
}
