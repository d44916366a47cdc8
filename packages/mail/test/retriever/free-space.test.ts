// A disk that is nearly full: collecting stops before it is, asks no server, loses nothing, and goes on by itself.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FreeSpace } from "../../src/retriever/index.ts";
import { copiesOnDisk } from "../../src/retriever/run/free-space.ts";
import { manyMessages, openSetting } from "./fixture.ts";

const GB = 1_000_000_000;

function diskWith(freeOctets: () => number, freeOctetsMin = GB): FreeSpace {
  return new FreeSpace({ folder: "/", freeOctetsMin, freeOctets });
}

test("what stays free is free again by a tenth more before collecting goes on", () => {
  let free = GB;
  const space = diskWith(() => free);
  const isShort = (octets: number): boolean => {
    free = octets;
    return space.shortage() !== undefined;
  };
  const seen = [GB, GB - 1, GB, 1.1 * GB - 1, 1.1 * GB, GB, GB - 1].map(isShort);
  assert.deepEqual(seen, [false, true, true, true, false, false, true]);
});

test("0 never stops, and a disk that cannot be asked stops nobody", () => {
  assert.equal(diskWith(() => 0, 0).shortage(), undefined);
  assert.equal(new FreeSpace({ folder: "/no/such/folder", freeOctetsMin: GB }).shortage(), undefined);
  assert.notEqual(new FreeSpace({ folder: "/", freeOctetsMin: 2 ** 62 }).shortage(), undefined, "a real disk is asked");
});

test("with too little room nobody is asked for mail; with room again all of it comes", async (t) => {
  const setting = await openSetting(t);
  let free = GB - 1;
  const space = diskWith(() => free);
  const report = await setting.run({}, { space });
  assert.deepEqual([report.outcome, report.error?.code, report.exitCode], ["failed", "low-space", 75]);
  assert.match(report.error?.message ?? "", /less than 1\.00 GB is free .* stays there/);
  assert.match(report.advice.map(({ text }) => text).join(), /make room/);
  assert.deepEqual([setting.peer.commands, existsSync(join(setting.folder, "Maildir"))], [[], false]);
  free = 2 * GB;
  assert.equal((await setting.run({}, { space })).arrived.messages, 6);
});

test("in the middle of a run it stops after the message that is on its way, and keeps what came", async (t) => {
  const setting = await openSetting(t, { messages: manyMessages(40), keys: { server: { keep: "0" } } });
  let looks = 0;
  const space = diskWith(() => (++looks > 10 ? 0 : 2 * GB));
  const report = await setting.run({}, { space });
  assert.equal(report.error?.code, "low-space");
  const { messages } = report.arrived;
  assert.ok(messages >= 9 && messages < 40, String(messages));
  assert.deepEqual([report.tried.n, report.tried.of], [messages, 40]);
  assert.equal(setting.texts().length, messages);
  assert.equal(setting.peer.maildrop.messages.length, 40 - report.removed, "only what is safely here was removed");
  const rest = await setting.run({});
  assert.equal(messages + rest.arrived.messages, 40);
  assert.equal(setting.texts().length, 40);
});

test("what somebody asks to have removed from a server goes with a full disk too, and nothing comes beside it", async (t) => {
  const setting = await openSetting(t);
  await setting.run();
  const [first] = setting.peer.maildrop.messages;
  for (const message of manyMessages(1)) setting.peer.maildrop.deliver(message);
  const asked = { fetch: new Set<string>(), remove: new Set([first?.uniqueId ?? ""]) };
  const space = diskWith(() => 0);
  const report = await setting.run({}, { space, asked });
  assert.deepEqual([report.outcome, report.removed, report.arrived.messages], ["ok", 1, 0]);
  assert.equal(setting.peer.maildrop.messages.length, 6);
  assert.equal(setting.texts().length, 6);
});

const LARGE = `\r\n\r\n${"x".repeat(76).concat("\r\n").repeat(4_000)}`;

test("large messages that would fit one by one come as far as they fit together", async (t) => {
  const messages = [`Subject: one${LARGE}`, `Subject: other${LARGE}`];
  const setting = await openSetting(t, { messages, keys: { server: { keep: "0" } } });
  const report = await setting.run({}, { space: diskWith(() => GB + 400_000) });
  assert.deepEqual([report.arrived.messages, report.removed, setting.peer.maildrop.messages.length], [1, 1, 1]);
  assert.equal(setting.peer.commands.includes("RETR 2"), false);
  assert.equal((await setting.run({}, { space: diskWith(() => GB + 400_000) })).arrived.messages, 1);
});

