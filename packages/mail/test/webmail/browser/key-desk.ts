// Mail that keys are pressed on: the demonstration's, a long thread, a picture and three letters.
import type { Locator, Page } from "playwright-core";
import type { Undoing } from "../../temporary-directory.ts";
import { goTo, prepareRoutes } from "./browser.ts";
import { openReader, type Reader } from "./set-up.ts";
import { deliver, hasFocus } from "./writing-desk.ts";

export async function openKeyDesk(file: Undoing): Promise<Reader> {
  const reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  for (let n = 1; n <= 7; n += 1) await deliver(reader, threadLetter(n));
  await deliver(reader, [
    "From: Nora <nora@letters.example>",
    "Subject: With a picture",
    "MIME-Version: 1.0",
    "Content-Type: text/html",
    "",
    '<p>Look: <img src="https://pictures.example/boat.png" width="300" height="200" alt="boat"></p>',
  ]);
  for (const subject of ["First key", "Second key", "Third key"])
    await deliver(reader, [
      `From: Key <key@letters.example>`,
      "To: demo@localhost",
      `Subject: ${subject}`,
      "",
      "hello",
    ]);
  await goTo(reader.page, "#/all/inbox");
  // Each of them: letters may come into the list in another order than they were delivered in.
  for (const subject of ["Third key", "Second key", "First key", "With a picture", "Long thread"])
    await reader.page.getByRole("row", { name: new RegExp(subject) }).waitFor();
  return reader;
}

function threadLetter(n: number): readonly string[] {
  const before = Array.from({ length: n - 1 }, (_, at) => `<thread-${at + 1}@letters.example>`);
  return [
    "From: Thea <thea@letters.example>",
    `Subject: ${n === 1 ? "" : "Re: "}Long thread`,
    `Message-ID: <thread-${n}@letters.example>`,
    ...(before.length === 0 ? [] : [`References: ${before.join(" ")}`]),
    "",
    `This is letter ${n}.`,
  ];
}

/** Keys as the map writes them, one stroke after another. */
export async function press(page: Page, keys: string): Promise<void> {
  // At once: the second stroke of two is waited for no longer than a moment.
  await Promise.all(keys.split(" ").map((stroke) => page.keyboard.press(stroke.replace("Ctrl+", "Control+"))));
}

export const row = (page: Page, at: number): Locator => page.locator(`[role=row][data-index="${at}"]`);
export const selected = (page: Page): Locator => page.locator("[role=row][aria-selected=true]");
export const gone = (place: Locator): Promise<void> => place.waitFor({ state: "detached" });
export const message = (page: Page): Locator => page.locator("article.message");
export const toast = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator(".toast").filter({ hasText: text }).waitFor();

/** The inbox, with nothing open or chosen and the focus in its first row. */
export async function inList(page: Page): Promise<void> {
  await goTo(page, "#/all/inbox");
  await gone(message(page));
  await row(page, 0).focus();
  await hasFocus(row(page, 0));
}
