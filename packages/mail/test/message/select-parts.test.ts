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

test("a picture that stands where a body does is shown, unless it is to be saved", async () => {
  const alone = `MIME-Version: 1.0\r\nContent-Type: image/png\r\n${PNG}`;
  assert.deepEqual(await shape(alone), ["image 1", "1"]);
  const leaf = `Content-Type: image/png\r\n${PNG}`;
  assert.deepEqual(await shape(multipart("signed", "s", leaf, text("x"))), ["image 1", "1,2"]);
  assert.deepEqual(await shape(multipart("related", "r", leaf)), ["image 1", "1"]);
  assert.deepEqual(await shape(multipart("mixed", "m", text("x"), leaf)), ["text 1", "2"]);
  assert.deepEqual(await shape(alone.replace(/image\/png/, "image/svg+xml")), ["", "1"]);
  assert.deepEqual(await shape(alone.replace(/image\/png/, "$&\r\nContent-Disposition: attachment")), ["", "1"]);
});

/** A PNG of these many pixels by its own word (its header, PNG 3rd edition §11.2.1), filled up to `octets`. */
function png(width: number, height: number, octets = 64): string {
  const content = Buffer.alloc(octets);
  content.write("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1");
  content.writeUInt32BE(width, 16);
  content.writeUInt32BE(height, 20);
  return `Content-Transfer-Encoding: base64\r\n\r\n${content.toString("base64").replace(/.{76}/g, "$&\r\n")}`;
}

const picture = (id: string, body: string): string => `Content-Type: image/png\r\nContent-ID: <${id}>\r\n${body}`;
const related = (page: string, ...parts: readonly string[]): string => multipart("related", "r", html(page), ...parts);

test("a picture that finds no more room in its body is listed, and one after it that does is not", async () => {
  // Twice 4 MiB stay below the 10 MiB of a body, three times do not.
  const photographs = [..."123"].map((id) => picture(`${id}@x`, png(8, 8, 4 * 1024 * 1024)));
  const small = picture("4@x", png(8, 8));
  const [, parts] = await shape(related("1234".replace(/./g, "<img src=cid:$&@x>"), ...photographs, small));
  assert.equal(parts, "2 inline,3 inline,4,5 inline");
  // In the order of the page, and for each place.
  const [, again] = await shape(related("<img src=cid:3@x><img src=cid:3@x><img src=cid:1@x>", ...photographs));
  assert.equal(again, "2,3,4 inline");
});

test("a picture in the body is listed unless a person sees it there", async () => {
  const one = picture("p@x", png(8, 8));
  for (const [page, isSeen] of [
    ["<img src=cid:p@x>", true],
    ["<img src=cid:p@x width=300 style='display:block'>", true],
    ["<style>img { border: 0 } td img { padding: 1px }</style><img src=cid:p@x>", true],
    ["<img src=cid:p@x style='display:none'><img src=cid:p@x>", true],
    ["<img src=cid:p@x style='display:none'>", false],
    ["<img src=cid:p@x hidden>", false],
    ["<div style='visibility:hidden'><img src=cid:p@x></div>", false],
    ["<div style='max-height:0;overflow:hidden'><img src=cid:p@x></div>", false],
    ["<img src=cid:p@x width=1 height=1>", false],
    ["<img src=cid:p@x width=0%>", false],
    ["<img src=cid:p@x width=100%>", true],
    ["<style>.no { display: none }</style><img class=no src=cid:p@x>", false],
    ["<style>div .no { display: none }</style><div><img class=no src=cid:p@x></div>", false],
    ["<style>@media (max-width: 9999px) { img { display: none } }</style><img src=cid:p@x>", false],
    ["<a href='cid:p@x'>none</a>", false],
  ] as const) {
    const [, parts] = await shape(related(page, one));
    assert.equal(parts, isSeen ? "2 inline" : "2", page);
  }
});

test("a picture of more pixels than are drawn is listed, and shown nowhere", async () => {
  // 40 megapixels are drawn.
  for (const [width, isDrawn] of [
    [4_000, true],
    [4_001, false],
  ] as const) {
    const large = png(width, 10_000);
    const [, parts] = await shape(related("<img src=cid:p@x>", picture("p@x", large)));
    assert.equal(parts, isDrawn ? "2 inline" : "2");
    const [bodies] = await shape(
      multipart("mixed", "m", text("x"), `Content-Type: image/png\r\nContent-Disposition: inline\r\n${large}`),
    );
    assert.equal(bodies, isDrawn ? "text 1,image 2" : "text 1");
  }
});

test("pictures of a body that is shown as its text are listed", async () => {
  const one = picture("p@x", png(8, 8));
  // Above the octets, and above the nodes, that a body may have.
  for (const filling of [" ".repeat(3 * 1024 * 1024), "<br>".repeat(60_001)]) {
    const [bodies, parts] = await shape(related(`<img src=cid:p@x>${filling}`, one));
    assert.deepEqual([bodies, parts], ["html 1", "2"]);
  }
});

test("of two pictures with one Content-ID the one that is not drawn is listed", async () => {
  const [, parts] = await shape(related("<img src=cid:p@x>", picture("p@x", png(8, 8)), picture("p@x", png(9, 9))));
  assert.equal(parts, "2 inline,3");
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

test("a body is read whatever it is called", async () => {
  const named = (header: string): string => `Content-Type: text/html${header}\r\n\r\n<p>Hello page`;
  const byType = named('; name="message.html"');
  const byDisposition = named("\r\nContent-Disposition: inline; filename=message.html");
  const inRelated = multipart("related", "r", byType, `Content-Type: image/png\r\n${PNG}`);
  const signature = "Content-Type: application/pgp-signature\r\n\r\nx";
  const alternative = (...parts: readonly string[]): string => multipart("alternative", "a", ...parts);
  const plain = 'Content-Type: text/plain; name="message.txt"\r\n\r\nHello plain';
  for (const [message, bodies, parts] of [
    [byType, "html 1", ""],
    [byDisposition, "html 1", ""],
    [named("\r\nContent-Disposition: attachment; filename=message.html"), "html 1", ""],
    [alternative(text("Hello plain"), byType), "html 2", ""],
    [alternative(text("Hello plain"), byDisposition), "html 2", ""],
    [alternative(plain, byType), "html 2", ""],
    [alternative(text("Hello plain"), inRelated), "html 2.1", "2.2"],
    [inRelated, "html 1", "2"],
    [multipart("signed", "s", byType, signature), "html 1", "2"],
    [multipart("mixed", "m", byType, pdf), "html 1", "1,2"],
    // What could only be saved is no body, and what is a file is not taken for one.
    [alternative(text("Hello plain"), named("\r\nContent-Disposition: attachment")), "text 1", "2"],
    [alternative(text("Hello plain"), html("Hello page"), named("; name=other.html")), "html 2", "3"],
    [alternative(text("Hello plain"), multipart("mixed", "m", pdf, byType)), "text 1", "2.1,2.2"],
    [alternative(multipart("mixed", "m", text("x"), plain), html("Hello page")), "html 2", "1.2"],
  ] as const) {
    assert.deepEqual(await shape(message), [bodies, parts], message);
    const { preview, text: found } = await summarizeMessage(new Uint8Array(Buffer.from(message)), options);
    assert.ok(preview.includes("Hello") && found.includes("Hello"), message);
  }
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
