// An answer quotes what its reader saw. What is unseen in these is so by the specifications of CSS and HTML, or in Chromium.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAttributeColour, parseColour } from "../../src/message/html/colours.ts";
import { quotable, sanitize } from "../../src/message/html/sanitize.ts";

const SECRET = "SECRETWORDS";

function isQuoted(html: string): boolean {
  return quotable(html).includes(SECRET);
}

function pageOf(html: string): string {
  return sanitize(html, { images: "blocked", theme: "as-sent" }, () => undefined).html;
}

const styled = (style: string): string => `<p>Hello</p><div style='${style}'>${SECRET}</div>`;

test("what a browser takes for no colour is none", () => {
  // CSS Color 4, §5.1 and §7.
  for (const written of [
    "rgb(0px,0px,0px)",
    'rgb(0,0,0"x")',
    "rgb(0x,0x,0x)",
    "rgb(1 2 3 4)",
    "rgb(1 2 3,4)",
    "rgb(1,2,3/4)",
    "rgb(1,2 3)",
    "rgb(1,2%,3)",
    "rgb(1,,2,3)",
    "rgb(1,2,3,)",
    "rgb(1 2 3/)",
    "rgb(1.,2,3)",
    "rgb(none,0,0)",
    "rgb(1deg 2 3)",
    "hsl(1,2,3)",
    "hsl(10% 1% 2%)",
    "hsl(1px,1%,2%)",
    "ff0000",
  ])
    assert.equal(parseColour(written), undefined, written);
  for (const written of [
    "rgb(none 255 0)",
    "rgb(0 100% 0/1)",
    "hsl(120deg 100% 50%)",
    "hsl(-240,100%,50%,100%)",
    "hsl(120 100 50)",
  ])
    assert.deepEqual(parseColour(written), { red: 0, green: 1, blue: 0, alpha: 1 }, written);
  for (const written of ["hsl(.5turn 100% 50%)", "hsl(200grad 100% 50%)", "#0ff"])
    assert.deepEqual(parseColour(written), { red: 0, green: 1, blue: 1, alpha: 1 }, written);
  assert.deepEqual(parseAttributeColour("00ff00"), parseColour("lime"));
});

test("a colour that a browser refuses does not bring back what the one before it hides", () => {
  for (const style of [
    "color:#fff;color:rgb(0px,0px,0px)",
    'color:#fff;color:rgb(0,0,0"x")',
    "color:#fff;color:000",
    "color:#fff;color:foo",
    "color:#fff;color:#000 #000",
    "color:#fff;background:#fff;background-color:rgb(0x,0x,0x)",
    "background-color:#000;background-color:foo;color:#000",
  ])
    assert.equal(isQuoted(styled(style)), false, style);
});

test("what is a colour to a browser is one to an answer", () => {
  for (const style of [
    "color:canvas",
    "color:#000;background-color:currentcolor",
    "background-color:#fff;background:#000;color:#000",
  ])
    assert.equal(isQuoted(styled(style)), false, style);
  assert.equal(
    isQuoted("<div style='background:#000;color:#fff'><p style='color:initial'>SECRETWORDS</p></div>"),
    false,
  );
  for (const style of [
    "color:windowtext",
    "color:inherit",
    "background:#000;background-color:#fff",
    "color:rgb(0 0 0)",
  ])
    assert.equal(isQuoted(styled(style)), true, style);
});

test("a page has colours as they were read, and none that were not", () => {
  assert.match(pageOf(styled("color:rgb(100% 0% 0% / 50%)")), /style="color:rgba\(255,0,0,0\.5\)"/);
  assert.match(pageOf(styled("color:foo;border:1px solid rgb(1,2,3)")), /style="border:1px solid #010203"/);
});

