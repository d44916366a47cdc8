// Which pictures are trackers, and how much work may be made of the question.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { parse } from "css-tree";
import { parseFragment } from "parse5";
import type { HtmlOptions } from "../../src/message/index.ts";
import { longhands } from "../../src/message/html/css/look.ts";
import { Matching, matcherOf } from "../../src/message/html/css/matching.ts";
import type { Matcher } from "../../src/message/html/css/matching.ts";
import { examineHtml } from "../../src/message/html/examine-html.ts";
import { isElement } from "../../src/message/html/parse-html.ts";
import { quotable, sanitize } from "../../src/message/html/sanitize.ts";
import { MATCH_STEPS_MAX } from "../../src/message/limits.ts";
import { readMessage } from "../../src/message/reading/read-message.ts";
import { mails } from "./corpus.ts";
import { PICTURE_URL, SNIPPETS } from "./picture-snippets.ts";

const SHOWN: HtmlOptions = { images: "shown", proxyPrefix: "/img?u=", theme: "as-sent" };

test("a picture is a tracker when a person sees it nowhere, and is loaded when it is none", () => {
  const wrong: string[] = [];
  for (const { html, seen, seenBetween, seenInTheDark, seenOver } of SNIPPETS) {
    const isSeen = [...seen, ...(seenBetween ?? []), ...(seenInTheDark ?? [])].includes(true) || seenOver !== undefined;
    for (const theme of ["as-sent", "adapt-dark"] as const) {
      const page = sanitize(html, { images: "shown", proxyPrefix: "/img?u=", theme }, () => undefined);
      if (page.trackers !== (isSeen ? 0 : 1) || page.imageUrls.length !== (isSeen ? 1 : 0))
        wrong.push(`${theme}: ${html}`);
    }
    if (examineHtml(html).trackers !== (isSeen ? 0 : 1)) wrong.push(html);
  }
  assert.deepEqual(wrong, []);
});

test("what our page cannot show is not loaded either", () => {
  // Only a rule that our page does not have would show it.
  const html = `<style>#t{display:block!important}</style><img id=t src="${PICTURE_URL}" style="display:none">`;
  assert.equal(examineHtml(html).trackers, 1);
});

test("text is of a wide page, and a quote has only what is seen on every page", () => {
  const text = (html: string): string => examineHtml(html).text().trim();
  const quoted = (html: string): string => quotable(html).replace(/<[^>]*>/g, "");
  const desk = "<style>@media (max-width:600px){.d{display:none}}</style><p class=d>desk</p>both";
  const phone =
    "<style>@media (max-width:600px){.p{display:block!important}}</style><p class=p style='display:none'>phone</p>both";
  assert.deepEqual([text(desk), quoted(desk)], ["desk\n\nboth", "both"]);
  assert.deepEqual([text(phone), quoted(phone)], ["both", "both"]);
  for (const hidden of [
    "<style>div .h{display:none}</style><div><p class=h>secret</p></div>both",
    "<style>@media screen and (max-width:9000px){.h{display:none}}</style><p class=h>secret</p>both",
    // Our page has the first of the two.
    "<style>.h{display:none}#h{display:block}</style><p class=h id=h>secret</p>both",
    "<style>@media (max-width:9000px) and (min-width:1px){.h{opacity:0}}</style><p class=h>secret</p>both",
    "<p style='overflow:hidden;height:.1ex'>secret</p>both",
    "<p style='overflow:hidden;height:calc(1px - 1px)'>secret</p>both",
    "<p style='text-indent:9999px;overflow:hidden;white-space:nowrap'>secret</p>both",
    "<div style='padding-left:9999px;overflow:hidden;width:50px'>secret</div>both",
    "<div style='overflow:hidden;width:300px'><span style='padding-left:400px'>secret</span></div>both",
    "<table style='table-layout:fixed;width:1px'><tr><td style='overflow:hidden;text-indent:50px'>secret</table>both",
    "<p style='display:none;display:grid'>secret</p>both",
    "<p style='opacity:0;opacity:banana'>secret</p>both",
    "<style>@media (prefers-color-scheme:light){.h{transform:scale(0)}}</style><p class=h>secret</p>both",
  ])
    assert.deepEqual([text(hidden), quoted(hidden)], ["both", "both"], hidden);
  const between = "<style>@media (min-width:730px) and (max-width:1430px){.h{display:none}}</style>";
  assert.equal(quoted(`${between}<p class=h>secret</p>both`), "both");
  // Of more widths than are looked at, whatever any of them changes might be hidden at one.
  const many = Array.from({ length: 40 }, (_, at) => `@media (max-width:${330 + 20 * at}px){.c{margin-left:${at}px}}`);
  const last = "@media (min-width:1421px) and (max-width:1425px){.h{color:#fff}}";
  const manyWidths = `<style>${many.join("")}${last}</style><p class=h>secret</p><p>both</p>`;
  assert.deepEqual([text(manyWidths), quoted(manyWidths)], ["secret\n\nboth", "both"]);
  // On a dark page colours are ours.
  const light = "<style>@media (prefers-color-scheme:dark){p{color:#fff}}</style><p>seen</p>";
  assert.equal(quoted(light), "seen");
});

