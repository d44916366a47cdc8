// A list of more rows than are loaded, all of them chosen, acted on and taken back.
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openReaderOffice } from "../api/reader-office.ts";
import { NEEDS_CHROMIUM } from "./browser.ts";
import { openPage, setUp } from "./set-up.ts";

const MESSAGES = 230;
let page: Page;

setUp(async (file) => {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  for (let n = 1; n <= MESSAGES; n += 1)
    await office.deliver(
      "anna",
      `From: Quay <quay@quay.example>\nSubject: Quay number ${n}\nMessage-ID: <${n}@quay.example>\n\nLine.\n`,
    );
  page = await openPage(file, office);
  await listed(MESSAGES);
});

const listed = (rows: number): Promise<void> => page.locator(`[role=grid][aria-rowcount="${rows}"]`).waitFor();

test(
  "all of a list are chosen where no more than some are loaded, and taken back together",
  NEEDS_CHROMIUM,
  async () => {
    await page.getByRole("checkbox", { name: "Choose all that are listed" }).check({ force: true });
    await page.getByText("100 of 230 are chosen").waitFor();
    await page.getByRole("button", { name: "Choose all 230" }).click();
    await page.getByRole("heading", { name: "230 chosen" }).waitFor();
    await page.getByText("100 of 230 are chosen").waitFor({ state: "detached" });
    await page.keyboard.press("e");
    await page.getByText("230 archived", { exact: true }).waitFor();
    await page.getByRole("row").first().waitFor({ state: "detached" });
    await page.keyboard.press("z");
    await listed(MESSAGES);
  },
);
