// Mails made to do harm, in the reader a person uses. Whatever of them got through asks canary.invalid for something.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Frame, Page } from "playwright-core";
import { NEEDS_CHROMIUM, newContext, openBrowser, openReader, type Reader } from "./browser.ts";
import { sample } from "../../retriever/sample.ts";
import { deliverCorpus, type Delivered, openMessage } from "./delivered.ts";

interface Checked {
  readonly file: string;
  readonly checks: readonly string[];
}

const INDEX = JSON.parse(
  readFileSync(new URL("../../fixtures/hostile/index.json", import.meta.url), "utf8"),
) as readonly Checked[];
const CHECKS = new Map(INDEX.map(({ file, checks }) => [file, new Set(checks)]));
/** Everything a person could press in one message; a few hundred links of one kind are no other attack. */
const PRESSED_MAX = 15;
/** All of them in the long run; so many in the short one. */
const OPENED = 20;
const PRESSED = 5;
const PRESSED_BY = ["noScriptOnClick", "noForm", "appIntact", "noNavigation"];

let browser: Browser;
let canary: Server;
let reader: Reader;
let delivered: readonly Delivered[] = [];
/** Paths that were asked for at canary.invalid, or "connection" where nothing readable was. */
const sung: string[] = [];
const dialogs: string[] = [];

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  canary = createServer((request, response) => {
    sung.push(request.url ?? "");
    response.end();
  });
  canary.on("clientError", (_error, socket) => {
    sung.push("connection");
    socket.destroy();
  });
  await once(canary.listen(0, "127.0.0.1"), "listening");
  const { port } = canary.address() as AddressInfo;
  browser = await openBrowser({ hosts: `MAP *.canary.invalid 127.0.0.1:${port}` });
  reader = await openReader({ browser });
  reader.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  delivered = await deliverCorpus(reader, "hostile");
});

after(async () => {
  await reader?.stop();
  await browser?.close();
  canary?.close();
});

const of = (id: string): Delivered => {
  const found = delivered.find(({ mail }) => mail.file.startsWith(`${id}-`));
  if (found === undefined) throw new Error(`no mail ${id}`);
  return found;
};

test("the canary hears a page that asks for it", NEEDS_CHROMIUM, async () => {
  const context = await newContext(browser);
  await (await context.newPage()).goto("http://control.canary.invalid/control");
  await context.close();
  assert.ok(sung.includes("/control"));
  sung.length = 0;
});

test("every mail opens; none runs, loads, leads away or changes anything of the reader", NEEDS_CHROMIUM, async (t) => {
  const { page, origin } = reader;
  const before = await chrome(page);
  const chosen = sample(t, { what: "hostile mails", of: delivered.length, take: OPENED });
  for (const one of chosen.flatMap((n) => delivered[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      assert.deepEqual(sung, [], "asked for something");
      assert.deepEqual(dialogs, []);
      assert.deepEqual(await chrome(page), before);
      assert.equal(new URL(page.url()).origin, origin);
      assert.equal(await page.evaluate("({}).polluted"), undefined);
      for (const frame of page.frames().slice(1)) await assertHarmless(frame, origin);
    });
  }
});

test("pressing whatever is in a mail runs nothing and sends nothing", NEEDS_CHROMIUM, async (t) => {
  const { page, origin, context } = reader;
  const pressed = delivered.filter(({ mail }) => PRESSED_BY.some((check) => CHECKS.get(mail.file)?.has(check)));
  assert.ok(pressed.length >= 8);
  const chosen = sample(t, { what: "mails to press in", of: pressed.length, take: PRESSED });
  for (const one of chosen.flatMap((n) => pressed[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      const address = page.url();
      for (const place of [page.locator(".text-body a"), ...page.frames().slice(1).map(pressable)]) {
        for (const thing of (await place.all()).slice(0, PRESSED_MAX)) {
          // What is covered or of no size cannot be pressed by a person either.
          await thing.click({ timeout: 300, noWaitAfter: true }).catch(() => undefined);
        }
      }
      for (const popup of context.pages().filter((other) => other !== page)) {
        assert.match(popup.url(), /^(?:about:blank|https?:|chrome-error:)/);
        await popup.close();
      }
      assert.equal(page.url(), address);
      assert.equal(new URL(page.url()).origin, origin);
      assert.deepEqual(
        sung.filter((path) => /^\/(?:js|form)/.test(path)),
        [],
      );
      assert.deepEqual(dialogs, []);
      sung.length = 0;
    });
  }
});

test("seven trackers are told from one image", NEEDS_CHROMIUM, async () => {
  await openMessage(reader.page, of("h89"));
  await reader.page.getByText("1 image not loaded, 7 more look like trackers").waitFor();
});

test("a mail with two senders says so", NEEDS_CHROMIUM, async () => {
  await openMessage(reader.page, of("h51"));
  await reader.page.getByText("It names several senders.").waitFor();
});

test("names of attachments hold no path, no control and no override", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h76"));
  const names = await page
    .locator(".attachment a[download]")
    .evaluateAll((links) =>
      links.map((link) => (link as { getAttribute(name: string): string | null }).getAttribute("download") ?? ""),
    );
  assert.ok(names.length > 5);
  for (const name of names) assert.doesNotMatch(name, /[/\\\u0000-\u001f\u202a-\u202e\u2066-\u2069]|^\.\.?$/);
});

function pressable(frame: Frame) {
  return frame.locator("a, button, input, select, textarea, summary, label, [tabindex], [onclick], area");
}

/** The parts of the reader around the message: sizes, title, and how many there are of each. */
async function chrome(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const box = (selector) => {
      const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
      return [x, y, width, height];
    };
    const rows = new Set(Array.from(document.querySelectorAll("[role=row]"), (row) => row.getBoundingClientRect().height));
    return {
      boxes: ["#list-pane", ".side-pane", ".main-pane"].map(box),
      rows: Array.from(rows),
      scripts: document.scripts.length,
      wide: document.documentElement.scrollWidth,
      focus: document.querySelectorAll("[accesskey], [tabindex='1']").length,
    };
  })()`);
}

/** The frame holds no form, no script, no frame of its own, and every link opens elsewhere without a way back. */
async function assertHarmless(frame: Frame, origin: string): Promise<void> {
  assert.equal(new URL(frame.url()).origin, origin);
  assert.equal(await frame.locator("script, form, iframe, frame, object, embed, base, link, input, button").count(), 0);
  assert.equal(await frame.locator("a[href]:not([rel~=noopener]), a[href]:not([target=_blank])").count(), 0);
}