test("elements alike are told apart by their tag, by what is said of them, and by what they are in", () => {
  const quoted = (html: string): string => quotable(html).replace(/<[^>]*>/g, "");
  for (const html of [
    "<p style='color:red' hidden>secret</p><p style='color:red'>both</p>",
    "<p style='x' hidden>secret</p><p style='x hidden=0:'>both</p>",
    "<div style='overflow:hidden;height:0'>secret</div><span style='overflow:hidden;height:0'>both</span>",
    "<style>p{color:red}.h p{display:none}</style><div class=h><p>secret</p></div><div><p>both</p></div>",
    "<p style='color:#fff'>secret</p><div style='background:#000'><p style='color:#fff'>both</p></div>",
    "<font color=white>secret</font><div bgcolor=black><font color=white>both</font></div>",
    "<font color=white>secret</font><font style='color:white;display:grid' color=black>secret</font><font color=black>both</font>",
  ])
    assert.equal(quoted(html), "both", html);
});

test("a line keeps its height, and a picture of a declared height is drawn as high as that", () => {
  const imageOf = (attributes: string): string =>
    /<img[^>]*>/.exec(sanitize(`<img src="${PICTURE_URL}" ${attributes}>`, SHOWN, () => undefined).html)?.[0] ?? "";
  assert.match(imageOf("width=600 height=2"), /style="aspect-ratio:600\/2"/);
  assert.match(imageOf("width=600px height=2 style='color:red'"), /style="color:red;aspect-ratio:600\/2"/);
  // Whoever says how high it is means that.
  for (const attributes of [
    "width=600 height=2 style='height:auto'",
    "width=600",
    "width='100%' height=2",
    "width=0 height=0",
    "width=1 height=30 style='width:100%'",
  ])
    assert.doesNotMatch(imageOf(attributes), /aspect-ratio/, attributes);
});

test("an answer has the words of pictures that are seen", () => {
  const quoted = (html: string): string => quotable(`<p>hi</p>${html}`).replace(/<[^>]*>/g, "");
  const said = (attributes: string, url = PICTURE_URL): string => `<img src="${url}" alt=WORDS ${attributes}>`;
  assert.equal(quoted(said("")), "hi[WORDS]");
  assert.equal(quoted(said("width=600 height=2")), "hi[WORDS]");
  assert.equal(quoted('<img src="cid:a" alt=WORDS>'), "hi[WORDS]");
  const naming = `https://one.example/p?${"x".repeat(100)}`;
  for (const unseen of [
    said("width=1 height=1"),
    said("style='opacity:0'"),
    '<img src="cid:a" alt=WORDS width=1 height=1>',
    `<span style="font-size:0">${said("")}</span>`,
    `<span style="color:#fff">${said("")}</span>`,
    said("", "https://list-manage.com/p.png"),
    said("", "https://pictures.example/wf/open"),
    said("", naming),
  ])
    assert.equal(quoted(unseen), "hi", unseen);
  assert.equal(quoted(said("", naming) + said("", "https://one.example/q")), "hi[WORDS][WORDS]");
  assert.equal(examineHtml(said("", naming)).text().trim(), "");
  const many = `<style>${"p:hover{color:red}".repeat(4_000)}</style>${"<p>a</p>".repeat(600)}`;
  assert.doesNotMatch(quoted(`${many}${said("")}`), /WORDS/);
});

