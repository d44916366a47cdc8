// A message on paper, where its HTML stands in one page with our lines about who sent it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";
import { becomes, NEEDS_CHROMIUM } from "./browser.ts";
import { openPage, setUp } from "./set-up.ts";

let office: ReaderOffice;
let page: Page;
let anna = "";

setUp(async (file) => {
  office = await openReaderOffice();
  file.after(() => office.stop());
  anna = await office.account("anna");
  page = await openPage(file, office);
  await page.getByRole("main").waitFor();
});

/** Opens what is printed of a letter with this body; all of them are of one sender and one moment. */
async function printed(html: string): Promise<void> {
  const messageId = await office.deliver(
    "anna",
    `From: Mallory <mallory@attacker.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:00:00 +0000
Subject: About your account
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

${html}
`,
  );
  await page.goto(`${office.origin}/m/${anna}/${messageId}/print`);
}

/** Everything down to the end of our lines, as it is drawn. */
async function ourLines(): Promise<Buffer> {
  const lines = await page.locator("dl").boundingBox();
  assert.ok(lines !== null);
  return page.screenshot({ clip: { x: 0, y: 0, width: 1_440, height: Math.floor(lines.y + lines.height) } });
}

const FORGED = (style: string): string =>
  `<div style="width:1400px;height:150px;background:#fff;${style}"><b>From:</b> Your Bank &lt;it@bank.example&gt;</div>`;

const UP = `<div style="display:flex;align-items:flex-end;height:0">${FORGED("")}</div>`;

/** Each of them moves a forged line up, or sideways, as far as a browser lets it. */
const TRICKS: Readonly<Record<string, string>> = {
  "align-items": UP,
  "align-items, centred": `<div style="display:flex;align-items:center;height:0">${FORGED("height:300px")}</div>`,
  "align-self": `<div style="display:flex;height:0">${FORGED("align-self:flex-end")}</div>`,
  "column-reverse": `<div style="display:flex;flex-direction:column-reverse;height:0">${FORGED("flex:none")}</div>`,
  "justify-content": `<div style="display:flex;flex-direction:column;justify-content:flex-end;height:0">${FORGED("flex:none")}</div>`,
  "wrap-reverse": `<div style="display:flex;flex-wrap:wrap-reverse;height:0">${FORGED("")}</div>`,
  "align-content": `<div style="display:flex;flex-wrap:wrap;align-content:flex-end;height:0">${FORGED("")}</div>`,
  "row-reverse": `<div style="display:flex;flex-direction:row-reverse;width:0">${FORGED("flex:none")}</div>`,
  "grid, align-items": `<div style="display:grid;align-items:end;height:0">${FORGED("")}</div>`,
  "grid, align-content": `<div style="display:grid;align-content:end;height:0">${FORGED("")}</div>`,
  "line-height": `<div style="line-height:0;font-size:200px;width:9000px">From: Your Bank</div>`,
  "vertical-align": `<div style="line-height:0;height:0"><span style="display:inline-block;vertical-align:200px">${FORGED("")}</span></div>`,
  transform: FORGED("transform:translateY(-200px)"),
  translate: FORGED("translate:0 -200px"),
  "position relative": FORGED("position:relative;top:-200px"),
  "position absolute": FORGED("position:absolute;top:0;left:0"),
  "position fixed": FORGED("position:fixed;inset:0"),
  "position sticky": FORGED("position:sticky;bottom:9999px"),
  "negative margin": FORGED("margin-top:-200px"),
  "calculated margin": FORGED("margin-top:calc(0px - 200px)"),
  float: `<div style="float:left;height:0;display:flex;align-items:flex-end">${FORGED("")}</div>`,
  "float below a float": `<img width=1 height=1 align=left>${FORGED("float:right;clear:none;margin-top:-200px")}`,
  "text-indent": `<div style="text-indent:-9999px;line-height:0">${FORGED("display:inline-block")}</div>`,
  "shadow and outline": FORGED("box-shadow:0 -200px 0 200px #fff;outline:200px solid #fff"),
  "a rule about the page": `<style>:host,html,body,h1,dl,.as-sent{display:none!important;clip-path:none!important}</style>${UP}`,
};

test("no body is drawn over our lines about who sent it", NEEDS_CHROMIUM, async (t) => {
  await page.emulateMedia({ media: "print" });
  await printed("<p>An honest word.</p>");
  const honest = await ourLines();
  for (const [name, html] of Object.entries(TRICKS))
    await t.test(name, async () => {
      await printed(html);
      await becomes(async () => (await ourLines()).equals(honest), true);
    });
});

interface Placed {
  scrollIntoView(): void;
  getBoundingClientRect(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  getRootNode(): { elementFromPoint(x: number, y: number): unknown };
}

/** Whether what holds the word is drawn where it stands. */
function isDrawn(word: string): Promise<boolean> {
  return page.getByText(word, { exact: true }).evaluate((element) => {
    const placed = element as unknown as Placed;
    placed.scrollIntoView();
    const { x, y, width, height } = placed.getBoundingClientRect();
    return placed.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === placed;
  });
}

test("what hangs out of a body below or beside it is drawn", NEEDS_CHROMIUM, async () => {
  const lines = Array.from({ length: 300 }, (_, at) => `<p>line ${at}</p>`).join("");
  await printed(`${lines}<table width=2400><tr><td>near<td align=right><b>far</b></table>
<div style="height:20px"><p>first<p>second<p>below</div>`);
  for (const word of ["line 0", "line 299", "far", "below"]) assert.ok(await isDrawn(word), word);
});
