// HTML made to do harm, in the reader a person uses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { framesOf, loaded, openMessage } from "./delivered.ts";
import { contrast, styleOf } from "./harmless.ts";
import { openHostile } from "./hostile-reader.ts";

const opened = openHostile(["h08", "h09", "h13", "h24", "h42", "h79", "h80", "h89", "h90"]);

test("seven trackers are told from one image", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await openMessage(page, of("h89"));
  await page.getByText("1 image not loaded, 7 more look like trackers").waitFor();
});

test(
  "what is shown stays harmless when it is read and written again, with scripts allowed",
  NEEDS_CHROMIUM,
  async (t) => {
    const { page, browser, canary, of } = opened();
    const context = await newContext(browser);
    const other = await context.newPage();
    for (const { id, isBlank } of [
      { id: "h08", isBlank: true },
      { id: "h09", isBlank: false },
      { id: "h13", isBlank: false },
      { id: "h24", isBlank: true },
    ]) {
      await t.test(id, async () => {
        await openMessage(page, of(id));
        if (isBlank) {
          await page.getByRole("button", { name: "Show it anyway" }).click();
          await page.locator("iframe.html-frame").waitFor();
        }
        const frames = await framesOf(page);
        assert.ok(frames.length > 0, "its HTML is shown");
        for (const frame of frames) {
          // Nothing is harmful in what has not come yet.
          await loaded(frame);
          await other.setContent(await frame.content());
          const first = await other.locator("body").innerHTML();
          await other.evaluate("document.body.innerHTML = document.body.innerHTML");
          assert.equal(await other.locator("body").innerHTML(), first);
          assert.equal(await other.locator("script, svg, math, iframe, object, form").count(), 0);
        }
        assert.deepEqual(await canary.heard(), []);
      });
    }
    await context.close();
  },
);

test(
  "images that lead into this machine or its net are asked for by nobody, also when they are to be shown",
  NEEDS_CHROMIUM,
  async () => {
    const { page, origin, canary, of } = opened();
    await openMessage(page, of("h42"));
    const answers: number[] = [];
    page.on("response", (response) => {
      if (new URL(response.url()).pathname.startsWith("/cap/")) answers.push(response.status());
    });
    await page.getByRole("button", { name: /^Show images/ }).click();
    await page.locator("iframe.html-frame[src*='images=1']").waitFor();
    const [frame] = await framesOf(page);
    assert.ok(frame !== undefined);
    await frame.waitForURL(/images=1/);
    await frame.waitForLoadState("load");
    const images = await frame
      .locator("img[src]")
      .evaluateAll((all) =>
        all
          .map((image) => image as unknown as { readonly src: string; readonly naturalWidth: number })
          .map(({ src, naturalWidth }) => ({ src, naturalWidth })),
      );
    assert.ok(images.length > 0);
    for (const { src, naturalWidth } of images) {
      assert.ok(src.startsWith(`${origin}/cap/`), src);
      assert.equal(naturalWidth, 0, src);
    }
    assert.deepEqual(
      answers.filter((status) => status < 400),
      [],
    );
    assert.deepEqual(await canary.heard(), []);
  },
);

test("a seal that a mail draws itself is not one of ours", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await openMessage(page, of("h79"));
  const frames = await framesOf(page);
  assert.ok(frames.length > 0);
  for (const frame of frames) await frame.getByText("Signature valid").first().waitFor();
  await page.getByRole("button", { name: "Details" }).click();
  await page.locator(".head-details").getByText("Received").waitFor();
  const ours = await page.locator("article.message").innerText();
  assert.doesNotMatch(ours, /\bvalid\b|verified|signed by/i);
});

test("each HTML part stands in a frame of its own", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await openMessage(page, of("h80"));
  await becomes(async () => (await framesOf(page)).length, 2);
  for (const frame of await framesOf(page)) {
    await loaded(frame);
    assert.doesNotMatch(await frame.content(), /PGP MESSAGE/);
  }
});

test("the empty frame that stands ready is sandboxed like them, and there for nobody", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  const spare = page.locator("iframe[src='/m/empty']");
  await spare.waitFor({ state: "attached" });
  await openMessage(page, of("h80"));
  const sandboxes = (): Promise<readonly (string | null)[]> =>
    page
      .locator("iframe")
      .evaluateAll((all) => all.map((one) => (one as unknown as Sandboxed).getAttribute("sandbox")));
  await becomes(sandboxes, Array(3).fill("allow-popups allow-popups-to-escape-sandbox"));
  assert.equal(await spare.isVisible(), false);
});

test("text that can be seen can be read in the dark", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await page.emulateMedia({ colorScheme: "dark" });
  await openMessage(page, of("h90"));
  const [frame] = await framesOf(page);
  assert.ok(frame !== undefined);
  const text = await styleOf(frame.getByText("visible", { exact: true }), "color");
  const grounds = [frame.locator("body"), page.locator("iframe.html-frame")];
  const [ground = ""] = (await Promise.all(grounds.map((one) => styleOf(one, "backgroundColor")))).filter(
    (colour) => !colour.endsWith(", 0)"),
  );
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`);
});

interface Sandboxed {
  getAttribute(name: string): string | null;
}
