// What is found and previewed of a message that says one thing in HTML and another in plain text: what a person reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { saysMore } from "../../src/message/html/says-more.ts";
import { readMessage, summarizeMessage } from "../../src/message/reading/read-message.ts";

const options = { now: 0, isHeaderOnly: false };

async function summaryOf(plain: string, html: string): Promise<{ readonly preview: string; readonly text: string }> {
  const parts = [`Content-Type: text/plain\r\n\r\n${plain}`, `Content-Type: text/html; charset=utf-8\r\n\r\n${html}`];
  const body = parts.map((part) => `--a\r\n${part}\r\n`).join("");
  const message = `Content-Type: multipart/alternative; boundary=a\r\n\r\n${body}--a--\r\n`;
  const { text, ...summary } = await summarizeMessage(new Uint8Array(Buffer.from(message)), options);
  assert.deepEqual((await readMessage(new Uint8Array(Buffer.from(message)), options)).summary, summary);
  return { preview: summary.preview, text };
}

test("what the HTML says is previewed and found where the plain text is only a note", async () => {
  const stub = "This message needs HTML. View it in your browser.";
  const { preview, text } = await summaryOf(stub, "<p>Your parcel 4711 from Bergen arrives Tuesday</p>");
  assert.equal(preview, "Your parcel 4711 from Bergen arrives Tuesday");
  assert.deepEqual(text.split("\n"), [preview, stub]);
});

test("of HTML that says more, what the plain text has beside it is found, too", async () => {
  const plain = "Dear Robin\nthe code is 8812\nhttps://example.org/plain/7a1\nsee you";
  const { preview, text } = await summaryOf(plain, "<h1>Harbour</h1><p>Dear Robin, see you</p>");
  assert.equal(preview, "Harbour Dear Robin, see you");
  assert.deepEqual(text.split("\n").slice(-1), ["the code is 8812"]);
});

test("where both say the same, it is indexed once", async () => {
  const head =
    "<head><title>Letter 12</title><style>.warm { color: red }</style></head><!--[if mso]>Office<![endif]-->";
  const page = `${head}<p style="color:#123456">Hello&nbsp;<b>Robin</b>,<br>see you &mdash; caf&#233; at 5&#x21;</p><img alt="">`;
  const plain = "Hello Robin,\r\nsee you - café at 5!";
  const { preview, text } = await summaryOf(plain, page);
  assert.equal(preview, "Hello Robin, see you - café at 5!");
  assert.equal(text, plain.replace("\r", ""));
});

test("nothing hidden is found, and nothing that is only a picture hides the plain text", async () => {
  const hidden = await summaryOf("View it", '<p style="display:none">secret words</p><p>The plan</p>');
  assert.equal(hidden.preview, "The plan");
  assert.doesNotMatch(hidden.text, /secret/);
  assert.equal((await summaryOf("All of it", '<img src="https://example.org/a.png">')).preview, "All of it");
  const pictured = await summaryOf("View it", '<img src="https://example.org/a.png" alt="Half price">');
  assert.equal(pictured.preview, "[Half price]");
  // More than is shown as HTML: its plain text is read instead.
  for (const filling of [" ".repeat(3 * 1024 * 1024), "<br>".repeat(60_001)])
    assert.equal((await summaryOf("In short", `<p>At length</p>${filling}`)).preview, "In short");
});

const words = fc.stringMatching(/^[a-zé会0-9]{1,6}$/);
const seed = 20_261_127;

test(`a word that the plain text lacks is noticed whatever stands around it, seed ${seed}`, () => {
  const around = fc.constantFrom(
    "<b>",
    "</p>",
    "&nbsp;",
    "&#32;",
    " ",
    "<!-- x -->",
    "<style>x{}</style>",
    "<",
    "x > y <i>",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(around, words)), words, around, (some, more, last) => {
      const plain = `${some.map(([, word]) => word).join(" ")} x y`;
      const html = some.map(([before, word]) => `${before}${word} `).join("");
      assert.equal(saysMore(`${html}${last}${more} `, plain), !plain.split(" ").includes(more));
    }),
    { seed },
  );
});
