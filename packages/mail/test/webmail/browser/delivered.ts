// Mails of a corpus, delivered as they come from the network and opened one by one in the reader.
import type { Frame, Page } from "playwright-core";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { onTheWire, type Mail } from "../../message/corpus.ts";
import { goTo } from "./browser.ts";
import type { Reader } from "./set-up.ts";

export interface Delivered {
  readonly mail: Mail;
  readonly account: string;
  readonly messageId: number;
}

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number }[];
}

/** Delivers mails over LMTP, and says under which number each is kept; `already` are there. */
export async function deliverMails({ product, page }: Reader, all: readonly Mail[], already = 0): Promise<Delivered[]> {
  if (already === 0) await product.account("reader");
  const client = await LmtpClient.connect(product.port("lmtp"));
  for (const mail of all) await client.deliver({ recipient: "reader@localhost", letter: onTheWire(mail.octets()) });
  await client.quit();
  await page.evaluate(`fetch("/api/settings", {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ conversations: false }),
  })`);
  // The index follows deliveries; the list follows the index.
  await page.locator(`[role=grid][aria-rowcount="${already + all.length}"]`).waitFor();
  const listed = (await page.evaluate(
    `fetch("/api/list?account=all&role=inbox&view=messages&limit=200").then((answer) => answer.json())`,
  )) as Listed;
  const rows = listed.rows.toSorted((a, b) => a.messageId - b.messageId).slice(already);
  if (rows.length !== all.length) throw new Error(`${all.length} mails were delivered, ${rows.length} are listed`);
  return rows.map(({ account, messageId }, at) => ({ account, messageId, mail: all[at] as Mail }));
}

/** Opens a message and waits until all of it is drawn, its frame included. */
export async function openMessage(page: Page, { account, messageId }: Delivered): Promise<void> {
  const article = page.locator("article.message");
  // What was open before goes first, so that what is there afterwards is this message.
  await goTo(page, "#/all/inbox");
  await article.waitFor({ state: "detached" });
  await goTo(page, `#/all/inbox?open=${account}.m${messageId}`);
  await page.locator("article.message:not([aria-busy])").waitFor();
  for (const frame of await framesOf(page)) await loaded(frame);
}

/** A body that takes a busy machine too long is given up: its text is shown in place of its frame, which goes. */
export async function loaded(frame: Frame): Promise<void> {
  while (!frame.isDetached()) {
    try {
      return await frame.waitForURL(/\/m\//);
    } catch (error) {
      // What was on its way into the frame is given up a moment before the frame is.
      if (!frame.isDetached() && !String(error).includes("ERR_ABORTED")) throw error;
      await new Promise(setImmediate);
    }
  }
}

/** The frames of the open message; one that was left a moment ago may still be among the page's. */
export async function framesOf(page: Page): Promise<readonly Frame[]> {
  const elements = await page.locator("iframe.html-frame").elementHandles();
  const frames = await Promise.all(elements.map((element) => element.contentFrame()));
  return frames.filter((frame) => frame !== null);
}

/** What a person can read of the open message: its own texts, and those of its frames. */
export async function shownText(page: Page): Promise<string> {
  const texts = [await page.locator("article.message").innerText()];
  for (const frame of await framesOf(page)) texts.push(await frame.locator("body").innerText());
  return texts.join("\n");
}