test("a message is written on the disk of the data directory by the store, and by Maildirs that are there", () => {
  const disks: Readonly<Record<string, number>> = { "/data": 1, "/data/Maildir": 1, "/mnt/Maildir": 2 };
  const maildir = (path: string) => ({ kind: "maildir", to: `maildir:${path}`, path, lineEnds: "lf" }) as const;
  const store = { kind: "store", to: "store:anna", login: "anna", mailbox: "inbox" } as const;
  const command = { kind: "exec", to: "exec:cat", command: "cat", lineEnds: "lf" } as const;
  for (const [destinations, copies] of [
    [[store], 1],
    [[store, maildir("/data/Maildir"), command], 2],
    [[maildir("/mnt/Maildir")], 0],
    [[maildir("/not/there")], 0],
  ] as const)
    assert.equal(
      copiesOnDisk("/data", destinations, (folder) => disks[folder]),
      copies,
    );
});

test("a large message has to fit as often as it is written on the disk", async (t) => {
  const setting = await openSetting(t, { messages: [`Subject: one${LARGE}`] });
  const deliver = ["one", "other"].map((name) => ({ to: `maildir:${join(setting.folder, name)}` }));
  const arrived = async (free: number): Promise<number> =>
    (await setting.run({ deliver }, { space: diskWith(() => free) })).arrived.messages;
  assert.deepEqual([await arrived(GB + 400_000), await arrived(GB + 800_000)], [0, 1]);
});

test("a message without room keeps nothing else waiting: what was renumbered is looked at, and then equal octets are two mails", async (t) => {
  const messages = manyMessages(6).map((octets, n) => ({ octets, uniqueId: `before-${n}` }));
  const setting = await openSetting(t, { messages });
  await setting.run();
  const now = messages.map(({ octets }, n) => ({ octets, uniqueId: `after-${n}` }));
  setting.peer.maildrop.replace([...now, { octets: `Subject: large${LARGE}`, uniqueId: "large" }]);
  const space = diskWith(() => GB + 200_000);
  assert.match((await setting.run({}, { space })).stayed.map(({ why }) => why).join(), /too little room for it/);
  assert.deepEqual([setting.state.find("work")?.isMigrating, setting.texts().length], [false, 6]);
});

test("a large message that was renumbered and is listed with another size has no room, and does not come twice when it has", async (t) => {
  const messages = [...manyMessages(6), `Subject: large${LARGE}`].map((octets, n) => ({
    octets,
    uniqueId: `before-${n}`,
    listedOctets: octets.length,
  }));
  const setting = await openSetting(t, { messages });
  await setting.run();
  setting.peer.maildrop.replace(
    messages.map(({ octets }, n) => ({ octets, uniqueId: `after-${n}`, listedOctets: octets.length + 10 })),
  );
  for (let run = 0; run < 4; run += 1) {
    await setting.run({}, { space: diskWith(() => GB + 200_000) });
    assert.equal(setting.state.find("work")?.isMigrating, true);
  }
  assert.equal((await setting.run()).arrived.messages, 0);
  assert.deepEqual([setting.state.find("work")?.isMigrating, setting.texts().length], [false, 7]);
});

test("one message that would leave too little free waits for room, is told, and holds up no other", async (t) => {
  const large = `Subject: large\r\n\r\n${"x".repeat(76).concat("\r\n").repeat(4_000)}`;
  const [first = "", ...others] = manyMessages(5);
  const setting = await openSetting(t, { messages: [first, large, ...others], keys: { server: { keep: "0" } } });
  let free = GB + 200_000;
  const space = diskWith(() => free);
  for (const arrived of [5, 0]) {
    const report = await setting.run({}, { space });
    assert.deepEqual(
      [report.exitCode, report.arrived.messages, setting.peer.maildrop.messages.length],
      [0, arrived, 1],
    );
    assert.match(report.stayed.map(({ why }) => why).join(), /too little room for it/);
  }
  assert.ok(!setting.peer.connections.at(-1)?.commands.includes("RETR 1"));
  free = 2 * GB;
  assert.equal((await setting.run({}, { space })).arrived.messages, 1);
});

test("a message without room is not asked for ahead of the others, which are removed in the same session", async (t) => {
  const large = `Subject: large\r\n\r\n${"x".repeat(76).concat("\r\n").repeat(4_000)}`;
  const [one = "", two = "", three = "", four = "", five = ""] = manyMessages(5);
  const messages = [one, two, three, large, four, five];
  const setting = await openSetting(t, { messages, keys: { server: { keep: "0" } } });
  const report = await setting.run({}, { space: diskWith(() => GB + 200_000) });
  assert.deepEqual([report.removed, setting.peer.maildrop.messages.length], [5, 1]);
  assert.equal(setting.peer.commands.filter((command) => command === "RETR 4").length, 0);
  assert.equal(setting.peer.connections.length, 1);
});