test("an element that our page does not have looks as it did, or counts as it looks there", () => {
  const form = (style: string): string => `<form style="${style}"><font color=white>words</font></form>`;
  const page = sanitize(form("background:#000"), SHOWN, () => undefined).html;
  assert.match(page, /<div style="background-color:#000"><font style="color:rgb\(255,255,255\)">words/);
  assert.match(quotable(form("background:#000")), /words/);
  assert.doesNotMatch(quotable(form("")), /words/);
  // Too deep for our page to have it.
  const deep = `<font color=white>${"<div>".repeat(125)}<form style="background:#000">words</form>`;
  assert.doesNotMatch(quotable(deep), /words/);
  assert.doesNotMatch(quotable(`${"<div>".repeat(125)}<form style="display:none">words</form>`), /words/);
});

/** Counts the steps of matching from here on; a mock would keep each of millions of calls. */
function countSteps(t: TestContext): { steps: number } {
  const counted = { steps: 0 };
  const { take } = Matching.prototype;
  Matching.prototype.take = function (more) {
    counted.steps += more;
    take.call(this, more);
  };
  t.after(() => void (Matching.prototype.take = take));
  return counted;
}

test("however much there is to match, no more steps are made than are allowed", (t) => {
  const rules = Array.from({ length: 3_000 }, (_, at) => `div div~div div div .c${at % 7}{opacity:${at % 2}}`).join("");
  const deep = "<div>".repeat(90);
  const html =
    `<style>.t{display:none}${rules}</style><img class=t src="${PICTURE_URL}?1"><p>before</p>` +
    `${`${deep}<i class="c0 c1 c2 c3 c4 c5 c6">x</i>${deep.replaceAll("<", "</")}`.repeat(200)}` +
    `<img class=t src="${PICTURE_URL}?2"><p>after</p><p class=t>secret</p>`;
  const counted = countSteps(t);
  const examined = examineHtml(html);
  const mostAtOnce = 1_000;
  assert.ok(counted.steps > MATCH_STEPS_MAX && counted.steps < MATCH_STEPS_MAX + mostAtOnce, String(counted.steps));
  // What is not known to be hidden counts as shown, but was not certainly seen.
  assert.deepEqual([examined.remoteImages, examined.trackers], [2, 1]);
  const quote = quotable(html);
  assert.match(quote, /before/);
  assert.doesNotMatch(quote, /after|secret/);
  assert.match(sanitize(html, SHOWN, () => undefined).html, /after/);
});

