// Who gets in, and who does not.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryDirectory } from "../../office/test-office.ts";
import { cookieIn, letIn, openReaderOffice, type Answer, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
before(async () => {
  office = await openReaderOffice();
});
after(() => office.stop());

const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { error: { code: string } }).error.code;

test("a browser without a session reads nothing, and is told what to do", async () => {
  const page = await office.raw({ path: "/" });
  assert.equal(page.status, 401);
  assert.match(page.text, /restante open/);
  for (const path of ["/api/session", "/api/list?account=all", "/m/1/1/eml", "/api/events"]) {
    const answer = await office.raw({ path });
    assert.deepEqual([answer.status, codeOf(answer)], [401, "no-session"], path);
  }
});

test("a start token lets one browser in, once", async () => {
  const url = new URL(office.house.office.webAddress() ?? "");
  const ahead = await office.raw({ path: url.pathname, headers: { "sec-purpose": "prefetch" } });
  assert.equal(ahead.headers["set-cookie"], undefined, "whoever looks ahead does not use it up");
  await office.raw({ method: "HEAD", path: url.pathname });
  const first = await office.raw({ path: url.pathname });
  assert.deepEqual([first.status, first.headers["location"]], [303, "/"]);
  const [cookie = ""] = [first.headers["set-cookie"] ?? []].flat();
  for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(cookie.includes(attribute), attribute);
  const second = await office.raw({ path: url.pathname });
  assert.equal(second.status, 410);
  assert.equal(second.headers["set-cookie"], undefined);
});

test("the token is also taken as ?token=, and a fresh one voids the one before", async () => {
  const before = new URL(office.house.office.webAddress() ?? "");
  const fresh = new URL(office.house.office.webAddress() ?? "");
  assert.equal((await office.raw({ path: before.pathname })).status, 410);
  const answer = await office.raw({ path: `/?token=${fresh.pathname.split("/").at(-1)}` });
  assert.equal(answer.status, 303);
});

test("a cookie outlives a restart, one that is changed does not let in", async () => {
  const directory = temporaryDirectory();
  const first = await openReaderOffice({ dataDir: directory.path });
  const { cookie } = first;
  await first.stop();
  assert.equal(statSync(join(directory.path, "web.key")).mode & 0o777, 0o600);
  const second = await openReaderOffice({ dataDir: directory.path });
  const ask = (value: string): Promise<Answer> => second.raw({ path: "/api/session", headers: { cookie: value } });
  assert.equal((await ask(cookie)).status, 200);
  assert.equal((await ask(`${cookie.slice(0, -1)}${cookie.endsWith("A") ? "B" : "A"}`)).status, 401);
  assert.equal((await ask(cookie.replace(/=.*/, "="))).status, 401);
  await second.stop();
  directory.remove();
});

test("a name that was made to point here (DNS rebinding) gets nothing", async () => {
  for (const host of [
    "evil.example",
    `evil.example:${office.port}`,
    "127.0.0.1.evil.example",
    "localhost.evil.example",
  ]) {
    for (const path of ["/", "/api/session", "/cap/x/y"]) {
      const answer = await office.raw({ path, headers: { host, cookie: office.cookie } });
      assert.deepEqual([answer.status, codeOf(answer)], [421, "wrong-host"], `${host} ${path}`);
    }
  }
});

test("a host that is configured is taken, and its origin is https", async () => {
  const proxied = await openReaderOffice({ keys: { "web.hosts": ["mail.example.org"] } });
  const ask = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
    proxied.raw({ path: "/api/session", headers: { host: "mail.example.org", cookie: proxied.cookie, ...headers } });
  assert.equal((await ask({ origin: "https://mail.example.org" })).status, 200);
  assert.equal((await ask({ origin: "http://mail.example.org" })).status, 403);
  await proxied.stop();
});

