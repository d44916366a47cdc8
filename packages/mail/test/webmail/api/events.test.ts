// The event stream: what happened, in order, with a place to come back to.
import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { Hono } from "hono";
import type { ApiEnv } from "../../../src/webmail/api/app.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import type { Reading } from "../../../src/webmail/api/reading.ts";
import { mountEvents, written } from "../../../src/webmail/api/events/index.ts";
import { EventHub } from "../../../src/webmail/api/events/hub.ts";
import { openEvents, type EventStream } from "./event-stream.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
before(async () => {
  office = await openReaderOffice();
});
after(() => office.stop());

const open = (headers: Readonly<Record<string, string>> = {}): Promise<EventStream> => openEvents(office, headers);

test("mail that comes is told by its id, and its counts", async () => {
  const account = await office.account("anna");
  const stream = await open();
  await stream.until("");
  const first = await office.deliver("anna", "Subject: News\n\nx\n");
  const { data } = await stream.until("messages");
  assert.equal(data["account"], account);
  assert.deepEqual(data["added"], [first]);
  await stream.until("counts");
  // What an account has when it is first looked at is no news; what comes then is.
  const second = await office.deliver("anna", "Subject: More news\n\nx\n");
  const { data: more } = await stream.until("messages");
  assert.deepEqual([more["added"], more["arrived"]], [[second], 1]);
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
  index: { onIndexed: () => () => undefined, onState: () => () => undefined },
  collecting: { listen: () => () => undefined },
} as unknown as ConstructorParameters<typeof EventHub>[0];

test("who begins to listen where the page was made hears what came before the stream was open", async () => {
  const hub = new EventHub(QUIET);
  const app = new Hono<ApiEnv>();
  mountEvents(app, { events: hub } as unknown as Reading);
  const after = hub.idBefore(hub.position);
  hub.tell({ kind: "settings-changed" });
  const { body } = await app.request(`/api/events?${new URLSearchParams({ after }).toString()}`);
  let told = "";
  for await (const octets of body ?? []) {
    told += new TextDecoder().decode(octets);
    if (told.includes("event: settings-changed")) break;
  }
  hub.close();
});

test("who missed something and is cut off before it was told so has no place to come back to", async () => {
  const hub = new EventHub(QUIET);
  const app = new Hono<ApiEnv>();
  mountEvents(app, { events: hub } as unknown as Reading);
  const { body } = await app.request("/api/events?after=another-start:4");
  for await (const octets of body ?? []) {
    assert.doesNotMatch(new TextDecoder().decode(octets), /^id:/m);
    break;
  }
  hub.close();
});

test("that lists are behind or stopped is told; together with mail that came its counts say so", () => {
  type House = ConstructorParameters<typeof EventHub>[0];
  const heard: { state?: () => void; indexed?: Parameters<House["index"]["onIndexed"]>[0] } = {};
  const index = {
    onState: (listener: () => void) => void (heard.state = listener),
    onIndexed: (listener: NonNullable<(typeof heard)["indexed"]>) => void (heard.indexed = listener),
  };
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const hub = new EventHub({ ...QUIET, index } as unknown as House);
    const told = (): readonly unknown[] => {
      const from = hub.position;
      heard.state?.();
      mock.timers.tick(LIMITS.eventEveryMs);
      return Array.from({ length: hub.position - from }, (_, n) => hub.at(from + n)).map((one) =>
        typeof one === "object" ? one.event.kind : one,
      );
    };
    assert.deepEqual(told(), ["index-changed"]);
    heard.indexed?.({ account: "1", modseq: 1, added: [1], arrived: [], changed: [], gone: [] });
    assert.deepEqual(told(), ["messages", "counts"]);
    assert.deepEqual(told(), ["index-changed"]);
  } finally {
    mock.timers.reset();
  }
});

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

test("the sixty-fifth page that listens is told to close some; one that went makes room", async () => {
  const streams = await Promise.all(Array.from({ length: LIMITS.eventStreams }, () => open()));
  const refused = await office.load("/api/events");
  assert.equal(refused.status, 503);
  assert.match(refused.text, /"code":"busy"/);
  streams.pop()?.close();
  // The server learns of an end when the next thing is written; who was refused tries again in some seconds.
  for (;;) {
    const again = await open().catch(() => undefined);
    if (again === undefined) continue;
    again.close();
    break;
  }
  for (const stream of streams) stream.close();
});

test("who asks for the headers of the stream alone takes no place of those who listen", async () => {
  const hub = new EventHub(QUIET);
  const app = new Hono<ApiEnv>();
  mountEvents(app, { events: hub } as unknown as Reading);
  for (let n = 0; n <= LIMITS.eventStreams; n += 1) {
    const { status, headers } = await app.request("/api/events", { method: "HEAD" });
    assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream; charset=utf-8"]);
  }
  const listening = await app.request("/api/events");
  assert.equal(listening.status, 200);
  await listening.body?.cancel();
  hub.close();
});

test("a stream without news has a heartbeat every twenty seconds, so that nothing in between ends it", async () => {
  const hub = new EventHub(QUIET);
  const app = new Hono<ApiEnv>();
  mountEvents(app, { events: hub } as unknown as Reading);
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { body } = await app.request("/api/events");
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    assert.match(await next(), /^retry: 2000\nid: /);
    for (let beat = 0; beat < 3; beat += 1) {
      const waiting = next();
      // The stream asks for the next event in the turn after it was read from.
      await new Promise((resolve) => setImmediate(resolve));
      mock.timers.tick(20_000);
      assert.equal(await waiting, ": still here\n\n");
    }
    hub.tell({ kind: "settings-changed" });
    assert.match(await next(), /event: settings-changed/);
    await reader.cancel();
  } finally {
    mock.timers.reset();
    hub.close();
  }
});
