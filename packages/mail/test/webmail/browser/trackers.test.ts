// Which pictures of a mail a person sees: what the tables of other tests say, and what rules and queries select, as
// Chromium has it; and a mail of a trusted sender on a telephone and on a desk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { parse as parseCss } from "css-tree";
import type { Page } from "playwright-core";
import { Matching, matcherOf } from "../../../src/message/html/css/matching.ts";
import { conditionOf } from "../../../src/message/html/css/media.ts";
import { attributeOf, isElement, parseHtml } from "../../../src/message/html/parse-html.ts";
import type { ChildNode, Element } from "../../../src/message/html/parse-html.ts";
import { sanitize } from "../../../src/message/html/sanitize.ts";
import type { HtmlOptions } from "../../../src/message/index.ts";
import { SNIPPETS } from "../../message/picture-snippets.ts";
import { sample } from "../../retriever/sample.ts";
import type { ReaderOffice } from "../api/reader-office.ts";
import { becomes, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { type Canary, openCanary } from "./canary.ts";
import { framesOf, loaded } from "./delivered.ts";
import { openPictures } from "./pictures.ts";
import { setUp } from "./set-up.ts";

const [NARROW, WIDE] = [390, 1440];
const WIDTHS = [NARROW, WIDE, 560, 1000];

const SHOWN: HtmlOptions = { images: "shown", proxyPrefix: "https://pictures.example/?", theme: "as-sent" };

/** A picture of one colour that nothing else on these pages has. */
function magenta(width: number, height: number): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2], 8);
  const line = Buffer.concat([Buffer.of(0), Buffer.from(Array.from({ length: width }, () => [255, 0, 255]).flat())]);
  const lines = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", size), chunk("IDAT", lines), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

let canary: Canary;
let office: ReaderOffice;
let port = 0;
let requests: readonly string[] = [];

setUp(async (file) => {
  canary = await openCanary(file);
  ({ office, port, requests } = await openPictures(file, magenta(30, 20)));
  await office.account("anna");
  await office.deliver("anna", newsletter());
});

/** All rows of the table in the long run; so many in the short one. */
const ROWS = 60;

