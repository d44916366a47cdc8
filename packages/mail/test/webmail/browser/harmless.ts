// What must hold of the reader while a mail made to do harm is open in it, as it can be measured from outside.
import assert from "node:assert/strict";
import type { Frame, Locator, Page } from "playwright-core";

interface Styled {
  readonly ownerDocument: {
    readonly defaultView: { getComputedStyle(of: unknown): Readonly<Record<string, string>> };
  };
}

/** As the browser computes it. */
export async function styleOf(one: Locator, property: string): Promise<string> {
  return one.evaluate((element, name) => {
    const { defaultView } = (element as unknown as Styled).ownerDocument;
    return defaultView.getComputedStyle(element)[name] ?? "";
  }, property);
}

/** WCAG 2.0, of two colours as a browser computes them. */
export function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map(luminance).toSorted((x, y) => y - x);
  return ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export interface Linked {
  readonly href: string;
}

export function pressable(frame: Frame) {
  return frame.locator("a, button, input, select, textarea, summary, label, [tabindex], [onclick], area");
}

/** The parts of the reader around the message: sizes, title, and how many there are of each. */
export async function chrome(page: Page): Promise<unknown> {
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

/** What would load, take the focus, or be announced as if the reader said it. */
const CLAIMS =
  "[ping], [autofocus], [accesskey], [tabindex], [contenteditable], [role], [aria-live], [id], [popover], [style*='url(']";

/** The frame holds no form, no script, no frame of its own, and every link opens elsewhere without a way back. */
export async function assertHarmless(frame: Frame, origin: string): Promise<void> {
  // Before all of it is there, what is sought may only not have come yet.
  await frame.waitForLoadState("load");
  assert.equal(new URL(frame.url()).origin, origin);
  assert.equal(await frame.locator("script, form, iframe, frame, object, embed, base, link, input, button").count(), 0);
  assert.equal(await frame.locator("a[href]:not([rel~=noopener]), a[href]:not([target=_blank])").count(), 0);
  const links = await frame.locator("a[href]").evaluateAll((all) => all.map((one) => (one as unknown as Linked).href));
  for (const href of links) {
    assert.match(href, /^(?:https?|mailto|tel):/);
    // What is relative would lead into the reader itself.
    assert.notEqual(new URL(href).origin, origin);
  }
  assert.equal(await frame.locator(CLAIMS).count(), 0);
}
