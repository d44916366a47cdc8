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

test("a body is no page of its own", async () => {
  const own = { cookie: office.cookie, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" };
  const asked = (destination: string) => office.raw({ path: url, headers: { ...own, "sec-fetch-dest": destination } });
  assert.deepEqual([(await asked("iframe")).status, (await asked("document")).status], [200, 403]);
  assert.match((await asked("document")).text, /open its message in the reader/);
});

test("the empty frame that stands ready is one like it", async () => {
  const [empty, body] = await Promise.all([office.load("/m/empty"), office.load(url)]);
  assert.equal(empty.status, 200);
  for (const name of ["content-type", "content-security-policy", "permissions-policy", "referrer-policy"])
    assert.equal(empty.headers[name], body.headers[name], name);
  assert.equal(empty.text, "<!doctype html><title></title>");
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

test("what is printed keeps the direction and the colours the body gave itself, and loads images when they are seen", async () => {
  const hebrew = await office.deliver(
    "anna",
    `From: a@b.example
Date: Mon, 1 Jun 2026 22:30:00 +0000
Subject: letter
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><style>p{color:red}</style></head><body dir="rtl" style="font-size:20px" bgcolor="#ffeecc"><p>שלום</p>
<img src="http://pictures.example/a.png" width="300" height="200" alt="one"></body></html>
`,
  );
  const page = await office.load(`/m/${account}/${hebrew}/print?zone=Asia/Tokyo`);
  const [, root = ""] = /<template shadowrootmode="open">([^]*)<\/template>/.exec(page.text) ?? [];
  assert.match(root, /^<style>[^<]*<\/style><style>p\{color:[^<]*<\/style><div [^>]*dir="rtl"/);
  assert.match(root, /<div [^>]*style="[^"]*font-size:20px[^"]*"/);
  assert.match(root, /<div [^>]*style="[^"]*background-color:/);
  assert.doesNotMatch(root, /\/cap\/|<body|<html/);
  assert.match(page.text, /Tuesday.*2 June 2026|Tuesday, June 2, 2026/);
  assert.match(page.text, /<html lang="en" dir="ltr">/);
  const british = await office.raw({
    path: `/m/${account}/${hebrew}/print?zone=Asia/Tokyo&images=1`,
    headers: { cookie: office.cookie, "accept-language": "de,en-GB;q=0.8,en;q=0.5" },
  });
  assert.match(british.text, /2 June 2026 at 07:30/);
  assert.match(british.text, /\/cap\//);
  assert.equal((await office.load(`/m/${account}/${hebrew}/print?zone=Nowhere/At_All`)).status, 200);
});

test("what fails in a window of its own is a page in words, and JSON for a script", async () => {
  const looking = { cookie: office.cookie, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" };
  for (const what of ["print", "source", "eml", "zip", "body/1", "part/7"]) {
    const path = `/m/${account}/999999/${what}`;
    const page = await office.raw({ path, headers: { ...looking, "sec-fetch-dest": "document" } });
    assert.equal(page.status, 404, what);
    assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
    assert.match(String(page.headers["content-security-policy"]), /^sandbox; default-src 'none';/);
    assert.match(
      page.text,
      /<h1>This did not work<\/h1>\n<p>There is no such message; it may have been removed meanwhile\.<\/p>/,
    );
    const script = await office.load(path);
    assert.deepEqual([script.status, script.headers["content-type"]], [404, "application/json"]);
  }
  const strangers = await office.raw({ path: `/m/${account}/${messageId}/print`, headers: { ...looking, cookie: "" } });
  assert.equal(strangers.status, 401);
  assert.match(strangers.text, /<h1>This browser has not been let in<\/h1>/);
});

test("whether a body can be shown is answered without it", async () => {
  const check = await office.load(`${url}?check=1`);
  assert.deepEqual([check.status, check.text], [200, "{}"]);
  const gone = await office.load(`/m/${account}/999999/body/1?check=1`);
  assert.deepEqual([gone.status, /"reason":"no-message"/.test(gone.text)], [404, true]);
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
