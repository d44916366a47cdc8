// The event stream: what happened, in order, with a place to come back to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { written } from "../../../src/webmail/api/events/index.ts";
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