test("a step costs the same whatever is asked, and of whatever", (t) => {
  const counted = countSteps(t);
  const matcherOfText = (selector: string): Matcher => {
    const sheet = parse(`${selector}{}`);
    assert.ok(sheet.type === "StyleSheet" && sheet.children.first?.type === "Rule");
    const { prelude } = sheet.children.first;
    assert.ok(prelude.type === "SelectorList" && prelude.children.first?.type === "Selector");
    const matcher = matcherOf(prelude.children.first.children.toArray());
    assert.ok(matcher !== undefined);
    return matcher;
  };
  const stepsOf = (selector: string, html: string): number => {
    const [element] = parseFragment(html).childNodes;
    assert.ok(element !== undefined && isElement(element));
    counted.steps = 0;
    assert.ok(matcherOfText(selector).matches(element, new Matching(MATCH_STEPS_MAX)));
    return counted.steps;
  };
  const title = "b ".repeat(30);
  const one = stepsOf("p[title~=a]", `<p title="${title}a">`);
  assert.ok(stepsOf(`p${"[title~=a]".repeat(40)}`, `<p title="${title}a">`) > 30 * one);
  for (const test of ["~=a", "*=a", "$=a", "^=b"])
    assert.ok(stepsOf(`p[title${test}]`, `<p title="${title.repeat(100)}a">`) > 50 * one, test);
  assert.ok(stepsOf(`p${".x".repeat(40)}`, "<p class=x>") > 30);
  assert.ok(stepsOf("p:empty", `<p>${"<!---->".repeat(20_000)}`) > 1_000);

  // What is in an element is looked through once.
  const [element] = parseFragment("<p><!----><!----></p>").childNodes;
  assert.ok(element !== undefined && isElement(element));
  let looked = 0;
  const childNodes = new Proxy(element.childNodes, {
    get(target, name) {
      looked++;
      return Reflect.get(target, name) as unknown;
    },
  });
  const matching = new Matching(MATCH_STEPS_MAX);
  const isEmpty = matcherOfText("p:empty:empty:empty");
  assert.ok(isEmpty.matches({ ...element, childNodes }, matching));
  const once = looked;
  const same = { ...element, childNodes };
  for (let at = 0; at < 10; at++) assert.ok(isEmpty.matches(same, matching));
  assert.ok(looked <= 2 * once, `${looked}, ${once}`);
});

test("to look at what stands somewhere takes steps, too", (t) => {
  const counted = countSteps(t);
  const rule = (query: string, at: number): string => `@media ${query}{body{color:#12${at}}}`;
  const queries = ["(max-width:700px)", "(max-width:1000px)", "(prefers-color-scheme:dark)"];
  const sheet = `<style>${queries.map(rule).join("")}body:hover{color:red}</style>`;
  const stepsOf = (elements: number): number => {
    counted.steps = 0;
    examineHtml(`${sheet}<body>${"<b style=color:red>x</b>".repeat(elements)}`);
    return counted.steps;
  };
  const fewer = stepsOf(100);
  // In each of twelve views at the least.
  assert.ok(stepsOf(1_100) - fewer > 12 * 1_000, String(fewer));
  // Beyond the steps, looking is no dearer than it has to be.
  assert.ok(stepsOf(50_000) < 1.1 * MATCH_STEPS_MAX);
  // What its own style hides is hidden all the same.
  const hidden = `<img src="${PICTURE_URL}" style="transform:scale(0)">`;
  const late = `${sheet}<body>${"<b style=color:red>x</b>".repeat(20_000)}${hidden}<p style=display:none>secret</p>end`;
  const examined = examineHtml(late);
  assert.deepEqual([examined.trackers, /secret/.test(examined.text()), /end/.test(examined.text())], [1, false, true]);
});

test("of a value no more is looked at again than what counts", () => {
  assert.deepEqual(longhands("width", `${"0".repeat(497)}px`), []);
  assert.deepEqual(longhands("background", "a ".repeat(245)), [
    ["background-image", ""],
    ["background-color", "transparent"],
  ]);
  assert.deepEqual(longhands("background", `url(${"x".repeat(900)}) #fff top`), [
    ["background-image", "url()"],
    ["background-color", "#fff"],
  ]);
  assert.deepEqual(longhands("background-image", "linear-gradient(red,rgb(0,0,0))"), [["background-image", "url()"]]);
});

test("ordinary mails need a small part of the steps", async (t) => {
  const counted = countSteps(t);
  let bodies = 0;
  for (const { file, octets } of mails("benign")) {
    counted.steps = 0;
    bodies += (await readMessage(octets(), { now: 0, isHeaderOnly: false })).bodies.filter(
      ({ kind }) => kind === "html",
    ).length;
    assert.ok(counted.steps < MATCH_STEPS_MAX / 20, `${file}: ${counted.steps}`);
  }
  assert.ok(bodies > 5, String(bodies));
});
