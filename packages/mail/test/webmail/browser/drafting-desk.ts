// What tests of drafts share: a post office that can be killed and comes back where it was, an SMTP server behind it, and
// tabs that are killed and cut off.
import type { BrowserContext, Page } from "playwright-core";
import { startProduct } from "../../../../../interop/product.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { temporaryDirectory, type Undoing } from "../../temporary-directory.ts";
import { becomes, goTo, newContext, prepareRoutes } from "./browser.ts";
import { browserFor } from "./set-up.ts";
import { ask, hasFocus, writeThrough } from "./writing-desk.ts";

export interface DraftingDesk {
  readonly context: BrowserContext;
  readonly origin: string;
  readonly peer: SmtpPeer;
  openTab(): Promise<Page>;
  /** As a power cut would. */
  killServer(): Promise<void>;
  /** Again, at the same address. */
  startServer(): Promise<void>;
}

/** Opened in `setUp`; `smtp` is how the SMTP server behaves. */
export async function openDraftingDesk(file: Undoing, smtp: Parameters<typeof smtpPeer>[1]): Promise<DraftingDesk> {
  const data = temporaryDirectory(file);
  const peer = await smtpPeer(file, smtp);
  let product = await startProduct({ data, args: ["--demo"] });
  // The one that runs then: it is killed and started again.
  file.after(() => product.stop());
  const context = await newContext(await browserFor(file));
  const page = await context.newPage();
  await prepareRoutes(page);
  await page.goto(product.url ?? "");
  await page.getByRole("row").first().waitFor();
  const { origin, port } = new URL(page.url());
  await writeThrough(page, peer);
  await page.close();
  return {
    context,
    origin,
    peer,
    async openTab() {
      const tab = await context.newPage();
      await tab.goto(`${origin}/#/all/inbox`);
      await tab.getByRole("row").first().waitFor();
      return tab;
    },
    killServer: () => product.kill("SIGKILL"),
    async startServer() {
      product = await startProduct({ data, args: ["--demo", "--listen", `web=127.0.0.1:${port}`] });
    },
  };
}

/** Ends the tab's process in the middle of whatever it does. */
export async function killTab(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close({ runBeforeUnload: false });
}

/** Waits until the field of the message's text holds it. */
export function says(page: Page, text: string): Promise<void> {
  return becomes(() => page.getByLabel("Text of the message").inputValue(), text);
}

export function isAbout(page: Page, subject: string): Promise<void> {
  return becomes(() => page.getByLabel("Subject").inputValue(), subject);
}

/** Nothing that is written reaches the server from now on. */
export async function cutOff(page: Page): Promise<void> {
  await page.route("**/api/drafts/**", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
}

/** Opens a draft from the list of them. */
export async function openFromList(page: Page, subject: string): Promise<void> {
  await goTo(page, "#/drafts");
  await page.locator(".paper-open").filter({ hasText: subject }).click();
  await page.getByLabel("Text of the message").waitFor();
}

/** Closes the window by its key, from the text. */
export async function closeWindow(page: Page): Promise<void> {
  const body = page.getByLabel("Text of the message");
  await body.focus();
  await hasFocus(body);
  await page.keyboard.press("Escape");
  await page.locator(".compose").waitFor({ state: "detached" });
}

/** Waits until the page writes on no draft: of a window that was closed the last is kept, or given up. What is on its way
 * when its page ends may come to the server past the route that was to stop it. Other tabs may write on. */
export function writesNothing(page: Page): Promise<void> {
  return becomes(() => page.evaluate<number>(DRAFTS_WRITTEN_HERE), 0);
}

/** The browser tells the locks of all tabs: whose the page's own are, one that it takes for this says. */
const DRAFTS_WRITTEN_HERE = `navigator.locks.request(crypto.randomUUID(), async ({ name }) => {
  const { held } = await navigator.locks.query();
  const here = held.find((lock) => lock.name === name).clientId;
  return held.filter((lock) => lock.clientId === here && lock.name.startsWith("restante.writing.")).length;
})`;

/** The draft of that subject, as the server has it. */
export async function draftOf(
  page: Page,
  subject: string,
): Promise<{ readonly id: string; readonly version: number; readonly text: string } | undefined> {
  const { drafts } = (await ask(page, "/api/drafts?account=1")) as { drafts: { id: string; subject: string }[] };
  const id = drafts.find((one) => one.subject === subject)?.id;
  return id === undefined
    ? undefined
    : ((await ask(page, `/api/drafts/${id}?account=1`)) as { id: string; version: number; text: string });
}
