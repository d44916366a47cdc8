// The event stream: what happened, in order, with a place to come back to.
import assert from "node:assert/strict";
import { request, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { written } from "../../../src/webmail/api/events/index.ts";
import { EventHub } from "../../../src/webmail/api/events/hub.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
before(async () => {
  office = await openReaderOffice();
});
after(() => office.stop());

interface Stream {
  /** Reads until an event of this kind, and gives its id and data. */
  until(kind: string): Promise<{ readonly id: string; readonly data: Record<string, unknown> }>;
  close(): void;
}

function open(headers: Readonly<Record<string, string>> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const sent = request({
      agent: false,
      host: "127.0.0.1",
      port: office.port,
      path: "/api/events",
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
      resolve({
        async until(kind) {
          for (;;) {
            const { value, done } = await blocks.next();
            if (done === true) throw new Error("the stream ended");
            const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(value)?.[1] ?? "";
            if (field("event") === kind || (kind === "" && field("id") !== ""))
              return { id: field("id"), data: JSON.parse(field("data") || "{}") as Record<string, unknown> };
          }
        },
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

test("mail that comes is told by its id, and its counts", async () => {
  const account = await office.account("anna");
  const stream = await open();
  await stream.until("");
  const messageId = await office.deliver("anna", "Subject: News\n\nx\n");
  const { data } = await stream.until("messages");
  assert.equal(data["account"], account);
  assert.deepEqual(data["added"], [messageId]);
  await stream.until("counts");
  stream.close();
});

test("who comes back with the last id hears what came meanwhile", async () => {
  const first = await open();
  await first.until("");
  await office.ask("changeSettings", { theme: "light" });
  const { id } = await first.until("settings-changed");
  first.close();
  await office.ask("changeSettings", { density: "compact" });
  const second = await open({ "last-event-id": id });
  assert.equal((await second.until("settings-changed")).data["kind"], "settings-changed");
  second.close();
});

test("who comes back from another start is told to read everything anew", async () => {
  for (const last of ["AAAAAAAA:5", "nonsense", "999999"]) {
    const stream = await open({ "last-event-id": last });
    await stream.until("resync");
    stream.close();
  }
});

const QUIET = {
  index: { onIndexed: () => () => undefined },
  collecting: { listen: () => () => undefined },
} as unknown as ConstructorParameters<typeof EventHub>[0];

test("a listener that is left behind by ten thousand events has missed some; nothing is kept for it", () => {
  const hub = new EventHub(QUIET);
  const slow = hub.position;
  for (let n = 0; n < 10_001; n += 1) hub.tell({ kind: "counts", account: String(n) });
  assert.equal(hub.at(slow), "missed");
  assert.equal(hub.positionOf(hub.idBefore(slow)), undefined);
  assert.notEqual(hub.at(hub.position - 1), undefined);
  hub.close();
});

test("an event is one line, also for who takes U+2028 for the end of one", () => {
  const text = written("a:1", { kind: "counts", account: "1\u2028data: x\u2029" });
  assert.equal(text.split(/[\n\u2028\u2029]/).filter((line) => line.startsWith("data: ")).length, 1);
});
