// The event stream as a page reads it, block by block.
import assert from "node:assert/strict";
import { request, type IncomingMessage } from "node:http";
import type { ReaderOffice } from "./reader-office.ts";

export interface EventStream {
  /** Reads until an event of this kind, and gives its id and data. */
  until(kind: string): Promise<{ readonly id: string; readonly data: Record<string, unknown> }>;
  /** Resolves with whatever comes next, a heartbeat too. */
  next(): Promise<string>;
  close(): void;
}

export function openEvents(
  office: Pick<ReaderOffice, "cookie" | "port">,
  headers: Readonly<Record<string, string>> = {},
  path = "/api/events",
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const sent = request({
      agent: false,
      host: "127.0.0.1",
      port: office.port,
      path,
      headers: { cookie: office.cookie, "sec-fetch-site": "same-origin", ...headers },
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") reject(error);
    });
    sent.on("response", (response: IncomingMessage) => {
      assert.equal(response.statusCode, 200);
      assert.match(String(response.headers["content-type"]), /^text\/event-stream/);
      response.setEncoding("utf8");
      const blocks = blocksOf(response);
      const next = async (): Promise<string> => {
        const { value, done } = await blocks.next();
        if (done === true) throw new Error("the stream ended");
        return value;
      };
      resolve({
        async until(kind) {
          for (;;) {
            const value = await next();
            const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(value)?.[1] ?? "";
            if (field("event") === kind || (kind === "" && field("id") !== ""))
              return { id: field("id"), data: JSON.parse(field("data") || "{}") as Record<string, unknown> };
          }
        },
        next,
        close: () => sent.destroy(),
      });
    });
    sent.end();
  });
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response as AsyncIterable<string>) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    yield* blocks;
  }
}
