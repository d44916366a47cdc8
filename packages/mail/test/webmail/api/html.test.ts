// HTML mail as it is loaded: the headers of its frame, and the remote images of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let account = "";
let messageId = 0;
let url = "";
const requests: string[] = [];
const canary = createServer((request, response) => {
  requests.push(request.url ?? "");
  response.end();
});

before(async () => {
  canary.listen(0, "127.0.0.1");
  await once(canary, "listening");
  const { port } = canary.address() as AddressInfo;
  office = await openReaderOffice();
  account = await office.account("anna");
  messageId = await office.deliver(
    "anna",
    `From: a@b.example
Subject: <b>Pictures</b>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body onload="x()"><script>x()</script><h1>Hello</h1>
<img src="http://127.0.0.1:${port}/picture.png" width="300" height="200" alt="one">
<p>text</p></body></html>
`,
  );
  const { bodies } = await office.ask("message", { account, messageId });
  const [body] = bodies;
  assert.equal(body?.kind, "html");
  url = body?.kind === "html" ? body.url : "";
});
after(async () => {
  await office.stop();
  canary.close();
});

test("the frame of a message is sandboxed, without scripts, and loads nothing but what it holds", async () => {
  const body = await office.load(url);
  assert.equal(body.status, 200);
  assert.equal(body.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(
    body.headers["content-security-policy"],
    `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: ${office.origin}/cap/; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'`,
  );
  assert.equal(body.headers["x-content-type-options"], "nosniff");
  assert.equal(body.headers["referrer-policy"], "no-referrer");
  assert.equal(body.headers["x-dns-prefetch-control"], "off");
  assert.equal(body.headers["cross-origin-resource-policy"], "same-origin");
  assert.equal(body.headers["cache-control"], "private, max-age=0");
  assert.match(body.text, /Hello/);
  assert.doesNotMatch(body.text, /<script|onload|\/cap\/|127\.0\.0\.1/);
});

test("a shown image is loaded by its capability, and never from this machine", async () => {
  const body = await office.load(`${url}?images=1`);
  const [, path = ""] = /src="http:\/\/[^/"]+(\/cap\/[^"]+)"/.exec(body.text) ?? [];
  assert.notEqual(path, "");
  const image = { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
  const answer = await office.raw({ path, headers: image });
  assert.equal(answer.status, 404);
  assert.match(answer.text, /not on the public Internet|none that pictures have/);
  assert.deepEqual(requests, []);
  const other = await office.raw({
    path: path.replace(/[^/]+$/, encodeURIComponent("http://b.example/x.png")),
    headers: image,
  });
  assert.match(other.text, /has no such image/);
  const forged = await office.raw({ path: path.replace(/^\/cap\/\d+_/, "/cap/9_"), headers: image });
  assert.match(forged.text, /too old/);
  const page = await office.raw({ path, headers: { ...image, "sec-fetch-dest": "document" } });
  assert.equal(page.status, 403);
});

test("what is printed has the subject as text, and each body in a tree of its own", async () => {
  const page = await office.load(`/m/${account}/${messageId}/print`);
  assert.match(page.text, /<h1 dir="auto">&lt;b&gt;Pictures&lt;\/b&gt;<\/h1>/);
  assert.match(page.text, /<template shadowrootmode="open">/);
  assert.match(String(page.headers["content-security-policy"]), /^sandbox /);
});

test("a body that was rebuilt is the same when it is asked for again, and goes with its message", async () => {
  const gone = await office.deliver(
    "anna",
    "From: a@b.example\nSubject: once\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>only here</p>\n",
  );
  const { bodies } = await office.ask("message", { account, messageId: gone });
  const place = bodies[0]?.kind === "html" ? bodies[0].url : "";
  const first = await office.load(place);
  assert.match(first.text, /only here/);
  assert.equal((await office.load(place)).text, first.text);
  await office.house.office.house.store.remove(account, [gone]);
  assert.equal((await office.load(place)).status, 404);
});
