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

test("what is beyond the bodies that are shown is listed once", async () => {
  const pictures = Array.from({ length: 60 }, () => `Content-Type: image/png\r\nContent-Disposition: inline\r\n${PNG}`);
  const [bodies, parts] = await shape(multipart("mixed", "m", ...pictures));
  assert.equal(bodies.split(",").length, 50);
  assert.deepEqual(
    parts.split(","),
    pictures.map((_, at) => String(at + 1)),
  );
});

test("text that is cut at its limit stays in the letters it is written in", async () => {
  // Two octets a letter, and one before them: the limit is within a letter.
  const long = `Content-Type: text/plain\r\n\r\n.${"é".repeat(1_500_000)}`;
  const { bodies } = await readMessage(new Uint8Array(Buffer.from(long)), options);
  const [body] = bodies;
  assert.ok(body?.kind === "text" && body.isCut);
  assert.match(body.blocks[0]?.text.slice(0, 100) ?? "", /^\.é+$/);
});

test("a photograph of a telephone is saved, not played as a film", async () => {
  // ISO/IEC 23008-12: the brands of HEIF; the first four octets are the length of the box.
  for (const brand of ["heic", "heix", "hevc", "mif1"]) {
    const content = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(16)]);
    const photo = `Content-Type: image/heic; name="IMG_1.HEIC"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString("base64")}`;
    const octets = new Uint8Array(Buffer.from(multipart("mixed", "m", text("x"), photo)));
    const [part] = (await readMessage(octets, options)).parts;
    const { fileName, mediaType, shownAs, isMismatched } = part ?? {};
    assert.deepEqual([fileName, mediaType, shownAs, isMismatched], ["IMG_1.HEIC", "image/heic", "none", false], brand);
  }
});
