// A server under names that only a mail made to do harm asks for: what it hears got out of the reader.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import type { Undoing } from "../../temporary-directory.ts";
import { newContext } from "./browser.ts";
import { browserFor } from "./set-up.ts";

const CONTROL = "control.canary.invalid";

export interface Canary {
  /** All names below canary.invalid lead here in it. */
  readonly browser: Browser;
  /**
   * Paths that were asked for, or "connection" where nothing readable was. The browser is told to ask for one more first,
   * which is left out: what was on its way before is heard by then.
   */
  heard(): Promise<readonly string[]>;
  forget(): void;
}

export async function openCanary(file: Undoing): Promise<Canary> {
  let sung: string[] = [];
  const server = createServer((request, response) => {
    if (request.headers.host !== CONTROL) sung.push(request.url ?? "");
    response.setHeader("content-type", "text/html").end();
  });
  server.on("clientError", (_error, socket) => {
    sung.push("connection");
    socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  file.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const browser = await browserFor(file, { hosts: `MAP *.canary.invalid 127.0.0.1:${port}` });
  const control = await (await newContext(browser)).newPage();
  return {
    browser,
    async heard() {
      await control.goto(`http://${CONTROL}/`);
      return [...sung];
    },
    forget() {
      sung = [];
    },
  };
}