test("a rule that cannot be written does not go with its sheet", () => {
  const sheet = '.k{color:#000!important;border-color:rgb(1,1,1"<")}';
  const html = `<style>${sheet}</style><p>Hello</p><div class=k style="color:#fff">${SECRET}</div>`;
  // The browser drops the border's colour, and the other is shown and quoted.
  assert.match(pageOf(html), /<style>\.m-k\{color:#000!important\}\n<\/style>/);
  assert.equal(isQuoted(html), true);
  assert.equal(isQuoted(html.replace("#000", 'rgb(0,0,0"<")')), false);
});

test("the size of letters is as a browser reads it, wherever it is said", () => {
  const within = (style: string): string => `<div style="font-size:1px"><b style='${style}'>${SECRET}</b></div>`;
  for (const html of [
    styled("font-size:16px;font:1px serif"),
    styled("font:0/0 a"),
    styled("font:italic small-caps bold 1px/2 cursive"),
    styled("font:12px/0 serif;overflow:hidden"),
    within("font-size:smaller"),
    within("font-size:inherit"),
    within("font:foo"),
    within("font:bold bold 16px a"),
    within("font:16px"),
    within("font:16px inherit"),
    within("font:16px a,,b"),
  ])
    assert.equal(isQuoted(html), false, html);
  for (const html of [
    styled('font:bold 12px/1.5 "Times New Roman",Arial,sans-serif'),
    within("font:16px a"),
    within('font:normal 400 14px/20px -apple-system,"Segoe UI",serif'),
    within("font-size:medium"),
    within(`font:16px ${"Some Typeface,".repeat(16)}serif`),
    within("font:caption"),
    styled("font:12px serif;line-height:0;font:12px serif;overflow:hidden"),
  ])
    assert.equal(isQuoted(html), true, html);
});

test("what a browser or our page says of an element counts as what its sender says", () => {
  // HTML, §15.3.2 and §15.3.4; the colours of our page for light screens.
  for (const html of [
    `<ruby>a<rp>${SECRET}</rp><rt>b</rt></ruby>`,
    `<div style="color:#fff;background:#333"><mark style="background:#000">${SECRET}</mark></div>`,
    `<div style="color:#fff;background:#1a56c4"><a href="https://a.example/">${SECRET}</a></div>`,
    `<div style="background:#1b1d21">${SECRET}</div>`,
  ])
    assert.equal(isQuoted(html), false, html);
  for (const html of [
    `<ruby>a<rp>(</rp><rt>${SECRET}</rt></ruby>`,
    `<ruby>a<rp style="display:inline">${SECRET}</rp></ruby>`,
    `<div style="color:#fff"><mark>${SECRET}</mark></div>`,
    `<div style="color:#fff"><a href="https://a.example/">${SECRET}</a></div>`,
    `<div style="color:#fff;background:#1a56c4"><a>${SECRET}</a></div>`,
  ])
    assert.equal(isQuoted(html), true, html);
});

test("what a box may cut off is in no quote, and stays in the page", () => {
  const around = (outer: string, inner: string): string =>
    `<p>Hello</p><div style="${outer}"><div style="${inner}">${SECRET}</div></div>`;
  for (const html of [
    styled("line-height:0;overflow:hidden"),
    styled("line-height:1px;overflow:hidden"),
    styled("height:2px;overflow:hidden"),
    styled("height:20px;overflow:hidden"),
    styled("max-height:3px;overflow:auto"),
    styled("height:0%;overflow:hidden"),
    styled("height:0;height:calc(5);overflow:hidden"),
    styled("width:3px;overflow:hidden"),
    around("line-height:0", "overflow:hidden"),
    around("overflow:hidden", "line-height:0"),
    around("overflow:hidden", "height:2px"),
    around("height:2px", "height:100%;overflow:hidden"),
    around("width:0", "overflow:hidden"),
    around("display:flex", "flex:0 0 0px;min-width:0;overflow:hidden"),
    around("display:flex;flex-direction:column;height:2px", "overflow:hidden"),
    around("display:flex", "overflow:hidden"),
    around("overflow:hidden;display:flex;flex-direction:column", "flex:0 0 0;min-height:0"),
    `<div style="display:flex"><span style="overflow:hidden;height:0">${SECRET}</span></div>`,
    around("overflow:hidden", "width:5000px;text-align:right"),
    around("overflow:hidden;width:100px", "min-width:1000px;text-align:right"),
    `<div style="white-space:nowrap;overflow:hidden"><span style="padding-left:2900px">${SECRET}</span></div>`,
    `<div style="width:9em;overflow:hidden;white-space:nowrap"><b style="display:inline-block;width:10em"></b>${SECRET}</div>`,
    around("height:20px", "height:inherit;overflow:hidden"),
    around("display:flex;overflow:hidden", "flex:0 0 calc(0px)"),
    `<table><tr><td style="line-height:0;overflow:hidden">${SECRET}</td></tr></table>`,
    `<table style="table-layout:fixed;width:1px"><tr><td><div style="overflow:hidden">${SECRET}</div></td></tr></table>`,
  ]) {
    assert.equal(isQuoted(html), false, html);
    assert.match(pageOf(html), new RegExp(SECRET), html);
  }
  for (const html of [
    styled("overflow:hidden"),
    styled("overflow:hidden;max-width:600px;width:100%;height:auto;max-height:none"),
    styled("overflow:hidden;height:100%"),
    styled("overflow:hidden;line-height:100%"),
    styled("height:20px;line-height:0"),
    styled("white-space:nowrap;width:100px"),
    around("overflow:hidden;white-space:nowrap", "white-space:normal"),
    around("overflow:hidden;width:600px", "width:600px"),
    styled("flex:1;overflow:hidden"),
    around("overflow:hidden;border-radius:8px", "height:48px;line-height:48px"),
    around("overflow:hidden;line-height:0", "line-height:24px"),
    around("overflow:hidden;font-size:0;line-height:0", "font-size:14px;line-height:1.5"),
    `<table style="overflow:hidden"><tr><td style="height:20px;width:0">${SECRET}</td></tr></table>`,
    `<div style="overflow:hidden"><span style="height:0">${SECRET}</span></div>`,
  ])
    assert.equal(isQuoted(html), true, html);
});
