// Which parts of unusual trees are shown and which are listed: nothing is lost, nothing is shown twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage, summarizeMessage } from "../../src/message/reading/read-message.ts";

const PNG =
  "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOQqziBFTEMLQkABkZXgW0sEx8AAAAASUVORK5CYII=\r\n";

/** A multipart of `parts`, each with its own header. */
function multipart(subtype: string, boundary: string, ...parts: readonly string[]): string {
  const inside = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("");
  return `Content-Type: multipart/${subtype}; boundary=${boundary}\r\n\r\n${inside}--${boundary}--\r\n`;
}

const text = (words: string): string => `Content-Type: text/plain\r\n\r\n${words}`;
const html = (words: string): string => `Content-Type: text/html\r\n\r\n${words}`;
const pdf = 'Content-Type: application/pdf; name="a.pdf"\r\n\r\n%PDF-1.4';
const options = { now: 0, isHeaderOnly: false };

async function shape(message: string): Promise<readonly [bodies: string, parts: string]> {
  const octets = (): Uint8Array => new Uint8Array(Buffer.from(message));
  const { bodies, parts, summary } = await readMessage(octets(), options);
  const { text: _, ...summarized } = await summarizeMessage(octets(), options);
  assert.deepEqual(summarized, summary);
  return [
    bodies.map(({ kind, part }) => `${kind} ${part}`).join(),
    parts.map(({ part, isInline }) => `${part}${isInline ? " inline" : ""}`).join(),
  ];
}

test("of alternatives the last that can be shown is, and their files are listed", async () => {
  for (const [message, bodies, parts] of [
    [multipart("alternative", "a", text("x"), html("y")), "html 2", ""],
    [multipart("alternative", "a", html("y"), text("x")), "html 1", ""],
    [multipart("alternative", "a", multipart("mixed", "m", text("x"), pdf), html("y")), "html 2", "1.2"],
    [
      multipart("alternative", "a", text("x"), multipart("mixed", "m", html("y"), pdf, html("z"))),
      "html 2.1,html 2.3",
      "2.2",
    ],
    [multipart("alternative", "a", text("x"), "Content-Type: text/x-amp-html\r\n\r\n<p>", html("y")), "html 3", ""],
    [multipart("alternative", "a", pdf), "", "1"],
    [multipart("mixed", "m", text("x"), pdf, text("z")), "text 1,text 3", "2"],
    [multipart("unheard-of", "m", text("x"), text("z")), "text 1,text 2", ""],
  ] as const) {
    assert.deepEqual(await shape(message), [bodies, parts], message);
  }
});

test("a picture shown inside a body is not shown again below it", async () => {
  const inline = `Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <p@x>\r\n${PNG}`;
  assert.deepEqual(await shape(multipart("related", "r", html("<img src=cid:p@x>"), inline)), ["html 1", "2 inline"]);
  assert.deepEqual(await shape(multipart("mixed", "m", html("<img src=cid:p@x>"), inline)), ["html 1", "2 inline"]);
  assert.deepEqual(await shape(multipart("mixed", "m", html("none"), inline)), ["html 1,image 2", "2"]);
});

test("the root of related parts is the one that is named, else the first", async () => {
  const named = `Content-Type: text/html\r\nContent-ID: <root>\r\n\r\nroot`;
  const related = multipart("related", "r", `Content-Type: image/png\r\n${PNG}`, named);
  assert.deepEqual(await shape(related.replace("boundary=r", 'boundary=r; start="<root>"')), ["html 2", "1"]);
});

test("text with a name, or meant to be saved, is a file unless it is all there is", async () => {
  const named = 'Content-Type: text/plain; name="notes.txt"\r\n\r\nx';
  assert.deepEqual(await shape(multipart("mixed", "m", text("x"), named)), ["text 1", "2"]);
  assert.deepEqual(await shape(named), ["text 1", ""]);
});
