// What tests of writing share: an address with a real SMTP server behind it, letters that come in, and messages that go out.
import { errors, type FileChooser, type Locator, type Page } from "playwright-core";
import type { SmtpPeer } from "../../submission/smtp-peer.ts";
import { drawn, goTo } from "./browser.ts";
import type { Reader } from "./set-up.ts";

export const INES = "ines@harbour.example";
/** Longer than a row needs to come to rest. */
const COVERED_MS = 3_000;

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

/** Changes settings, as on another device, and resolves when the page goes by them. */
export async function choose(page: Page, settings: object): Promise<void> {
  const heard = page.waitForEvent(
    "requestfinished",
    (request) => request.method() === "GET" && request.url().endsWith("/api/settings"),
  );
  await ask(page, "/api/settings", { method: "PATCH", body: settings });
  await heard;
  await drawn(page);
}

interface WritingThrough {
  readonly account?: string;
  readonly tls?: "none" | "implicit";
  readonly login?: { readonly user: string; readonly password: string };
}

/** The account's usual address hands its mail to `peer`. */
export async function writeThrough(page: Page, peer: SmtpPeer, o: WritingThrough = {}): Promise<void> {
  const { account = "1", tls = "none", login } = o;
  await ask(page, "/api/identities", {
    method: "PUT",
    body: {
      account,
      address: INES,
      name: "Inés Okafor",
      signature: "The harbour office",
      isDefault: true,
      server: { host: "127.0.0.1", port: peer.port, tls, mechanism: "plain", user: login?.user },
      password: login?.password,
    },
  });
}

export function deliver({ product }: Reader, lines: readonly string[]): Promise<unknown> {
  return product.cli(["deliver", "demo@localhost"], `${lines.join("\r\n")}\r\n`);
}

/** What comes while something else is looked at. */
export function helloFromPat(subject: string): readonly string[] {
  return ["From: Pat <pat@studio.example>", "To: demo@localhost", `Subject: ${subject}`, "", "Hello."];
}

/** Opens a message of the inbox by its subject. */
export async function openLetter(page: Page, subject: string): Promise<void> {
  await goTo(page, "#/all/inbox");
  const row = page.getByRole("row", { name: new RegExp(subject) });
  // Mail that comes while a row has the focus moves no row: it stands above what is in sight, and the list says so.
  const above = page.getByRole("button", { name: /^\d+ new/ });
  for (;;) {
    await row.or(above).first().waitFor();
    if ((await row.isVisible()) && (await isClicked(row))) break;
    // The line covers it, or it is further up.
    if (await above.isVisible()) await above.click();
    else {
      await row.click();
      break;
    }
  }
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  // Keys act on it once all of it is here.
  await page.locator("article.message:not([aria-busy])").first().waitFor();
}

/** False when something covers it: the line may have come over the row just now. */
function isClicked(row: Locator): Promise<boolean> {
  return row.click({ timeout: COVERED_MS }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof errors.TimeoutError) return false;
      throw error;
    },
  );
}

/** A key goes to whatever has the focus: waited for, not hoped for. */
export async function hasFocus(place: Locator): Promise<void> {
  await place.and(place.page().locator(":focus")).waitFor();
}

/** A dialog that is seen takes the focus a moment later: keys that are pressed sooner go to what is behind it. */
export async function takesFocus(dialog: Locator): Promise<void> {
  await dialog.and(dialog.page().locator(":focus-within")).waitFor();
}

/** By the button and the window in which files are chosen. */
export async function attach(page: Page, file: Parameters<FileChooser["setFiles"]>[0]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Attach files" }).click(),
  ]);
  await chooser.setFiles(file);
}

/** A file is on the server, and no longer on its way there. */
export async function attached(page: Page, name: string): Promise<void> {
  await page.locator(".compose-attachment:not(:has(progress))").filter({ hasText: name }).waitFor();
}

/** What is offered for ten seconds stays for as long as a pointer is over it: here, until something is done. */
export async function holdOffer(page: Page, text: string | RegExp): Promise<Locator> {
  const toast = page.locator(".toast").filter({ hasText: text });
  await toast.hover();
  return toast;
}

/** Begins a message; the window is open when this resolves. */
export async function beginMessage(page: Page, o: { readonly to: string; readonly subject: string }): Promise<void> {
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("combobox", { name: "To" }).fill(`${o.to},`);
  await page.getByLabel("Subject").fill(o.subject);
}

/** Sends what is written, by its key; the ten seconds begin when this resolves. */
export async function sendWritten(page: Page): Promise<void> {
  await page.keyboard.press("Control+Enter");
  // What was said of a message before may stand there still; the window is gone once the server has this one.
  await page.locator(".compose").waitFor({ state: "detached" });
  await page.locator(".toast").filter({ hasText: "Sending in 10 seconds" }).waitFor();
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
  await hurried(page, subject);
  await page.locator(".outgoing[data-state=sent]").filter({ hasText: subject }).first().waitFor();
  const taken = peer.taken.at(-1);
  if (taken === undefined) throw new Error(`the server did not take ${subject}`);
  return taken;
}

/** The entry of the outbox, which does not wait for its ten seconds; on a slow machine they may be over already. */
export async function hurried(page: Page, subject: string): Promise<Locator> {
  await goTo(page, "#/outbox");
  const entry = page.locator(".outgoing").filter({ hasText: subject }).first();
  const now = entry.getByRole("button", { name: "Send now" });
  const begun = page.locator(".outgoing:not([data-state=held])").filter({ hasText: subject }).first();
  // Whichever comes first: the button pressed, or what takes it away.
  await Promise.race([now.click().catch(() => undefined), begun.waitFor()]);
  await begun.waitFor();
  return entry;
}

/** The same by the API, with no pointer moved. */
export async function sendHeld(page: Page, subject: string): Promise<void> {
  const { entries } = (await ask(page, "/api/outbox?account=1")) as {
    readonly entries: readonly { readonly id: string; readonly subject: string }[];
  };
  const id = entries.find((entry) => entry.subject === subject)?.id ?? "";
  const retry = ask(page, `/api/outbox/${id}/retry`, { method: "POST", body: { account: "1" } });
  await retry.catch(() => undefined); // Its ten seconds may be over.
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

/** A letter to INES, to be delivered: hers, however it comes. */
export function toInes(subject: string, from = "a@b.example"): readonly string[] {
  return [`From: ${from}`, `To: ${INES}`, `Subject: ${subject}`, "", "hello"];
}
