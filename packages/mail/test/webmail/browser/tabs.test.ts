// The reader in more tabs than a browser has connections to one server.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, Page, Request } from "playwright-core";
import { becomes, NEEDS_CHROMIUM } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { deliver, helloFromPat } from "./writing-desk.ts";

const TABS = 8;

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
});

/** The event streams that are open, and the tab of each. */
function streamsOf(context: BrowserContext): Set<Request> {
  const open = new Set<Request>();
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/events") open.add(request);
  });
  for (const end of ["requestfinished", "requestfailed"] as const)
    context.on(end as "requestfinished", (request) => void open.delete(request));
  return open;
}

const listed = (tab: Page, subject: string): Promise<void> =>
  tab.getByRole("row", { name: new RegExp(subject) }).waitFor();

test(
  "eight tabs share one stream; mail comes to all, and to those that are left when its tab is closed",
  NEEDS_CHROMIUM,
  async () => {
    const { context, origin } = reader;
    await reader.page.close();
    const streams = streamsOf(context);
    let tabs: readonly Page[] = [];
    for (let n = 0; n < TABS; n += 1) {
      const tab = await context.newPage();
      await tab.goto(`${origin}/#/all/inbox`);
      await tab.getByRole("grid", { name: "All inboxes", exact: true }).waitFor();
      tabs = [...tabs, tab];
    }
    await deliver(reader, helloFromPat("To all eight"));
    await Promise.all(tabs.map((tab) => listed(tab, "To all eight")));
    // One that is read again from further back is closed first, and that may be heard of later.
    await becomes(() => streams.size, 1);
    for (const seen of [2, 3]) {
      const [stream] = streams;
      const holder = stream?.frame().page();
      await holder?.close();
      tabs = tabs.filter((tab) => tab !== holder);
      assert.equal(tabs.length, TABS + 1 - seen);
      const subject = `The holder was closed, ${seen}`;
      await deliver(reader, helloFromPat(subject));
      await Promise.all(tabs.map((tab) => listed(tab, subject)));
      // A tab that is closed does not say how its requests ended.
      if (stream !== undefined) streams.delete(stream);
      await becomes(() => streams.size, 1);
    }
  },
);
