// What is possible: a page that is React and a hundred plain rows and nothing else, at the same speed on the same machine.
// How far the reader is from it is its own doing.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { build, type Rolldown } from "vite";
import { newContext } from "../../packages/mail/test/webmail/browser/browser.ts";
import type { Figure } from "./figures.ts";
import { hasBudget, percentile } from "./figures.ts";
import { PROBE } from "./page-probe.ts";
import { coldAndWarm, firstRow, keyFigures, nextPage, THROTTLED } from "./page-rows.ts";

const ENTRY = "virtual:floor";
const ROWS = 100;

/** Asks for its script as the reader's page does. */
const PAGE = `<!doctype html><link rel="preload" as="script" crossorigin href="/floor.js">
<div id="reader"></div><script type="module" crossorigin src="/floor.js"></script>`;

/** Rows have the classes the probe looks for, of each as many elements as the reader's, and j and k lead from one to the next. */
const SOURCE = `
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
const row = (_, n) => h("div", { key: n, role: "row", tabIndex: -1 }, h("span", null, "Mina"), h("input", { type: "checkbox" }),
  h("p", null, h("bdi", null, "Mina Okafor"), h("time", null, "14:20")),
  h("p", null, h("bdi", { className: "row-title" }, "Regatta stall " + n), h("bdi", null, "The stall is ours again")),
  h("button", { type: "button" }, "star"));
createRoot(document.getElementById("reader")).render(h("div", { role: "grid" }, Array.from({ length: ${ROWS} }, row)));
window.addEventListener("keydown", ({ key }) => {
  const { activeElement: at } = document;
  (key === "j" ? at.nextElementSibling : at.previousElementSibling)?.focus();
});
`;

export async function floorFigures(browser: Browser): Promise<readonly Figure[]> {
  const script = await builtFloor();
  const server = createServer(({ url }, response) => {
    const isScript = url === "/floor.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.setHeader("cache-control", isScript ? "public, max-age=31536000, immutable" : "no-store");
    response.end(isScript ? script : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const times = await coldAndWarm(browser, {
      prepare: async (context) => void (await context.addInitScript(PROBE)),
      look: (reader) => firstRow(reader, origin),
    });
    const context = await newContext(browser);
    await context.addInitScript(PROBE);
    const reader = await nextPage(context);
    await firstRow(reader, origin);
    const keys = (await keyFigures(reader))[0]?.ours ?? Number.NaN;
    await context.close();
    const yardstick = "a yardstick, no part of the reader";
    return [
      ...(["cold", "warm"] as const).map((when) => ({
        what: `React alone with ${ROWS} plain rows painted, ${when}`,
        ours: percentile(times[when], 0.5),
        unit: "ms",
        note: `${THROTTLED}, median of ${times[when].length}; ${yardstick}`,
      })),
      { what: "the same, key press to paint: p95", ours: keys, unit: "ms", note: `${THROTTLED}; ${yardstick}` },
    ];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What of a figure is the reader's doing and what is the machine's: floor and figure in turn, cold and warm. */
export function heldAgainst(floors: readonly Figure[], figures: readonly Figure[]): readonly Figure[] {
  return figures.map((figure, at) => {
    const floor = floors[at % 2]?.ours ?? Number.NaN;
    const isBeyond = hasBudget(figure) && floor > figure.budget;
    const verdict = isBeyond ? `; React alone takes ${floor.toFixed(0)} ms here, more than the budget` : "";
    return { ...figure, note: `${figure.note}; ${(figure.ours / floor).toFixed(1)} times React alone${verdict}` };
  });
}

async function builtFloor(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "floor",
        resolveId: (id) => (id === ENTRY ? import.meta.filename.replace(/\.ts$/, ".virtual.js") : null),
        load: (id) => (id.endsWith("floor.virtual.js") ? SOURCE : null),
      },
    ],
    build: { write: false, target: "baseline-widely-available", rolldownOptions: { input: ENTRY } },
  });
  const [output] = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
  const chunk = output?.output.find(({ type }) => type === "chunk");
  if (chunk?.type !== "chunk") throw new Error("the floor was not built");
  return chunk.code;
}
