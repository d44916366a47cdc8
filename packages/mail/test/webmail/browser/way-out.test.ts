// Links of plain messages in the real reader, followed to a host that leads back to another port of the reader's own.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { becomes, NEEDS_CHROMIUM } from "./browser.ts";
import { browserFor, openReader, type Reader, setUp } from "./set-up.ts";
import { deliver, openLetter, toInes } from "./writing-desk.ts";
import type { Undoing } from "../../temporary-directory.ts";

const ELSEWHERE = "elsewhere.example";

let reader: Reader;
/** The address of the host that leads back, and of the port it leads to. */
let link = "";
let end = "";
/** What the other port was asked with. */
let asked: IncomingHttpHeaders[] = [];

setUp(async (file) => {
  end = `http://127.0.0.1:${await listenWith(file, ({ headers, url }, response) => {
    if (url === "/end") asked.push(headers);
    response.setHeader("content-type", "text/html").end("<title>The end</title>");
  })}/end`;
  const between = await listenWith(file, (_request, response) => void response.writeHead(302, { location: end }).end());
  link = `http://${ELSEWHERE}:${between}/way`;
  const browser = await browserFor(file, { hosts: `MAP ${ELSEWHERE} 127.0.0.1` });
  reader = await openReader(file, { browser, args: ["--demo"] });
});

async function listenWith(file: Undoing, answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  file.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const WAYS: readonly (readonly [string, (found: Locator) => Promise<void>])[] = [
  ["pressed", (found) => found.click()],
  ["pressed for a tab behind this one", (found) => found.click({ modifiers: ["Control"] })],
  ["pressed with the middle button", (found) => found.click({ button: "middle" })],
  ["followed by key", (found) => found.press("Enter")],
];

test("a link takes no session to another port of the host, however it is followed", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  await deliver(reader, [...toInes("A way out"), "", `See ${link} for more.`]);
  await openLetter(page, "A way out");
  const found = page.getByRole("link", { name: link });
  for (const [way, follow] of WAYS)
    await t.test(way, async () => {
      await leadsOut(() => follow(found));
      await becomes(() => found.getAttribute("href"), link);
    });
});

test("nor does one of an HTML body", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const [from = "", to = "", subject = ""] = toInes("A way out of HTML");
  await deliver(reader, [from, to, subject, "Content-Type: text/html", "", `<p><a href="${link}">more</a></p>`]);
  await openLetter(page, "A way out of HTML");
  const found = page.frameLocator("iframe.html-frame").getByRole("link", { name: "more" });
  await leadsOut(() => found.click());
});

/** Whoever is at the end is asked once, and told nothing of where that came from. */
async function leadsOut(follow: () => Promise<void>): Promise<void> {
  asked = [];
  const opening = reader.context.waitForEvent("page");
  await follow();
  const opened = await opening;
  await opened.waitForURL(end);
  assert.deepEqual(
    asked.map(({ cookie, referer }) => [cookie, referer]),
    [[undefined, undefined]],
  );
  await opened.close();
}
