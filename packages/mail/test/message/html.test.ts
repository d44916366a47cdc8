// Pages made of HTML bodies: what is kept, what is dark, what is folded, what is bounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "parse5";
import type { HtmlOptions } from "../../src/message/index.ts";
import { contrast, darkened, parseAttributeColour, parseColour } from "../../src/message/html/colours.ts";
import type { Colour } from "../../src/message/html/colours.ts";
import { HTML_NODES_MAX, HTML_PAGE_CHARACTERS_MAX } from "../../src/message/limits.ts";
import { examineHtml } from "../../src/message/html/examine-html.ts";
import { quotable, sanitize } from "../../src/message/html/sanitize.ts";
import { expectedOf, hostile, mails } from "./corpus.ts";
import { assertGrammar, elementsOf, textOf } from "./html-grammar.ts";

const LIGHT: HtmlOptions = { images: "blocked", theme: "as-sent" };
const DARK: HtmlOptions = { images: "blocked", theme: "adapt-dark" };
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOQqziBFTEMLQkABkZXgW0sEx8AAAAASUVORK5CYII=",
  "base64",
);

/** What stands in the body of the page made of `html`. */
function bodyOf(
  html: string,
  options = LIGHT,
  image: (id: string) => Uint8Array | undefined = () => undefined,
): string {
  return /<body[^>]*>(.*)<\/body>/s.exec(sanitize(html, options, image).html)?.[1] ?? "";
}

function styleOf(html: string, options = LIGHT): string {
  return /<\/style><style>(.*?)<\/style>/s.exec(sanitize(html, options, () => undefined).html)?.[1] ?? "";
}

function colour(written: string): Colour {
  const parsed = parseColour(written);
  assert.ok(parsed !== undefined, written);
  return parsed;
}

test("the height of a body without pictures is told, roughly and rather too much", () => {
  const heightOf = (html: string) => examineHtml(html).height();
  const wide = (html: string): number => heightOf(html)?.wide ?? Number.NaN;
  const line = wide("<p>One line.</p>");
  assert.ok(line >= 30 && line <= 120);
  const long = heightOf(`<p>${"Many words. ".repeat(100)}</p>`);
  assert.ok(long !== undefined && long.narrow > 1.5 * long.wide && long.wide > 5 * line);
  for (const [taller, lower] of [
    ["<p>one</p><p>two</p>", "<p>one</p>"],
    ["one<br>two<br><br>three", "one two three"],
    ["<p>&nbsp;</p><p>one</p>", "<p> </p><p>one</p>"],
    ["<pre>one\ntwo\nthree</pre>", "<p>one\ntwo\nthree</p>"],
    ["<h1>one</h1>", "<p>one</p>"],
    ['<div style="font-size: 24pt">one</div>', "<div>one</div>"],
    ['<div style="padding: 40px 2px">one</div>', "<div>one</div>"],
    ['<div style="height: 300px">one</div>', "<div>one</div>"],
    [`<p>${"\u4f1a".repeat(100)}</p>`, `<p>${"a".repeat(100)}</p>`],
    ["<table><tr><td>one<tr><td>two</table>", "<div>one</div>"],
  ] as const)
    assert.ok(wide(taller) > wide(lower) + 10, taller);
  assert.equal(wide('<p>One line.</p><p style="display:none">no more</p>'), line);
  assert.equal(heightOf('<p>One line.</p><img src="cid:1">'), undefined);
  assert.equal(heightOf('<p>One line.</p><img src="https://a.example/b.png" width="300" height="200">'), undefined);
  // What is never shown has no height either.
  assert.equal(wide('<p>One line.</p><img src="https://a.example/b.gif" width="1" height="1">'), line);
});