test("a person sees the pictures of the table where it says", NEEDS_CHROMIUM, async (t) => {
  const context = await newContext(canary.browser);
  await context.route("https://pictures.example/**", (route) =>
    route.fulfill({ contentType: "image/png", body: magenta(300, 200) }),
  );
  const pages: Page[] = [];
  for (const width of WIDTHS) {
    const page = await context.newPage();
    await page.setViewportSize({ width, height: 350 });
    pages.push(page);
  }
  const wrong: string[] = [];
  const rows = sample(t, { what: "rows", of: SNIPPETS.length, take: ROWS }).flatMap((n) => SNIPPETS[n - 1] ?? []);
  for (const { html, seen: seenAtEnds, seenBetween, seenInTheDark, seenOver } of rows) {
    const seen = [...seenAtEnds, ...(seenBetween ?? [])];
    for (const [at, page] of pages.slice(0, seen.length).entries()) {
      const where = `${WIDTHS[at]}: ${html}`;
      await page.setContent(`<!doctype html><meta charset=utf-8>${html}`, { waitUntil: "load" });
      if ((await showsMagenta(page)) !== seen[at]) wrong.push(where);
      if (html.includes("prefers-color-scheme")) {
        await page.emulateMedia({ colorScheme: "dark" });
        if ((await showsMagenta(page)) !== (seenInTheDark ?? seen)[at]) wrong.push(`in the dark, ${where}`);
        await page.emulateMedia({ colorScheme: "light" });
      }
      if (seen[at] === true) {
        // Whatever is seen somewhere is seen there on our page, too.
        await page.setContent(sanitize(html, SHOWN, () => undefined).html, { waitUntil: "load" });
        if (!(await showsMagenta(page))) wrong.push(`on our page, ${where}`);
      }
      if (seenOver !== undefined) {
        await page.hover(seenOver);
        if (!(await showsMagenta(page))) wrong.push(`under the pointer, ${where}`);
        await page.mouse.move(0, 0);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

/** More than two pixels of it, one way or the other. */
async function showsMagenta(page: Page): Promise<boolean> {
  const drawn = (await page.screenshot()).toString("base64");
  const [width, height] = (await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob("${drawn}"), (one) => one.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] - data[at + 1] < 60 || data[at + 2] - data[at + 1] < 60) continue;
      const x = (at / 4) % bitmap.width;
      const y = Math.floor(at / 4 / bitmap.width);
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
    return [right - left + 1, bottom - top + 1];
  })()`)) as [number, number];
  return width > 2 || height > 2;
}

const TREE = `<div id=a class="x y"><p id=b>one<b id=c class=X lang=en-GB></b><i id=d title=""></i></p><p id=e class=y></p>
<ul id=f><li id=g><li id=h data-n="One two"><li id=i><li id=j class=x><li id=k></ul><a id=l href="https://a.example/p.PNG"></a><a id=m></a>
<img id=n src="https://a.example/t.gif" width=1><table id=o><tbody id=p><tr id=q><td id=r ALIGN=Center></table></div><div id=s><!-- --></div><div id=t> </div>`;

const SELECTORS = [
  "* | p | P | #b | .x | .X | .y.x | div.x | p#b | p.x | body | html div | div | html>div | :root",
  "div p | div>b | p>b | div b | p b+i | p+p | b~i | i~b | p~ul li | #a>* | #a * * | div>p>i | .y~ul>.x",
  "[id] | [class=y] | [class='x y'] | [class~=y] | [class|=x] | [lang|=en] | [title=''] | [title]",
  "[title^=''] | [src^='https://a'] | [src$='.gif'] | [href$='.png'] | [href$='.png' i] | [src*='/t.']",
  "[align=center] | [data-n=one] | [data-n='One two'] | [data-n~=two] | [width='1']",
  "img[src*=t][width] | a[href] | :link | :any-link | :visited | li:first-child | li:last-child",
  "li:nth-child(2) | li:nth-child(odd) | li:nth-child(even) | li:nth-child(2n+1) | li:nth-child(-n+2)",
  "li:nth-child(n+4) | li:nth-last-child(2) | li:nth-child(3n) | :nth-of-type(2) | :only-child",
  ":first-of-type | :last-of-type | p:nth-last-of-type(1) | p:only-of-type | b:only-of-type | :empty",
  "div:empty | p:not(.y) | :not(div,p,li,html *) | li:not(:first-child):not(.x) | :is(p,li).y",
  ":is(p,li):is(.x,.y) | :where(#a) p | :not(p>b) | div:not([class]) | :is(div>p,ul>li) b | #a :not(li)",
  String.raw`#\61 | .\78 | p:has(b) | ::before | li:nth-child(2 of .x) | :checked | p:lang(en) | a:not(:link)`,
  "a:not(:hover) | x|p",
].flatMap((line) => line.split(" | "));
/** Not told here: they select nothing for us. */
const UNKNOWN = new Set(["p:has(b)", "li:nth-child(2 of .x)", "a:not(:hover)"]);

test("rules select what they select in Chromium", NEEDS_CHROMIUM, async () => {
  const page = await (await newContext(canary.browser)).newPage();
  const html = `<!doctype html>${TREE}`;
  await page.setContent(html);
  const elements = all(parseHtml(html).document.childNodes);
  for (const selector of SELECTORS) {
    const expected = (await page.evaluate(`(() => {
      try {
        return Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (one) => one.id || one.tagName);
      } catch { return []; }
    })()`)) as string[];
    assert.deepEqual(selected(selector, elements), UNKNOWN.has(selector) ? [] : expected, selector);
  }
});

function selected(selector: string, elements: readonly Element[]): readonly string[] {
  const sheet = parseCss(`${selector}{}`, { onParseError: () => {} });
  const rule = sheet.type === "StyleSheet" ? sheet.children.first : null;
  const list = rule?.type === "Rule" && rule.prelude.type === "SelectorList" ? rule.prelude.children.toArray() : [];
  const matching = new Matching(100_000);
  return elements
    .filter((element) =>
      list.some(
        (one) => one.type === "Selector" && matcherOf(one.children.toArray())?.matches(element, matching) === true,
      ),
    )
    .map((element) => attributeOf(element, "id") ?? element.tagName.toUpperCase());
}

function all(nodes: readonly ChildNode[]): readonly Element[] {
  return nodes.filter(isElement).flatMap((node) => [node, ...all(node.childNodes)]);
}

const QUERIES = [
  "all | screen | print | only screen | not print | not screen | only print | handheld",
  "(max-width:600px) | (min-width:600px) | (max-width:390px) | (min-width:390px) | (max-width:389.5px)",
  "(max-width:30em) | screen and (max-width:600px) | screen and (min-width:320px) and (max-width:600px)",
  "print and (max-width:600px) | not all and (max-width:600px) | not (max-width:600px) | (width<=600px)",
  "(600px<=width) | (320px<width<=600px) | (width:390px) | (width=390px) | print,(max-width:600px)",
  "print,(min-width:9999px) | screen,print | (prefers-color-scheme:dark) | (prefers-color-scheme:light)",
  "screen and (prefers-color-scheme:dark) and (max-width:600px)",
].flatMap((line) => line.split(" | "));

test("media queries hold where they hold in Chromium", NEEDS_CHROMIUM, async () => {
  const page = await (await newContext(canary.browser)).newPage();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [NARROW, WIDE]) {
      await page.setViewportSize({ width, height: 700 });
      for (const query of QUERIES) {
        const expected = await page.evaluate(`matchMedia(${JSON.stringify(query)}).matches`);
        assert.equal(conditionOf(query).holds({ width, scheme }), expected, `${query} at ${width}, ${scheme}`);
      }
    }
  }
  // What is not known here holds no more than its opposite.
  for (const query of ["(min-resolution:0dpi)", "not (min-resolution:0dpi)", "(max-width:calc(1px))", "(a) or (b)"])
    assert.equal(conditionOf(query).holds({ width: NARROW, scheme: "light" }), false, query);
});

