// What is done with one message of the demonstration in the real reader: its images shown and blocked, its source, its files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { goTo, NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask, openLetter } from "./writing-desk.ts";
import { zipNames } from "./zip-names.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  // The newest of the samples: all of them are indexed.
  await reader.page.getByRole("row", { name: /Re: Lunch/ }).waitFor();
});

const frame = (page: Page, which: string): Promise<void> => page.locator(`iframe.html-frame${which}`).waitFor();

test("images are shown once, or for a sender or a domain, and trust is taken back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openLetter(page, "Three teas");
  const blocked = page.getByText("1 image not loaded, 1 more looks like a tracker");
  // Nobody evaluated the sample mail: whoever trusts its sender is told so.
  const dialog = page.getByRole("alertdialog", { name: "Always show images of" });
  await blocked.waitFor();
  await frame(page, ':not([src*="images=1"])');
  await page.getByRole("button", { name: /^Show images/ }).click();
  await page.getByText("1 tracker not loaded").waitFor();
  await frame(page, '[src*="images=1"]');
  for (const [item, who] of [
    ["Always for letter@kettle.example", "letter@kettle.example"],
    ["Always for everyone at kettle.example", "kettle.example"],
  ] as const) {
    // Once is over when the message is opened again.
    await openLetter(page, "Unterlagen");
    await openLetter(page, "Three teas");
    await blocked.waitFor();
    await page.getByRole("button", { name: "Always…" }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await dialog.getByText(`Nothing says that this message is really from ${who}`).waitFor();
    await dialog.getByRole("button", { name: "Always show" }).click();
    await page.getByText(`Images of ${who} are shown; 1 tracker is not`).waitFor();
    await page.getByRole("button", { name: /^Undo/ }).click();
    await blocked.waitFor();
  }
  await page.getByRole("button", { name: "Always…" }).click();
  await page.getByRole("menuitem", { name: /everyone at/ }).click();
  await dialog.getByRole("button", { name: "Always show" }).click();
  await page.getByText("Images of kettle.example are shown; 1 tracker is not").waitFor();
  await goTo(page, "#/settings/reading");
  await page.getByRole("button", { name: "Stop showing images of kettle.example" }).click();
  await page.getByText("No longer trusted with images: kettle.example").waitFor();
});

test(
  "images are blocked again whatever they were shown by, and the undo brings all of that back",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const rules = [
      { kind: "sender", value: "letter@kettle.example" },
      { kind: "domain", value: "kettle.example" },
    ];
    const trusted = async (): Promise<readonly string[]> => {
      const answer = (await ask(page, "/api/trusted")) as { readonly trusted: readonly { readonly value: string }[] };
      return answer.trusted.map(({ value }) => value).toSorted();
    };
    await openLetter(page, "Unterlagen");
    await openLetter(page, "Three teas");
    // Shown once first: that is over too.
    await page.getByRole("button", { name: /^Show images/ }).click();
    await frame(page, '[src*="images=1"]');
    await ask(page, "/api/trusted", { method: "POST", body: { trusted: rules } });
    const both = "letter@kettle.example and everyone at kettle.example";
    await page.getByText(`Images of ${both} are shown; 1 tracker is not`).waitFor();
    await page.getByRole("button", { name: "Block again" }).click();
    await page.getByText(`Images are blocked again; no longer trusted: ${both}`).waitFor();
    await page.getByText("1 image not loaded, 1 more looks like a tracker").waitFor();
    await frame(page, ':not([src*="images=1"])');
    assert.deepEqual(await trusted(), []);
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByText(`Images of ${both} are shown from now on`).waitFor();
    await frame(page, '[src*="images=1"]');
    assert.deepEqual(await trusted(), ["kettle.example", "letter@kettle.example"]);
    await ask(page, "/api/trusted", { method: "DELETE", body: { trusted: rules } });
  },
);

test(
  "the source is shown as text, saved as it came, and printed without the reader around it",
  NEEDS_CHROMIUM,
  async () => {
    const { page, context } = reader;
    await openLetter(page, "Three teas");
    const choose = async (item: string): Promise<void> => {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    const [shown] = await Promise.all([context.waitForEvent("page"), choose("Show source")]);
    await shown.getByText("List-Unsubscribe-Post: List-Unsubscribe=One-Click").first().waitFor();
    await shown.waitForLoadState("load");
    assert.equal(await shown.locator("a, img, iframe, script").count(), 0);
    await shown.close();
    const [saved] = await Promise.all([page.waitForEvent("download"), choose("Save as .eml")]);
    assert.match(saved.suggestedFilename(), /\.eml$/);
    const octets = await readFile(await saved.path(), "latin1");
    assert.match(octets, /^Subject: /m);
    assert.match(octets, /\r\n\r\n/);
    const [printed] = await Promise.all([context.waitForEvent("page"), choose("Print")]);
    await printed.getByText("The Kettle Letter").first().waitFor();
    await printed.waitForLoadState("load");
    assert.equal(await printed.locator("nav, [role=row], script").count(), 0);
    await printed.close();
  },
);

test("all attachments come as one archive, under the names they are listed with", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openLetter(page, "Unterlagen");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save all as zip" }).click(),
  ]);
  const names = (await page.locator(".attachment-name").allInnerTexts()).map((name) => name.normalize("NFC"));
  assert.deepEqual(zipNames(await readFile(await saved.path())).toSorted(), names.toSorted());
});