test("what is allowed is kept, with its text, and written anew", () => {
  for (const [written, kept] of [
    ["<p>a<b>b</b>", "<p>a<b>b</b></p>"],
    ["<P ALIGN=center onclick=x()>a", '<p align="center">a</p>'],
    [
      "<a href='https://a.example/x'>a</a>",
      '<a href="https://a.example/x" target="_blank" rel="noopener noreferrer nofollow">a</a>',
    ],
    [
      "<a href=/relative>a</a><a href=#top>b</a><a href='javascript:x'>c</a>",
      "<span>a</span><span>b</span><span>c</span>",
    ],
    ["<a href='https://user@evil.example/'>a</a>", "<span>a</span>"],
    ["<form action=x><label>n <input name=a></label><button>go</button></form>", "n go"],
    ["<o:p>a</o:p><blink>b</blink>", "ab"],
    ["a<script>x</script><svg><text>y</text></svg><iframe>z</iframe>b", "ab"],
    ["<div id=x class='a b' role=main tabindex=1 accesskey=k>a</div>", '<div class="m-a m-b">a</div>'],
    ["<font color=red face=Arial size=2>a</font>", '<font face="Arial" size="2" style="color:rgb(255,0,0)">a</font>'],
    [
      "<p style='color:red;position:fixed;background:url(x) blue;margin:-9px;width:100vw'>a</p>",
      '<p style="color:red;background-color:blue">a</p>',
    ],
    ["<img src=x alt=hello><img src=x>", '<img alt="hello">'],
    ["<noscript><b>a</b></noscript><xmp><i></xmp>", "<b>a</b><pre>\n&lt;i&gt;</pre>"],
  ] as const) {
    assert.equal(bodyOf(written), kept, written);
  }
});

test("style sheets keep simple rules and nothing that asks or loads", () => {
  for (const [written, kept] of [
    [".a,td.b>p{color:red}", ".m-a,td.m-b>p{color:red}"],
    ["#a{color:red}[href]{color:red}a:visited{color:red}p::after{content:'x'}:has(a){color:red}", ""],
    ["@import 'x';@font-face{src:url(x)}@keyframes k{}@supports(a:b){p{color:red}}p{color:red}", "p{color:red}"],
    ["@media (max-width:480px){.a{width:100%!important}}", "@media (max-width:480px){.m-a{width:100%!important}\n}"],
    [
      "@media (min-resolution:2dppx){p{color:red}}@media print and (max-width:9px){p{color:red}}",
      "@media print and (max-width:9px){p{color:red}\n}",
    ],
    ["@media (prefers-color-scheme:dark){p{color:red}}", ""],
    [
      "p{background-image:url(x);color:r\\65 d;--x:y;width:var(--x);height:calc(100% - 2px)}",
      "p{height:calc(100% - 2px)}",
    ],
    ["p{font:12px/1.5 Georgia,'Times New Roman',serif}", 'p{font:12px/1.5 Georgia,"Times New Roman",serif}'],
  ] as const) {
    const style = styleOf(`<style>${written}</style>`)
      .replace(/\s+$/gm, "")
      .replace(/ ?([/,]) ?/g, "$1");
    assert.equal(style, kept, written);
  }
});

