// Who gets in, and who does not.
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { SILENT } from "../../../src/observe/index.ts";
import type { ReaderApi } from "../../../src/webmail/api/app.ts";
import { openDoor, withChosen } from "../../../src/webmail/api/web/door.ts";
import { StartTokens } from "../../../src/webmail/api/web/start-token.ts";
import { openWebKey } from "../../../src/webmail/api/web/web-key.ts";
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

test("a body that does not say how long it is, is refused with its first octet too many", async () => {
  const head = [
    "POST /api/acts/undo HTTP/1.1",
    `Host: 127.0.0.1:${office.port}`,
    `Cookie: ${office.cookie}`,
    `Origin: ${office.origin}`,
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
  ];
  const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
  // A mebibyte and an octet, and no end: whoever answers has not waited for one.
  const answer = await said(`${head.join("\r\n")}\r\n\r\n${chunk.repeat(16)}1\r\n \r\n`);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /"code":"too-large"/);
});

test("a request that names no host gets nothing", async () => {
  for (const line of ["GET / HTTP/1.1", "GET /api/session HTTP/1.1", "GET / HTTP/1.0"]) {
    const answer = await said(`${line}\r\nCookie: ${office.cookie}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 4(?:00|21) /, line);
    assert.doesNotMatch(answer, /<html|accounts/, line);
  }
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

/** Written by hand from what docs/operating/reader.md and docs/threat-model.md let a page do, not from the code that makes it. */
const APP_POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self' 'nonce-…'",
  "img-src": "'self' data:",
  "media-src": "'self'",
  "font-src": "'self'",
  "connect-src": "'self'",
  "manifest-src": "'self'",
  "frame-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "object-src": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "dompurify",
};

const APP_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "x-dns-prefetch-control": "off",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Everything a device has and a browser may give away. */
const DEVICE =
  "accelerometer autoplay camera clipboard-read clipboard-write display-capture encrypted-media fullscreen geolocation " +
  "gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture publickey-credentials-get " +
  "screen-wake-lock serial storage-access usb xr-spatial-tracking";

test("the reader's page says what it may do, and no more", async () => {
  const { status, headers } = await office.load("/");
  assert.equal(status, 200);
  const policy = String(headers["content-security-policy"]).replace(/'nonce-[\w+/=-]{16,}'/, "'nonce-…'");
  const rules = policy.split("; ").map((rule) => [rule.split(" ")[0], rule.slice(rule.indexOf(" ") + 1)]);
  assert.deepEqual(Object.fromEntries(rules), APP_POLICY);
  assert.equal(rules.length, Object.keys(APP_POLICY).length, "each is said once");
  assert.deepEqual(Object.fromEntries(Object.keys(APP_HEADERS).map((name) => [name, headers[name]])), APP_HEADERS);
  const permissions = String(headers["permissions-policy"]).split(", ").toSorted();
  assert.deepEqual(
    permissions,
    DEVICE.split(" ").map((name) => `${name}=()`),
  );
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

test("what fails at the door is logged with its cause, and says no more than that to whoever asked", async () => {
  const { path: folder, remove } = temporaryDirectory();
  writeFileSync(join(folder, "index.html"), "<html>");
  const key = openWebKey(join(folder, "web.key"));
  const lines: unknown[] = [];
  const error = new Error(`${folder}/mail.db is broken`);
  const fail = (): Promise<never> => Promise.reject(error);
  const door = openDoor({
    api: { settings: fail, firstScreen: fail } as unknown as ReaderApi,
    key,
    tokens: { use: () => assert.fail(error) } as unknown as StartTokens,
    hosts: [],
    uiFolder: folder,
    log: { ...SILENT, error: (...line) => void lines.push(line) },
  });
  const [cookie = ""] = key.cookieFor(key.newSession(undefined), { isHttps: false }).split(";", 1);
  const ask = async (path: string, headers = {}): Promise<readonly [string | null, string]> => {
    const answer = await door.request(`http://127.0.0.1${path}`, {
      headers: { host: "127.0.0.1", cookie, ...headers },
    });
    assert.equal(answer.status, 500);
    return [answer.headers.get("content-type"), await answer.text()];
  };
  const message = "something went wrong here; the log says what";
  assert.deepEqual(await ask("/inbox"), ["application/json", JSON.stringify({ error: { code: "internal", message } })]);
  assert.deepEqual(lines, [[{ error, path: "/inbox" }, "a request at the reader's door failed"]]);
  const [type, page] = await ask("/open/a-token", { "sec-fetch-mode": "navigate" });
  assert.equal(type, "text/html; charset=utf-8");
  assert.match(page, /<h1>This did not work<\/h1>\n<p>Something went wrong here; the log says what\.<\/p>/);
  assert.doesNotMatch(page, /mail\.db/);
  assert.deepEqual(lines[1], [{ error, path: "/open/" }, "a request at the reader's door failed"]);
  remove();
});

test("a token is not used up by a browser that could not be looked at", async () => {
  const tokens = new StartTokens();
  const { path: folder, remove } = temporaryDirectory();
  const door = openDoor({
    api: {} as ReaderApi,
    key: openWebKey(join(folder, "web.key")),
    tokens,
    hosts: [],
    uiFolder: folder,
    log: SILENT,
  });
  let tries = 0;
  const peer = {
    get localAddress(): string {
      tries += 1;
      if (tries === 1) throw new Error("no more files can be opened");
      return "192.0.2.1";
    },
  };
  const headers = { host: "127.0.0.1" };
  const open = () => door.request(`http://127.0.0.1/open/${token}`, { headers }, { peer });
  const token = tokens.renew();
  assert.deepEqual([(await open()).status, (await open()).status, tries], [500, 303, 2]);
  remove();
});

test("every start lets in by another token", async () => {
  assert.notEqual(await letIn(office), await letIn(office));
});

/** What is answered to exactly these octets, up to the end of the first answer that is whole. */
function said(octets: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(office.port, "127.0.0.1", () => socket.write(octets));
    socket.setTimeout(30_000, () => socket.destroy(new Error("no answer")));
    socket.setEncoding("latin1").on("data", (part: string) => {
      answer += part;
      if (isWhole(answer)) socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, head))?.[1];
  return length === undefined ? answer.endsWith("0\r\n\r\n") : answer.length >= head + 4 + Number(length);
}

test("what was chosen stands in the page, and a page that has no place for it is served to nobody", () => {
  const html = readFileSync(new URL("../../../src/webmail/ui/index.html", import.meta.url), "utf8");
  assert.match(withChosen(html, 'data-theme="dark"'), /<html lang="en" dir="ltr" data-theme="dark">/);
  assert.throws(() => withChosen('<html lang="en">', 'data-theme="dark"'), /index\.html/);
});
