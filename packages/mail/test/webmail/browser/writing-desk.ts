// What tests of writing share: an address with a real SMTP server behind it, letters that come in, and messages that go out.
import type { Locator, Page } from "playwright-core";
import type { SmtpPeer } from "../../submission/smtp-peer.ts";
import { goTo, type Reader } from "./browser.ts";

export const INES = "ines@harbour.example";

/** Asks the API what the reader's own page may ask. */
export async function ask(page: Page, path: string, o: { readonly method?: string; readonly body?: unknown } = {}) {
  const { method = "GET", body } = o;
  const options = {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  };
  const answer = (await page.evaluate(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(options)}).then(async (answer) => [answer.status, await answer.text()])`,
  )) as readonly [number, string];
  if (answer[0] !== 200) throw new Error(`${method} ${path}: ${answer[0]} ${answer[1]}`);
  return JSON.parse(answer[1]) as unknown;
}

/** The account's usual address hands its mail to `peer`. */
export async function writeThrough(page: Page, peer: SmtpPeer, account = "1"): Promise<void> {
  await ask(page, "/api/identities", {
    method: "PUT",
    body: {
      account,
      address: INES,
      name: "Inés Okafor",
      signature: "The harbour office",
      isDefault: true,
      server: { host: "127.0.0.1", port: peer.port, tls: "none", mechanism: "plain" },
    },
  });
}

export function deliver({ product }: Reader, lines: readonly string[]): Promise<unknown> {
  return product.cli(["deliver", "demo@localhost"], `${lines.join("\r\n")}\r\n`);
}

/** Opens a message of the inbox by its subject. */
export async function openLetter(page: Page, subject: string): Promise<void> {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: new RegExp(subject) }).click();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
}

/** Begins a message; the window is open when this resolves. */
export async function beginMessage(page: Page, o: { readonly to: string; readonly subject: string }): Promise<void> {
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("combobox", { name: "To" }).fill(`${o.to},`);
  await page.getByLabel("Subject").fill(o.subject);
}

/** The server has what is written. */
export async function saved(page: Page): Promise<void> {
  await page
    .getByRole("status")
    .filter({ hasText: /^Saved$/ })
    .waitFor();
}

/** Does not wait for the hold to end: presses "Send now" in the outbox, and gives what the server took. */
export async function sentNow(page: Page, peer: SmtpPeer, subject: string): Promise<SmtpPeer["taken"][number]> {
  await goTo(page, "#/outbox");
  const entry = page.locator(".outgoing").filter({ hasText: subject }).first();
  const now = entry.getByRole("button", { name: "Send now" });
  const sent = page.locator(".outgoing[data-state=sent]").filter({ hasText: subject }).first();
  await now.or(sent).first().waitFor();
  // On a slow machine its ten seconds may be over before the button is pressed.
  if (await now.isVisible()) await now.click().catch(() => undefined);
  await sent.waitFor();
  const taken = peer.taken.at(-1);
  if (taken === undefined) throw new Error(`the server did not take ${subject}`);
  return taken;
}

/** One dot. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Files of the disk, dragged from outside as the desk of a person does. */
export async function dropFiles(page: Page, place: Locator, files: readonly string[]): Promise<void> {
  const box = await place.boundingBox();
  if (box === null) throw new Error("there is no place to drop at");
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2, data };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at });
  await session.detach();
}