test("another site's page may not ask, with or without the cookie", async () => {
  const headers = { cookie: office.cookie };
  for (const site of ["cross-site", "same-site"]) {
    const answer = await office.raw({ path: "/api/session", headers: { ...headers, "sec-fetch-site": site } });
    assert.deepEqual([answer.status, codeOf(answer)], [403, "cross-site"], site);
    const body = await office.raw({
      path: "/m/1/1/body/1",
      headers: { ...headers, "sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    });
    assert.equal(body.status, 403);
  }
  for (const origin of [
    "null",
    "http://evil.example",
    `http://localhost:${office.port}`,
    `https://127.0.0.1:${office.port}`,
  ]) {
    const answer = await office.raw({ path: "/api/session", headers: { ...headers, origin } });
    assert.deepEqual([answer.status, codeOf(answer)], [403, "cross-site"], origin);
  }
});

test("what changes something must say where it comes from, and be JSON", async () => {
  const write = (headers: Readonly<Record<string, string>>, body = '{"theme":"dark"}'): Promise<Answer> =>
    office.raw({ method: "PATCH", path: "/api/settings", headers: { cookie: office.cookie, ...headers }, body });
  const json = { "content-type": "application/json" };
  const { origin } = office;
  assert.equal(codeOf(await write(json)), "cross-site", "no Origin");
  assert.equal(codeOf(await write({ ...json, origin: "http://evil.example" })), "cross-site");
  assert.equal(codeOf(await write({ "content-type": "text/plain", origin })), "not-json");
  assert.equal(codeOf(await write({ "content-type": "application/x-www-form-urlencoded", origin })), "not-json");
  assert.equal(codeOf(await write({ ...json, origin }, "[]")), "bad-request");
  assert.equal(codeOf(await write({ ...json, origin }, '{"theme":"dark","surprise":1}')), "bad-request");
  assert.equal((await write({ ...json, origin })).status, 200);
});

test("a body of more than a mebibyte is refused", async () => {
  const answer = await office.raw({
    method: "POST",
    path: "/api/acts/undo",
    headers: { cookie: office.cookie, origin: office.origin, "content-type": "application/json" },
    body: JSON.stringify({ undo: "x".repeat(1_048_577) }),
  });
  assert.deepEqual([answer.status, codeOf(answer)], [413, "too-large"]);
});

test("no path reaches the disk", async () => {
  for (const path of [
    "/../package.json",
    "/%2e%2e/%2e%2e/package.json",
    "/..%2f..%2fpackage.json",
    "/assets/../../api/index.js",
    "/assets/%2e%2e%2findex.js",
    "/index.js",
  ]) {
    const answer = await office.raw({ path, headers: { cookie: office.cookie } });
    assert.ok([404, 503].includes(answer.status) || /<html/.test(answer.text), `${path} ${answer.status}`);
    assert.doesNotMatch(answer.text, /"dependencies"|import |export /, path);
  }
});

test("the reader's pages say what they may do", async () => {
  const page = await office.load("/");
  const { headers } = page;
  assert.ok([200, 503].includes(page.status));
  assert.equal(headers["x-frame-options"], "DENY");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["cache-control"], "no-store");
  const policy = String(headers["content-security-policy"]);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  if (page.status !== 200) return;
  assert.match(policy, /frame-src 'self'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.match(policy, /script-src 'self';/);
});

test("a link from elsewhere may open the reader and lets the cookie in with a page of its own", async () => {
  const url = new URL(office.house.office.webAddress() ?? "");
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const answer = await office.raw({ path: url.pathname, headers });
  assert.equal(answer.status, 200);
  assert.match(answer.text, /http-equiv="refresh" content="0;url=\/"/);
  assert.notEqual(cookieIn(answer), "");
});

test("nothing of an error gets out but its code and a sentence of ours", async () => {
  for (const path of [
    "/api/accounts/1/messages/999999",
    "/api/accounts/77/messages/1",
    "/m/1/999999/eml",
    "/api/nothing",
  ]) {
    const answer = await office.load(path);
    assert.equal(answer.status, 404, path);
    assert.deepEqual(Object.keys(JSON.parse(answer.text) as object), ["error"]);
    assert.doesNotMatch(answer.text, /\.ts|node_modules|SELECT|Error:/);
  }
});

test("every start lets in by another token", async () => {
  assert.notEqual(await letIn(office), await letIn(office));
});
