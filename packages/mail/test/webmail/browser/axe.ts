// axe-core on a page of ours: WCAG 2.0 to 2.2, A and AA. What a sender wrote stands in frames and is not looked at.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * A look that has just changed reaches the elements with the next frames, some of them by way of a transition, and what
 * ends may begin another: colours between two looks are nobody's. What turns for ever is not waited for.
 */
const SETTLED = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const ending = () =>
    document
      .getAnimations()
      .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity);
  await document.fonts.ready;
  for (let rounds = 0; rounds < 10; rounds += 1) {
    await frame();
    await frame();
    const some = ending();
    if (some.length === 0) break;
    await Promise.allSettled(some.map((one) => one.finished));
  }
})()`;

/** Each finding in a line: the rule, and the first elements it is about. What a sender wrote is left out. */
export async function axeFindings(
  page: Page,
  { except }: { readonly except?: string } = {},
): Promise<readonly string[]> {
  // Evaluated by the debugger, to which the page's policy does not apply.
  await page.evaluate(SOURCE);
  await page.evaluate(SETTLED);
  const options = { runOnly: { type: "tag", values: TAGS }, iframes: false };
  const where = except === undefined ? "document" : `{ exclude: [${JSON.stringify(except)}] }`;
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(${where}, ${JSON.stringify(options)})`,
  );
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 160))
        .join(" | ")}`,
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