test("a picture of the message is shown as often as there is room, and never anything else", () => {
  const image = (id: string): Uint8Array | undefined =>
    id === "a@b" ? PNG : id === "h@b" ? Buffer.from("<html>") : undefined;
  assert.match(bodyOf("<img src=cid:a@b>", LIGHT, image), /^<img src="data:image\/png;base64,iVBOR/);
  assert.match(bodyOf("<img src='CID:a%40b'>", LIGHT, image), /^<img src="data:image\/png/);
  assert.doesNotMatch(bodyOf("<img src=cid:h@b><img src=cid:x>", LIGHT, image), /src=/);
  assert.match(bodyOf(`<img src="data:text/html;base64,${PNG.toString("base64")}">`), /data:image\/png/);
  assert.doesNotMatch(bodyOf("<img src='data:image/svg+xml;base64,PHN2Zz4='><img src='data:image/png,x'>"), /src=/);
  const large = Buffer.concat([PNG, Buffer.alloc(4 * 1024 * 1024)]);
  assert.equal(bodyOf("<img src=cid:l>".repeat(9), LIGHT, () => large).match(/src=/g)?.length, 2);
});

test("remote pictures come through the proxy or not at all, and trackers never", () => {
  const html =
    '<img src="https://a.example/p.jpg" width=600><img src="//b.example/x" width=1 height=1><img src="https://u:p@c.example/">';
  assert.doesNotMatch(bodyOf(html), /src=/);
  assert.doesNotMatch(bodyOf(html, { images: "shown", theme: "as-sent" }), /src=/);
  const shown = sanitize(html, { images: "shown", proxyPrefix: "/img?u=", theme: "as-sent" }, () => undefined);
  assert.deepEqual(
    elementsOf(parse(shown.html).childNodes).flatMap(({ attrs }) =>
      attrs.filter(({ name }) => name === "src").map(({ value }) => value),
    ),
    [`/img?u=${encodeURIComponent("https://a.example/p.jpg")}`],
  );
  assert.deepEqual([shown.remoteImages, shown.trackers, shown.imageUrls], [2, 1, ["https://a.example/p.jpg"]]);
  const naming = `https://t.example/i?${"u".repeat(120)}`;
  assert.equal(examineHtml(`<img src="${naming}">`).trackers, 1);
  assert.equal(examineHtml(`<img src="${naming}" width=300><img src="https://t.example/logo.png">`).trackers, 0);
});

test("what is quoted is folded, and open where there is nothing else", () => {
  assert.match(
    bodyOf("<p>yes</p><blockquote type=cite>old<blockquote type=cite>older</blockquote></blockquote>"),
    /^<p>yes<\/p><details class="quote"><summary>…<\/summary><blockquote>old<blockquote>older/,
  );
  assert.match(bodyOf("<div class=gmail_quote>all</div>"), /<details class="quote" open="">/);
  assert.equal(bodyOf("<p>a</p><blockquote>a saying</blockquote>"), "<p>a</p><blockquote>a saying</blockquote>");
  const [reply] = mails("benign").filter(({ file }) => file.startsWith("b74-"));
  assert.ok(reply !== undefined);
});

test("nothing is folded that stands in a table as a part of it", () => {
  const table = "<table><tbody><tr><td>old</td></tr></tbody></table>";
  assert.equal(bodyOf(table.replace("<td>", "<td class=gmail_quote>")).includes("<details"), false);
  assert.match(bodyOf(`yes<div class=gmail_quote>${table}</div>`), /<details class="quote">/);
});

test("a margin that is computed is none that pulls", () => {
  for (const value of ["-9px", "calc(1px*-500)", "calc(0px - 500px)", "min(1px,-5px)", "calc(9px/-1)"])
    assert.equal(bodyOf(`<p style="margin-top:${value}">a</p>`), "<p>a</p>", value);
});

test("in the dark every text is readable on every ground", () => {
  const channel = fc.integer({ min: 0, max: 255 });
  const any = fc.tuple(channel, channel, channel).map(([red, green, blue]) => colour(`rgb(${red},${green},${blue})`));
  fc.assert(
    fc.property(any, any, (text, ground) => {
      assert.ok(contrast(colour(darkened(text, "text")), colour(darkened(ground, "ground"))) >= 4.5);
    }),
    { seed: 20_261_126, numRuns: 5_000 },
  );
  // WCAG 2.2: black on white is 21:1, and #767676 on white is the lightest grey of 4.5:1.
  assert.equal(contrast(colour("black"), colour("#fff")), 21);
  assert.ok(contrast(colour("#767676"), colour("white")) >= 4.5);
  assert.ok(contrast(colour("#777777"), colour("white")) < 4.5);
});

test("colours are read in every notation of mails", () => {
  for (const written of [
    "red",
    "#f00",
    "#FF0000",
    "rgb(255,0,0)",
    "rgb(100% 0% 0%)",
    "hsl(0,100%,50%)",
    "rgba(255, 0, 0, 1)",
    "#f00f",
  ]) {
    assert.deepEqual(colour(written), { red: 1, green: 0, blue: 0, alpha: 1 }, written);
  }
  assert.deepEqual(parseAttributeColour("ff0000"), colour("red"));
  assert.equal(colour("transparent").alpha, 0);
  for (const written of ["", "inherit", "rgb(1,2)", "url(x)", "#12345", "rgb(a,b,c)"])
    assert.equal(parseColour(written), undefined, written);
});

test("visible text of a mail for light pages is 4.5:1 in the dark, hidden text stays hidden", () => {
  const { html } = sanitize(
    Buffer.from(hostile("h90").octets()).toString().split("\n\n").slice(1).join("\n\n"),
    DARK,
    () => undefined,
  );
  const { elements } = assertGrammar(html);
  const visible = elements.filter((element) => element.tagName === "p" && textOf(element).trim() !== "");
  assert.deepEqual(visible.map(textOf), ["visible"]);
  const ground =
    /background-color:(#\w+)/.exec(elements.find(({ tagName }) => tagName === "body")?.attrs[0]?.value ?? "")?.[1] ??
    "";
  const text = /color:(#\w+)/.exec(visible[0]?.attrs[0]?.value ?? "")?.[1] ?? "";
  assert.ok(contrast(colour(text), colour(ground)) >= 4.5);
});

test("a mail that says how it looks in the dark is believed there, and only there", () => {
  const html =
    "<style>p{color:#111}@media (prefers-color-scheme:dark){p{color:#eee}}@media (prefers-color-scheme:light){p{color:#222}}</style><p>a</p>";
  assert.equal(styleOf(html).trim(), "p{color:#111}\np{color:#222}");
  const [first = "", second] = styleOf(html, DARK).trim().split("\n");
  assert.ok(contrast(colour(/#\w+/.exec(first)?.[0] ?? ""), colour("#16181c")) >= 4.5, first);
  assert.equal(second, "p{color:#eeeeee}");
  const unreadable = styleOf("<style>@media (prefers-color-scheme:dark){p{color:#333;background:#777}}</style>", DARK);
  const [text = "", ground = ""] = unreadable.match(/#\w+/g) ?? [];
  assert.ok(contrast(colour(text), colour(ground)) >= 4.5, unreadable);
});

test("pictures are left alone in the dark", () => {
  const html = "<img src=cid:a style='background-color:#fff;width:10px'>";
  assert.match(
    bodyOf(html, DARK, () => PNG),
    /data:image\/png/,
  );
  assert.doesNotMatch(sanitize(html, DARK, () => PNG).html, /invert|filter/);
});

test("ordinary bodies keep every visible word", () => {
  const expected = expectedOf();
  for (const { file } of mails("benign")) {
    for (const words of expected.get(file)?.htmlNotContains ?? []) assert.doesNotMatch(quotable(words), /<script/);
  }
  assert.equal(examineHtml("<table><tr><td>Lantern<td>£18.00</table>").text().trim(), "Lantern £18.00");
  assert.equal(
    examineHtml("<p>Hi <a href='https://a.example/'>there</a></p>").text().trim(),
    "Hi there <https://a.example/>",
  );
  assert.equal(
    examineHtml("<div style='font-size:0'><span style='font-size:14px'>seen</span>unseen</div>").text().trim(),
    "seen",
  );
});

test("what is hidden is in no quote, however it is hidden", () => {
  for (const style of [
    "display:none",
    "visibility:hidden",
    "opacity:0",
    "font-size:0",
    "font-size:1px",
    "color:#fff",
    "color:transparent",
    "position:absolute;left:-9999px",
    "text-indent:-9999px",
    "max-height:0;overflow:hidden",
    "position:absolute;clip:rect(0,0,0,0)",
    "height:0;overflow-y:hidden",
    "display:table-column",
  ]) {
    assert.equal(quotable(`<div style="${style}">secret</div>shown`).replace(/<[^>]*>/g, ""), "shown", style);
    for (const sheet of [
      `.h{${style}}`,
      `@media screen{.h{${style}}}`,
      `@media only screen and (prefers-color-scheme:light){.h{${style}}}`,
    ]) {
      const quoted = quotable(`<style>${sheet}</style><div class=h>secret</div>shown`);
      assert.equal(quoted.replace(/<[^>]*>/g, ""), "shown", sheet);
    }
  }
  // Sizes that would have to be computed are not kept: what the quote holds is what is seen.
  for (const style of ["font-size:calc(0px)", "opacity:calc(0)", "font:calc(0px)/1 serif", "font-size:min(0px,9px)"])
    assert.equal(bodyOf(`<p style="${style}">seen</p>`), "<p>seen</p>", style);
  for (const hidden of ["<div hidden>", "<form style='display:none'>", "<o:p style='position:absolute;left:-999px'>"]) {
    assert.equal(quotable(`${hidden}secret`).replace(/<[^>]*>/g, ""), "", hidden);
    assert.match(bodyOf(`${hidden}secret`), /style="display:none(?:!important)?">secret/, hidden);
  }
  assert.equal(quotable("<div style='background:#000;color:#fff'>shown</div>").replace(/<[^>]*>/g, ""), "shown");
});

test("where a tree ends at or in what is no text of the page, that is not shown as text", () => {
  const raw = "p { color: red } SOURCE";
  // With the three elements every page has, the third place is the element itself and the fourth its text.
  for (const tag of ["style", "script", "textarea"])
    for (const less of tag === "style" ? [2, 3, 4, 5] : [3, 4]) {
      const before = "<br>".repeat(HTML_NODES_MAX - less);
      const examined = examineHtml(`<body>${before}<${tag}>${raw}</${tag}><p>the last words</p><p>of it</p>`);
      assert.equal(examined.isTooLarge, true);
      assert.equal(examined.text().trim().replace(/\s+/g, " "), "the last words of it", `${tag}, ${less} less`);
    }
  const drawn = examineHtml(`${"<br>".repeat(HTML_NODES_MAX - 4)}<svg><style/><p>the last words</p></svg>`);
  assert.match(drawn.text(), /the last words/);
});

test("what is too large for a tree is all there as text", () => {
  const nested = (levels: number): string =>
    Array.from({ length: levels }, (_, at) => `<div>level${at} `).join("") + "deepest" + "</div>".repeat(levels);
  for (const levels of [600, 1_100, 5_000]) {
    const words = examineHtml(`<p>first</p>${nested(levels)}<p>last</p>`)
      .text()
      .split(/\s+/);
    const wanted = ["first", ...Array.from({ length: levels }, (_, at) => `level${at}`), "deepest", "last"];
    assert.deepEqual(words, wanted, String(levels));
  }
  const wide = Array.from(
    { length: 40_000 },
    (_, at) => `<p>row${at} a &lt; b${at % 1_000 === 0 ? "<style>p{color:red}</style>" : ""}`,
  ).join("");
  const read = examineHtml(wide).text().split(/\s+/).join(" ");
  assert.equal(read, Array.from({ length: 40_000 }, (_, at) => `row${at} a < b`).join(" "));
  // Elements that are opened anew for each paragraph: the letters between are not lost with them.
  const anew = "<b><i><u><s>" + Array.from({ length: 20_000 }, (_, at) => `<p>n${at}</p>m${at} `).join("");
  const text = examineHtml(anew).text();
  for (let at = 0; at < 20_000; at += 1) assert.ok(text.includes(`n${at}`) && text.includes(`m${at}`), String(at));
});

test("what says a lot of how it looks, and is opened anew in every paragraph, has an end, and all its words as text", () => {
  const family = `font-family:${Array.from({ length: 31 }, () => `"${"a".repeat(60)}"`).join(",")};`.repeat(4);
  for (const before of [
    `<p><font style='${family}'>`,
    `<div style="display:none"><p><font style='${family}'>`,
    `<p><a href="https://a.example/${"a".repeat(8_000)}">`,
  ]) {
    const html = before + "<p>word".repeat(11_000);
    const examined = examineHtml(html);
    assert.equal(examined.isTooLarge, true);
    // What is hidden is no text of it, as far as there is a tree.
    const words = before.startsWith("<div") ? 10_000 : 11_000;
    assert.ok((examined.text().match(/word/g) ?? []).length >= words);
    for (const options of [LIGHT, DARK])
      assert.ok(sanitize(html, options, () => undefined).html.length <= HTML_PAGE_CHARACTERS_MAX);
    assert.ok(quotable(html).length <= HTML_PAGE_CHARACTERS_MAX);
  }
});

test("a page is as long as one may be, but for the pictures it holds, or there is none", () => {
  const picture = Buffer.alloc(9_000_000);
  PNG.copy(picture);
  const held = (html: string): string => sanitize(html, LIGHT, () => picture).html;
  const room = HTML_PAGE_CHARACTERS_MAX - held("<p></p>").length;
  assert.equal(held(`<p>${"a".repeat(room)}</p>`).length, HTML_PAGE_CHARACTERS_MAX);
  const tooLarge = { name: "ReadingError", failure: "too-large" };
  assert.throws(() => held(`<p>${"a".repeat(room + 1)}</p>`), tooLarge);
  assert.ok(held("<p>a</p><img src='cid:x'>").length > HTML_PAGE_CHARACTERS_MAX);
  // Four characters of a page for each.
  const signs = ">".repeat(HTML_PAGE_CHARACTERS_MAX / 4 + 1);
  for (const html of [signs, `<p>${signs}</p>`, "<p>></p>".repeat(5) + signs]) {
    assert.throws(() => held(html), tooLarge);
    assert.throws(() => quotable(html), tooLarge);
    const examined = examineHtml(html);
    assert.equal(examined.isTooLarge, true);
    assert.match(examined.text(), />{500000}/);
  }
});

test("a body is blank where no word and no picture of it is seen", () => {
  for (const html of [
    "",
    "<div><p>&nbsp;</p><br></div>",
    "<p style='display:none'>secret</p>",
    "<style>p{display:none}</style><p>secret</p>",
    "<img src='https://a.example/t.gif' width=1 height=1>",
  ])
    assert.equal(examineHtml(html).isBlank, true, html);
  for (const html of [
    "<p>a</p>",
    "<p><b>7</b></p>",
    "<img src='cid:a@b'>",
    "<img src='https://a.example/p.jpg' width=200>",
  ])
    assert.equal(examineHtml(html).isBlank, false, html);
});

test("a page has an end, whatever the mail has", () => {
  const deep = sanitize("<div>".repeat(900) + "core", LIGHT, () => undefined).html;
  assert.ok(deep.includes("core"));
  assert.ok((deep.match(/<div>/g) ?? []).length <= 120);
  assert.equal(examineHtml("<b>".repeat(5_000)).isTooLarge, true);
  assert.equal(examineHtml("<p>a".repeat(40_000)).isTooLarge, true);
  assert.equal(examineHtml("<p>a".repeat(20_000)).isTooLarge, false);
  const many = sanitize(
    Array.from({ length: 3_000 }, (_, at) => `<img src="https://a.example/${at}">`).join(""),
    LIGHT,
    () => undefined,
  );
  assert.equal(many.imageUrls.length, 1_000);
  // The same sign is nine in an address.
  const long = [910, 900, 8_000].map((signs) => `<img src="https://a.example/${"\u66f8".repeat(signs)}" width=90>`);
  const { imageUrls } = sanitize(long.join(""), LIGHT, () => undefined);
  assert.deepEqual(imageUrls, [`https://a.example/${"%E6%9B%B8".repeat(900)}`]);
  const sheets = styleOf(`<style>${".a{color:red}".repeat(30_000)}</style>`);
  assert.equal(sheets, "");
});