function newsletter(): string {
  const at = (name: string): string => `http://pictures.canary.invalid:${port}/${name}.png`;
  return `From: Kettle <letter@kettle.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:00:00 +0000
Subject: The catalogue
Message-ID: <catalogue@kettle.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><style>
@media (max-width:600px){
  .desk{display:none!important}
  .phone{display:block!important;max-height:none!important;width:100%!important;height:auto!important}
}
div .t{display:none} #u{position:relative;left:-9999px} img:not([alt]){opacity:0}
</style></head><body>
<p>Kettles.</p>
<img class="desk" alt="for a desk" src="${at("desk")}" width="300" height="200">
<div><img class="phone" alt="for a telephone" src="${at("phone")}" width="0" height="0" style="display:none;max-height:0;overflow:hidden"></div>
<img alt="a line" src="${at("line")}" width="300" height="2">
<div><p><img class="t" alt="" src="${at("t1")}"></p></div><img id="u" alt="" src="${at("t2")}"><img src="${at("t3")}">
<img alt="" src="${at("t4")}" style="transform:scale(0)"><div style="height:0;overflow:hidden"><img alt="" src="${at("t5")}"></div>
<img alt="" src="${at("t6")}" width="1" height="1">
</body></html>
`;
}

test(
  "a trusted sender's pictures are seen on a telephone and on a desk, and no tracker is loaded",
  NEEDS_CHROMIUM,
  async () => {
    const page = await (await newContext(canary.browser)).newPage();
    await page.goto(office.house.office.webAddress() ?? "");
    await page.getByRole("row", { name: /The catalogue/ }).click();
    await page.getByText("3 images not loaded, 6 more look like trackers").waitFor();
    await page.getByRole("button", { name: "Always…" }).click();
    await page.getByRole("menuitem", { name: "Always for letter@kettle.example" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Always show" }).click();
    await page.getByText("; 6 trackers are not").waitFor();
    await page.locator('iframe.html-frame[src*="images=1"]').waitFor();
    for (const shown of await framesOf(page)) await loaded(shown);
    const frame = page.frameLocator("iframe.html-frame");
    const sizeOf = async (alt: string): Promise<readonly [number, number] | undefined> => {
      const box = await frame.getByAltText(alt, { exact: true }).boundingBox();
      return box === null ? undefined : [Math.round(box.width), Math.round(box.height)];
    };
    await frame.getByAltText("for a desk").waitFor();
    assert.deepEqual(await sizeOf("for a desk"), [300, 200]);
    assert.deepEqual(await sizeOf("a line"), [300, 2]);
    assert.equal(await frame.getByAltText("for a telephone").isVisible(), false);
    await page.setViewportSize({ width: NARROW, height: 800 });
    await frame.getByAltText("for a telephone").waitFor();
    // A picture of 30 by 20, as wide as the page.
    await becomes(async () => {
      const [width = 0, height = 0] = (await sizeOf("for a telephone")) ?? [];
      const isSeen = width > 250 && width <= NARROW && Math.abs(height - (width * 20) / 30) <= 1;
      return isSeen ? "seen" : `${width} by ${height}`;
    }, "seen");
    assert.equal(await frame.getByAltText("for a desk").isVisible(), false);
    assert.deepEqual(requests.toSorted(), ["/desk.png", "/line.png", "/phone.png"]);
    // Nothing is loaded but through us.
    assert.deepEqual(await canary.heard(), []);
  },
);
